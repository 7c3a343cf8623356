"""Tests of server/store/connection.py: its settings, when the power is cut.

A kill proves nothing about a disk: the system still writes what it holds.
Here SQLite runs on a disk of our own that remembers what was synced. A cut
keeps that, and of the writes since then whichever it likes.
"""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import apsw
import pytest

from server.store import statements
from server.store.connection import SETTINGS
from tests.store.samples import conversation, message

CUTS = 12
MESSAGES = 20
SYNC = "synchronous"
SCHEMA = Path(statements.__file__).with_name("schema.sql")

Name = str | apsw.URIFilename | None
#: Where, and what; None: cut the file off there.
Write = tuple[int, bytes | None]


def replay(content: bytearray, writes: list[Write]) -> None:
    """Do ``writes`` to ``content``."""
    for at, data in writes:
        if data is None:
            del content[at:]
        else:
            content.extend(bytes(max(0, at - len(content))))
            content[at : at + len(data)] = data


class Disk(apsw.VFS):
    """The system's files, and what of them a power cut would leave.

    Attributes:
        synced: The content of each file that is on the medium.
        pending: What was written to it since.
    """

    def __init__(self, name: str) -> None:
        self.synced: dict[str, bytearray] = {}
        self.pending: dict[str, list[Write]] = {}
        self.name = name
        super().__init__(name, "")

    def xOpen(self, name: Name, flags: list[int]) -> File:  # noqa: N802 - apsw's name
        return File(self, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: FBT001, N802
        self.synced.pop(name, None)
        super().xDelete(name, syncdir)

    def cut(self, chance: random.Random, into: Path) -> None:
        """Leave in ``into`` what a power cut would leave."""
        for name, content in self.synced.items():
            left = bytearray(content)
            replay(
                left, [w for w in self.pending[name] if chance.random() < 0.5]
            )
            (into / Path(name).name).write_bytes(left)


class File(apsw.VFSFile):
    """One file on ``Disk``."""

    def __init__(self, disk: Disk, name: Name, flags: list[int]) -> None:
        self._disk = disk
        self._name = (
            name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        )
        super().__init__("", name, flags)
        disk.synced.setdefault(self._name, bytearray())
        disk.pending.setdefault(self._name, [])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.pending[self._name].append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.pending[self._name].append((size, None))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        pending = self._disk.pending[self._name]
        replay(self._disk.synced[self._name], pending)
        pending.clear()
        super().xSync(flags)


def lost(folder: Path, chance: random.Random, synchronous: str) -> int:
    """How many acknowledged messages one power cut takes."""
    disk = Disk(f"disk-{chance.random()}")
    db = apsw.Connection(str(folder / "history.db"), vfs=disk.name)
    # Shared memory is not on this disk; alone on the file none is needed.
    settings = {"locking_mode": "EXCLUSIVE", "wal_autocheckpoint": "16"}
    settings |= {name: value for name, value, _ in SETTINGS}
    settings |= {"synchronous": synchronous}
    for name, value in settings.items():
        db.execute(f"PRAGMA {name} = {value}").fetchall()
    db.execute(SCHEMA.read_text())

    acknowledged = chance.randint(1, MESSAGES)
    for number in range(1, acknowledged + 1):
        with db:
            row = conversation(last_number=number)
            db.execute(statements.KEEP, statements._of_conversation(row))
            said = message(number, sealed=chance.randbytes(1_000))
            db.execute(statements.ADD, statements._of_message(said))
    left = folder / "left"
    left.mkdir()
    disk.cut(chance, left)
    db.close()
    return acknowledged - found(left / "history.db")


def found(path: Path) -> int:
    """How many messages there are after the cut; none in a broken file."""
    db = sqlite3.connect(path)
    try:
        [(state,)] = db.execute("PRAGMA integrity_check(1)")
        [(count,)] = db.execute("SELECT count(*) FROM message")
    except sqlite3.DatabaseError:
        return 0
    finally:
        db.close()
    return int(count) if state == "ok" else 0


def all_lost(folder: Path, synchronous: str) -> list[int]:
    """What each of ``CUTS`` cuts took."""
    taken = []
    for cut in range(CUTS):
        inside = folder / str(cut)
        inside.mkdir()
        taken.append(lost(inside, random.Random(cut), synchronous))
    return taken


def test_a_power_cut_takes_nothing_acknowledged(tmp_path: Path) -> None:
    """With the settings as they are, what was committed is on the medium."""
    [synchronous] = [value for name, value, _ in SETTINGS if name == SYNC]

    assert all_lost(tmp_path, synchronous) == [0] * CUTS


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_with_less_it_would(tmp_path: Path, synchronous: str) -> None:
    """The disk of this test does lose what was not synced."""
    assert any(all_lost(tmp_path, synchronous))
