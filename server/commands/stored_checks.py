"""What the doctor asks of the database, and whether its keys are there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from server.commands.finding import Finding, fail, ok, warn
from server.config import Config
from server.data_folder import DataFolder
from server.errors import ServerError
from server.store.condition import Condition, condition_of
from server.vault.key_header import HEADER_SIZE
from server.vault.wrapping import EMPTY, SLOT_SIZE

_MIB = 2**20
#: Bytes of a write-ahead log that has not been emptied for long.
_LONG_LOG = 64 * _MIB
#: Seconds by which clocks may differ.
_DRIFT = 60.0


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
