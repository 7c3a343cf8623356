"""``run.py serve``: production, with a settings file or what is stored.

With neither, on a terminal, it asks the five things that nobody can guess, and
keeps the answers: the second start needs nothing.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

from server.commands.agents import password
from server.commands.place import SETTINGS, config_in, folder_in
from server.commands.printing import remark
from server.config import Config, parse
from server.data_folder import DataFolder, write_for_good
from server.domain.permission import AgentRole
from server.errors import Misconfigured
from server.ids import system_randomness
from server.store.snapshot import snapshot
from server.tenants import own_origins
from server.vault.passwords import hash_password

Ask = Callable[[str], str]


def config_to_serve(asked: Namespace) -> Config:
    """The settings to start with.

    Raises:
        Misconfigured: They cannot work, or there are none and nobody to ask.
    """
    config = config_in(asked)
    if asked.settings is not None or config.account:
        return config
    if has_accounts(config.data):
        return config
    if not sys.stdin.isatty():
        raise Misconfigured(
            f"{config.data} holds no account yet: start it once on a terminal,"
            " which asks, or give --settings FILE with an [[account]]"
        )
    return first_start(folder_in(asked), input, password)


def has_accounts(data: Path) -> bool:
    """Whether a server has been set up there; blocks.

    Raises:
        ServerError: What is there cannot be read.
    """
    database = DataFolder(data).database
    if not database.exists():
        return False
    with snapshot(database) as found:
        return bool(found.account_slots())


def first_start(
    data: Path, ask: Ask, ask_password: Callable[[], str]
) -> Config:
    """Ask what nobody can guess, and keep what a start needs of it.

    Args:
        data: The folder; the settings go there.
        ask: Shows a question, gives the answer.
        ask_password: Gives a password.

    Raises:
        Misconfigured: The answers cannot work.
    """
    remark(f"nothing is set up in {data} yet: five questions, then it starts")
    name = ask("the business, as its customers call it: ").strip()
    origin = ask("the site that shows the widget (https://...): ").strip()
    agent = ask("the first agent, by name: ").strip()
    phc = hash_password(ask_password(), system_randomness)
    host = ask("address to listen on [127.0.0.1]: ").strip() or "127.0.0.1"
    port = ask("port [8420]: ").strip() or "8420"
    server: dict[str, Any] = {"host": host, "port": port}
    account = _account(name, origin, agent=agent, phc=phc)
    config = parse(
        {"data": str(data), **server, "account": [account]},
        {},
        source="your answers",
    )
    _keep(data, config)
    remark(
        f"kept in {data / SETTINGS}\n"
        f"console: {own_origins(config, config.port)[0]}/console/\n"
        "the line for your pages: python run.py channel snippet"
        f" {_id_of(name)} --data {quote(str(data))}"
    )
    return config


def _account(name: str, origin: str, *, agent: str, phc: str) -> dict[str, Any]:
    channel = {
        "id": _id_of(name),
        "name": name,
        "allowed_origins": [origin] if origin else [],
    }
    person = {
        "name": agent,
        "display_name": agent,
        "password_hash": phc,
        # Nobody else is there yet who could do what these may not.
        "roles": [role.value for role in AgentRole],
    }
    return {
        "id": _id_of(name),
        "name": name,
        "seed": True,
        "channel": [channel],
        "agent": [person],
    }


def _keep(data: Path, config: Config) -> None:
    folder = DataFolder(data)
    folder.make()
    # What the account is made of is stored with the first start.
    text = f'host = "{config.host}"\nport = {config.port}\n'
    try:
        write_for_good(data / SETTINGS, text.encode())
    except OSError as error:
        raise Misconfigured(
            f"cannot write {data / SETTINGS}: {error.strerror}"
        ) from None


def _id_of(name: str) -> str:
    """An id that is like ``name``."""
    plain = "".join(
        one if one.isascii() and one.isalnum() else "-" for one in name.lower()
    )
    parts = [part for part in plain.split("-") if part]
    return "-".join(parts)[:40].strip("-") or "main"
