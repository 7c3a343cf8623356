"""``run.py key``: the master key, looked at and changed.

Changing it takes a restart: only a start reads keys. What is done here is
what can go wrong by hand: a key that is random, private, and on the medium
before anything depends on it.
"""

from __future__ import annotations

import os
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server import key_census
from server.clock import SystemClock
from server.commands.asking import Asking
from server.commands.place import (
    PREVIOUS,
    SETTINGS,
    config_in,
    given_keys,
    master_of,
)
from server.commands.printing import as_json, remark, say
from server.config import Config
from server.data_folder import DataFolder, write_for_good
from server.errors import Misconfigured
from server.ids import system_randomness
from server.vault.key_header import HEADER_SIZE, key_ids_in
from server.vault.master_key import MasterKey
from server.vault.wrappers import named

clock = SystemClock()


def status(asked: Namespace) -> int:
    """How many keys are under which master key; or how the change goes."""
    config = config_in(asked)
    asking = Asking(config.data)
    if asking.is_running():
        _tell(asking.get("server", "rotation"), json_=asked.json)
        return 0
    lines = key_census.lines(
        config.data, master_of(config), given_keys(config).previous()
    )
    for line in lines:
        say(line)
    return 0


def _tell(found: dict[str, Any], *, json_: bool) -> None:
    if json_:
        as_json(found)
    elif found["is_running"]:
        say(
            "the master key is being changed: since the start"
            f" {found['slots']:,} keys were put under the new one"
        )
    elif found["slots"]:
        say(f"the master key was changed: {found['slots']:,} keys, all of them")
    else:
        say("the master key is not being changed")


def rotate(asked: Namespace) -> int:
    """Make a new master key, and say what is left to be done."""
    config = config_in(asked)
    file = asked.master_key_file or config.master_key_file
    if config.master_key is not None and file is None:
        raise Misconfigured(
            "the master key is in the environment: put a new one there, and"
            " the old one into DAYFLY_PREVIOUS_MASTER_KEY"
        )
    folder = DataFolder(config.data)
    master = master_of(config)
    _refuse_a_second(folder, master)
    if file is None:
        _rotate_in(folder, config)
        say(f"{folder.master_key_file}: a new master key")
        remark(
            "restart the server now; once its log says 'master key rotated',"
            f" destroy {config.data / PREVIOUS}, which opens old copies, and"
            " take it out of the settings in that folder, if there are any"
        )
        return 0
    new = _beside(file)
    _keep_new(new)
    say(f'master_key_file = "{new}"')
    say(f'previous_master_key_file = "{file}"')
    remark(
        "put these two lines into the settings and restart the server; once"
        " its log says 'master key rotated', take out the second and destroy"
        f" {file}, which opens old copies"
    )
    return 0


def _refuse_a_second(folder: DataFolder, master: MasterKey) -> None:
    try:
        with folder.keys.open("rb") as file:
            ids = key_ids_in(file.read(HEADER_SIZE), folder.keys)
    except OSError as error:
        raise Misconfigured(
            f"cannot read the key file {folder.keys}: {error.strerror}"
        ) from None
    if ids != {named(master).key_id}:
        raise Misconfigured(
            "the master key is being changed already, or the key file is"
            " under another one: see 'python run.py key status'"
        )


def _rotate_in(folder: DataFolder, config: Config) -> None:
    previous = config.data / PREVIOUS
    if previous.exists():
        raise Misconfigured(
            f"{previous} is needed no more: destroy it, and begin again"
        )
    new = folder.master_key_file.with_name("master.key.next")
    new.unlink(missing_ok=True)
    _keep_new(new)
    # The old one has both names until the new one is there: whenever this is
    # stopped, there is a master key, and the one before it.
    os.link(folder.master_key_file, previous)
    _name_in(config.data / SETTINGS, previous)
    new.rename(folder.master_key_file)


def _name_in(settings: Path, previous: Path) -> None:
    """Name it in the settings of the folder, which are read instead of it."""
    if settings.is_file():
        # In front: behind a table it would belong to the table.
        line = f'previous_master_key_file = "{previous.absolute()}"\n'
        write_for_good(settings, (line + settings.read_text()).encode())


def _beside(path: Path) -> Path:
    today = datetime.fromtimestamp(clock.now(), UTC)
    return path.with_name(f"{path.stem}-{today:%Y%m%d-%H%M%S}{path.suffix}")


def _keep_new(path: Path) -> None:
    if path.exists():
        raise Misconfigured(f"{path} is there already")
    made = MasterKey.generate(system_randomness)
    try:
        write_for_good(path, f"{made.text()}\n".encode())
    except OSError as error:
        raise Misconfigured(
            f"cannot keep a master key in {path}: {error.strerror}"
        ) from None
