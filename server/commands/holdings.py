"""``run.py holdings``: what is held, kind by kind, and when it dies."""

from __future__ import annotations

from argparse import Namespace

from server.commands.place import account_in, asking_in
from server.commands.printing import as_json, remark, table


def show(asked: Namespace) -> int:
    """Of one person, of one conversation, or of the whole account."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    if asked.customer is None and asked.conversation is None:
        return _show_map(
            asking.get("accounts", account, "data-map"), json_=asked.json
        )
    found = asking.get(
        *("accounts", account, "privacy", "holdings"),
        customer=asked.customer,
        conversation=asked.conversation,
    )
    if not found["held"] and not asked.json:
        remark("nothing is held")
        return 0
    table(
        found["held"],
        ("name", "count", "home", "dies", "dies_at"),
        json_=asked.json,
    )
    return 0


def _show_map(found: dict[str, object], *, json_: bool) -> int:
    """The map; 1 if something is past its time."""
    places = found["places"]
    assert isinstance(places, list)  # noqa: S101 - as the API has it
    if json_:
        as_json(found)
    else:
        table(
            [one for one in places if one["count"]],
            ("name", "count", "oldest", "next_at", "overdue"),
            json_=False,
        )
    if found["overdue"]:
        remark(f"{found['overdue']} are past their time: see doctor")
    return int(bool(found["overdue"]))
