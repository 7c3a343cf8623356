"""``run.py agent``: the people who answer. Passwords are never arguments."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace

from server.commands.place import account_in, asking_in
from server.commands.printing import record, remark, table
from server.errors import Misconfigured

_COLUMNS = ("name", "display_name", "roles", "declared")
SHORTEST = 10


def show_all(asked: Namespace) -> int:
    """Those of an account."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    table(asking.all("accounts", account, "agents"), _COLUMNS, json_=asked.json)
    return 0


def add(asked: Namespace) -> int:
    """Make one, who signs in with a password that is asked for."""
    asking = asking_in(asked)
    account = account_in(asked, asking)
    form: dict[str, object] = {
        "name": asked.name,
        "display_name": asked.display_name or asked.name,
        "password": password(),
        "roles": asked.role or ["agent"],
    }
    made = asking.post("accounts", account, "agents", body=form)
    record(made, json_=asked.json)
    return 0


def set_password(asked: Namespace) -> int:
    """Another password; whoever is signed in has to sign in again."""
    return _changed(asked, password=password())


def set_roles(asked: Namespace) -> int:
    """Other roles, instead of those of now."""
    return _changed(asked, roles=asked.roles)


def remove(asked: Namespace) -> int:
    """Remove one; what they have is offered to the others again."""
    asking = asking_in(asked)
    asking.delete("accounts", account_in(asked, asking), "agents", asked.name)
    remark(f"agent {asked.name} is removed")
    return 0


def password() -> str:
    """A password: asked for twice on a terminal, else a line of the input.

    Raises:
        Misconfigured: It is too short, or was typed in two ways.
    """
    if sys.stdin.isatty():
        given = getpass.getpass("password: ")
        if getpass.getpass("once more: ") != given:
            raise Misconfigured("these are two passwords: begin again")
    else:
        given = sys.stdin.readline().rstrip("\n")
    if len(given) < SHORTEST:
        raise Misconfigured(f"a password has at least {SHORTEST} characters")
    return given


def secret_line(prompt: str) -> str:
    """Something that nobody should see: asked for, or a line of the input."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().strip()


def _changed(asked: Namespace, **changes: object) -> int:
    asking = asking_in(asked)
    path = ("accounts", account_in(asked, asking), "agents", asked.name)
    found, revision = asking.revision(*path)
    form = {"display_name": found["display_name"], "roles": found["roles"]}
    made = asking.put(*path, body=form | changes, revision=revision)
    record(made, json_=asked.json)
    return 0
