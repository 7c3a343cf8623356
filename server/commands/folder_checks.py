"""What the doctor asks of the data folder: whose it is, and of its keys."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from server.commands.finding import Finding, fail, ok, warn
from server.commands.place import given_keys, master_of
from server.config import Config
from server.data_folder import DataFolder
from server.errors import ServerError
from server.vault.key_header import HEADER_SIZE, key_ids_in
from server.vault.private_files import OTHERS
from server.vault.wrappers import named

_NOTHING = "nothing there yet"


def of_folder(config: Config) -> Iterator[Finding]:
    """Whose it is, and whether its keys fit together."""
    folder = DataFolder(config.data)
    if not config.data.exists():
        yield ok("data folder", f"{config.data}: {_NOTHING}")
        return
    if folder.restoring.exists():
        yield fail(
            "data folder",
            "a restore was not finished",
            "remove what is in it, and restore again",
        )
        return
    yield _private("data folder", config.data)
    if folder.keys.exists():
        yield _private("key file", folder.keys)
        yield from _keys(config, folder)


def _private(what: str, path: Path) -> Finding:
    found = path.stat()
    if found.st_mode & OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        right = "700" if path.is_dir() else "600"
        return fail(what, f"open to others ({mode:o})", f"chmod {right} {path}")
    if found.st_uid != os.geteuid() and os.geteuid() != 0:
        return warn(
            what, "another user's", "run this as the user of the server"
        )
    return ok(what, "its owner's alone")


def _keys(config: Config, folder: DataFolder) -> Iterator[Finding]:
    try:
        master, previous = master_of(config), given_keys(config).previous()
        with folder.keys.open("rb") as file:
            ids = key_ids_in(file.read(HEADER_SIZE), folder.keys)
    except (ServerError, OSError) as error:
        yield fail("master key", str(error), "bring the right one back")
        return
    own = named(master).key_id
    if ids == {own} and previous is not None:
        yield warn(
            "master key",
            "changed, and the previous one is still named",
            "take it out of the settings, and destroy it",
        )
    elif previous is not None and named(previous).key_id in ids:
        yield warn(
            "master key",
            "being changed",
            "restart, if that was not done, and keep both keys until the log"
            " says 'master key rotated'",
        )
    elif own not in ids:
        yield fail(
            "master key",
            f"{own.hex()}, but the key file needs"
            f" {', '.join(sorted(one.hex() for one in ids))}",
            "name the one that belongs to this folder",
        )
    elif _lies_in_the_folder(config, folder):
        yield warn(
            "master key",
            "lies beside the data: whoever copies one has the other",
            "move it elsewhere and name it master_key_file",
        )
    else:
        yield ok("master key", "fits")


def _lies_in_the_folder(config: Config, folder: DataFolder) -> bool:
    if config.master_key is not None:
        return False
    path = config.master_key_file or folder.master_key_file
    return config.data.resolve() in path.resolve().parents
