"""What the doctor asks of the data folder: whose it is, and what is in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from server.commands.finding import Finding, fail, ok, warn
from server.commands.place import given_keys, master_of
from server.config import Config
from server.data_folder import DataFolder
from server.errors import ServerError
from server.store.condition import Condition, condition_of
from server.vault.key_header import HEADER_SIZE, key_ids_in
from server.vault.private_files import OTHERS
from server.vault.wrappers import named
from server.vault.wrapping import EMPTY, SLOT_SIZE

_MIB = 2**20
#: Bytes of a write-ahead log that has not been emptied for long.
_LONG_LOG = 64 * _MIB
#: Seconds by which clocks may differ.
_DRIFT = 60.0
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


def of_database(config: Config, now: float) -> Iterator[Finding]:
    """What is in it, and whether it is past its time."""
    folder = DataFolder(config.data)
    if not folder.database.exists():
        return
    try:
        found = condition_of(folder.database, now)
    except ServerError as error:
        yield fail("database", str(error), "see docs/operating.md")
        return
    if found.is_sound is False:
        yield fail("database", "damaged", "stop, and restore the last backup")
    else:
        yield ok(
            "database", "sound" if found.is_sound else "not looked through"
        )
    yield _log(found)
    yield _clock(found, now)
    yield _overdue(found)
    yield _slots(folder, found)


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


def _log(found: Condition) -> Finding:
    says = f"{found.log_bytes // _MIB} MiB"
    if found.log_bytes > _LONG_LOG:
        return warn(
            "database log",
            says,
            "something keeps it from being emptied: another program reads it",
        )
    return ok("database log", says)


def _clock(found: Condition, now: float) -> Finding:
    if found.newest_at > now + _DRIFT:
        at = datetime.fromtimestamp(found.newest_at, UTC)
        return fail(
            "clock",
            f"the newest entry is of {at:%Y-%m-%d %H:%M:%S}Z, which is to come",
            "set the clock: nothing ends on time before that",
        )
    return ok("clock", "not behind what is stored")


def _overdue(found: Condition) -> Finding:
    if not found.overdue:
        return ok("overdue", "nothing")
    says = ", ".join(f"{count} {what}" for what, count in found.overdue.items())
    if set(found.overdue) == {"privacy requests"}:
        return warn("overdue", says, "answer them: see 'privacy requests'")
    return fail(
        "overdue",
        says,
        "start the server; if it runs, look for 'erasing' in its log",
    )


def _slots(folder: DataFolder, found: Condition) -> Finding:
    try:
        missing = _empty(folder.keys, found.slots)
    except OSError as error:
        return fail("keys", f"{error.strerror}", "bring the key file back")
    if missing:
        return warn(
            "keys",
            f"{missing} rows have no key: what is in them cannot be read",
            "they go when they end; if many appeared at once, the key file"
            " is older than the database",
        )
    return ok("keys", f"{len(found.slots):,}, one for each that needs one")


def _empty(path: Path, slots: frozenset[int]) -> int:
    count = 0
    with path.open("rb") as file:
        for slot in sorted(slots):
            file.seek(HEADER_SIZE + slot * SLOT_SIZE)
            count += file.read(SLOT_SIZE) in {b"", EMPTY}
    return count
