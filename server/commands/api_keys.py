"""``run.py api-key``: the keys with which programs call the API."""

from __future__ import annotations

from argparse import Namespace

from server.commands.place import account_in, asking_in
from server.commands.printing import as_json, remark, say, table

_COLUMNS = ("id", "name", "scopes", "expires_at", "created_at")


def show_all(asked: Namespace) -> int:
    """Those of an account; what opens anything is not shown."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    table(asking.all("accounts", account, "keys"), _COLUMNS, json_=asked.json)
    return 0


def add(asked: Namespace) -> int:
    """Make one, and show it this once."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    form = {
        "id": asked.id,
        "name": asked.name or asked.id,
        "scopes": asked.scope,
    }
    made = asking.post("accounts", account, "keys", body=form)
    if asked.json:
        as_json(made)
    else:
        say(made["key"])
        remark("keep it now: it is not shown again")
    return 0


def revoke(asked: Namespace) -> int:
    """Make one worthless, at once."""
    asking = asking_in(asked)
    asking.delete("accounts", account_in(asked, asking), "keys", asked.id)
    remark(f"key {asked.id} opens nothing any more")
    return 0
