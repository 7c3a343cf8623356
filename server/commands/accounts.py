"""``run.py account``: the businesses on this server."""

from __future__ import annotations

from argparse import Namespace

from server.commands.place import asking_in
from server.commands.printing import record, remark, table

_COLUMNS = ("id", "name", "declared", "created_at")


def show_all(asked: Namespace) -> int:
    """All of them."""
    table(asking_in(asked).all("accounts"), _COLUMNS, json_=asked.json)
    return 0


def add(asked: Namespace) -> int:
    """Make one."""
    made = asking_in(asked).post(
        "accounts", body={"id": asked.id, "name": asked.name}
    )
    record(made, json_=asked.json)
    return 0


def show(asked: Namespace) -> int:
    """One, and how much of everything it has."""
    asking = asking_in(asked)
    found = asking.get("accounts", asked.id)
    for kind in ("channels", "agents", "applications"):
        found[kind] = [
            one.get("id") or one.get("name")
            for one in asking.all("accounts", asked.id, kind)
        ]
    record(found, json_=asked.json)
    return 0


def remove(asked: Namespace) -> int:
    """Erase one, with its customers and conversations."""
    asking_in(asked).delete("accounts", asked.id)
    remark(f"account {asked.id} is being erased")
    return 0
