"""``run.py channel``: the ways by which customers come."""

from __future__ import annotations

import json
from argparse import Namespace
from html import escape
from typing import Any

from server.commands.agents import secret_line
from server.commands.place import account_in, asking_in
from server.commands.printing import record, remark, say, table
from server.errors import Misconfigured

_COLUMNS = ("id", "name", "active", "retention_days", "declared")
_SECRET = "secret"  # noqa: S105 - the name of a field
#: What the server adds to a form, and does not take back.
HISTORY = ("revision", "declared", "created_at", "changed_at")


def show_all(asked: Namespace) -> int:
    """Those of an account."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    table(
        asking.all("accounts", account, "channels"), _COLUMNS, json_=asked.json
    )
    return 0


def add(asked: Namespace) -> int:
    """Make one, and show what goes into the pages of the site."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    form = {"id": asked.id, "name": asked.name} | changes_in(asked.fields)
    if asked.origin:
        form["allowed_origins"] = asked.origin
    made = asking.post("accounts", account, "channels", body=form)
    record(made, json_=asked.json)
    return 0


def show(asked: Namespace) -> int:
    """One, field by field."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    found = asking.get("accounts", account, "channels", asked.id)
    record(found, json_=asked.json)
    return 0


def set_fields(asked: Namespace) -> int:
    """Change some fields; the others stay as they are."""
    asking = asking_in(asked)
    path = ("accounts", account_in(asked, asking), "channels", asked.id)
    found, revision = asking.revision(*path)
    form = {name: value for name, value in found.items() if name not in HISTORY}
    changes = changes_in(asked.fields)
    # Said here, for the server repeats nothing that it was sent.
    for name in changes.keys() - form.keys() - {_SECRET}:
        raise Misconfigured(f"a channel has no field {name}")
    form |= changes
    record(asking.put(*path, body=form, revision=revision), json_=asked.json)
    return 0


def remove(asked: Namespace) -> int:
    """Remove one, and erase whoever came by it."""
    asking = asking_in(asked)
    asking.delete("accounts", account_in(asked, asking), "channels", asked.id)
    remark(f"channel {asked.id} is removed")
    return 0


def snippet(asked: Namespace) -> int:
    """The line that goes into the pages of the site."""
    asking = asking_in(asked)
    path = ("accounts", account_in(asked, asking), "channels", asked.id)
    found = asking.get(*path)
    server = asking.get("server", "status")["address"]
    address = f"{server}/widget/{found['id']}/widget.js"
    say(f'<script src="{escape(address)}" async></script>')
    return 0


def changes_in(fields: list[str]) -> dict[str, Any]:
    """What ``name=value`` say; a value is JSON, or else text.

    A secret is read: see ``secret_line``.

    Raises:
        Misconfigured: One is no such thing.
    """
    changes: dict[str, Any] = {}
    for field in fields:
        name, sign, value = field.partition("=")
        if not (name and sign):
            raise Misconfigured("a field is given as NAME=VALUE")
        try:
            changes[name] = json.loads(value)
        except ValueError:
            changes[name] = value
    if _SECRET in changes:
        if changes[_SECRET] is None:
            raise Misconfigured(
                "a channel keeps its secret until it is given another one:"
                " secret=-"
            )
        if changes[_SECRET] != "-":
            raise Misconfigured(
                "arguments can be seen by others: write secret=- and give it"
                " when it is asked for"
            )
        changes[_SECRET] = secret_line("secret: ")
    return changes
