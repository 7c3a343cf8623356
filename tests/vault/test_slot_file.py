"""The file itself: whole, private, locked, or refused with a reason."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from random import Random

import pytest

from server.errors import Corrupt, Misconfigured, Unavailable
from server.vault.key_header import HEADER_SIZE, Named
from server.vault.master_key import MasterKey
from server.vault.slot_file import STEP, SlotFile
from server.vault.wrapping import EMPTY, SLOT_SIZE
from tests.fakes import FakeDisk

MASTER = MasterKey.generate(Random(1).randbytes)
RECORD = Random(2).randbytes(SLOT_SIZE)
STEP_SIZE = STEP * SLOT_SIZE


def open_file(
    folder: Path, *, disk: FakeDisk | None = None, key_id: bytes = b"abcd"
) -> SlotFile:
    """The key file of ``folder``."""
    disk = disk or FakeDisk()
    return SlotFile.open(
        folder / "keys", Named(MASTER, key_id), previous=None, disk=disk
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed key file with RECORD in slot 2."""
    file = open_file(tmp_path)
    file.write({2: RECORD})
    file.close()
    return tmp_path / "keys"


def test_a_new_file_is_private_whole_and_empty(tmp_path: Path) -> None:
    """Mode 0600, one header page, one step of zeros, nothing beside it."""
    file = open_file(tmp_path)

    status = (tmp_path / "keys").stat()
    assert status.st_mode & 0o777 == 0o600
    assert status.st_size == HEADER_SIZE + STEP_SIZE
    assert file.capacity == STEP
    assert file.occupied() == []
    assert os.listdir(tmp_path) == ["keys"]  # noqa: PTH208 - names only
    file.close()


def test_what_is_written_is_there_after_opening_again(path: Path) -> None:
    """In its slot and in no other."""
    file = open_file(path.parent)

    assert file.read(2) == RECORD
    assert file.read(1) == EMPTY
    assert file.occupied() == [2]
    file.close()


def test_a_write_is_synced_once(tmp_path: Path) -> None:
    """One sync for all slots, and none where there is nothing to write."""
    disk = FakeDisk()
    file = open_file(tmp_path, disk=disk)
    disk.calls.clear()

    file.write({1: RECORD, 3: RECORD, 4: EMPTY})
    file.write({})
    file.write({STEP: EMPTY})

    assert disk.calls == ["pwrite"] * 3 + ["fdatasync"]
    file.close()


def test_the_file_grows_in_whole_steps(tmp_path: Path) -> None:
    """The first slot behind the end brings zeros for the rest of its step."""
    file = open_file(tmp_path)

    file.write({2 * STEP: RECORD})

    assert file.capacity == 3 * STEP
    size = (tmp_path / "keys").stat().st_size
    assert size == HEADER_SIZE + 3 * STEP_SIZE
    assert file.occupied() == [2 * STEP]
    file.close()


def test_a_disk_that_takes_a_part_is_asked_again(tmp_path: Path) -> None:
    """Seven bytes at a time still make a whole record."""
    disk = FakeDisk()
    file = open_file(tmp_path, disk=disk)
    disk.most = 7

    file.write({0: RECORD})

    assert file.read(0) == RECORD
    file.close()


@pytest.mark.parametrize("call", ["ftruncate", "pwrite", "fdatasync"])
def test_growing_can_be_tried_again(tmp_path: Path, call: str) -> None:
    """A full disk leaves a file that opens, and that grows when there is room.

    The file is closed and opened between, as a crash would.
    """
    disk = FakeDisk()
    file = open_file(tmp_path, disk=disk)
    disk.failing = {call: errno.ENOSPC}

    with pytest.raises(Unavailable, match="No space left"):
        file.write({STEP: RECORD})
    file.close()
    disk.failing = {}
    file = open_file(tmp_path, disk=disk)
    assert STEP not in file.occupied()
    file.write({STEP: RECORD})

    assert file.read(STEP) == RECORD
    file.close()


def test_a_disk_that_does_not_read_is_unavailable(tmp_path: Path) -> None:
    """One slot or all of them; the text names the file."""
    disk = FakeDisk()
    file = open_file(tmp_path, disk=disk)
    disk.failing = {"pread": errno.EIO}

    with pytest.raises(Unavailable, match="keys: Input/output error"):
        file.read(0)
    with pytest.raises(Unavailable):
        file.occupied()
    file.close()


def test_no_slot_number_reaches_the_header(tmp_path: Path) -> None:
    """A negative number, out of a damaged database, is Corrupt."""
    file = open_file(tmp_path)

    with pytest.raises(Corrupt):
        file.read(-1)
    with pytest.raises(Corrupt):
        file.write({-1: EMPTY})

    file.close()
    open_file(tmp_path).close()


def test_a_slot_that_is_not_there_is_missed(tmp_path: Path) -> None:
    """The text names the file and says what to do."""
    file = open_file(tmp_path)

    file.check_holds(STEP - 1)
    with pytest.raises(Corrupt, match=r"keys is shorter .* same backup"):
        file.check_holds(STEP)

    file.close()


@pytest.mark.parametrize(
    "size",
    [
        0,
        7,
        100,
        HEADER_SIZE,
        HEADER_SIZE + 128,
        HEADER_SIZE + STEP_SIZE - 1,
        HEADER_SIZE + STEP_SIZE + 128,
    ],
)
def test_a_part_of_a_file_is_refused(path: Path, size: int) -> None:
    """However much is missing, or hangs over."""
    os.truncate(path, size)

    with pytest.raises(Corrupt, match=r"keys is .* same backup"):
        open_file(path.parent)


@pytest.mark.parametrize("byte", [0, 7, 24, 55, 56, HEADER_SIZE - 1])
def test_a_damaged_header_is_refused(path: Path, byte: int) -> None:
    """Magic, check value and padding are all looked at."""
    flip(path, byte)

    with pytest.raises(Corrupt, match="same backup"):
        open_file(path.parent)


@pytest.mark.parametrize("byte", [9, 11])
def test_another_format_is_left_to_its_own_version(
    path: Path, byte: int
) -> None:
    """A newer format or slot size is not guessed at."""
    flip(path, byte)

    with pytest.raises(Misconfigured, match="format"):
        open_file(path.parent)


def flip(path: Path, byte: int) -> None:
    """Change one bit of ``byte``."""
    raw = bytearray(path.read_bytes())
    raw[byte] ^= 4
    path.write_bytes(raw)


def test_another_master_key_is_recognised(path: Path) -> None:
    """By its name in the header, before any slot is looked at."""
    with pytest.raises(Misconfigured, match="another master key"):
        open_file(path.parent, key_id=b"abce")


def test_a_master_key_of_the_same_name_is_recognised(path: Path) -> None:
    """The name has four bytes; the check value does not fit by chance."""
    other = MasterKey.generate(Random(9).randbytes)

    with pytest.raises(Corrupt):
        SlotFile.open(
            path, Named(other, b"abcd"), previous=None, disk=FakeDisk()
        )


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_open_to_others_is_refused(path: Path, mode: int) -> None:
    """Any permission for group or others; the text says what to do."""
    path.chmod(mode)

    with pytest.raises(Misconfigured, match="chmod 600"):
        open_file(path.parent)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The vault makes no folders: a misspelt one would lose every key."""
    with pytest.raises(Misconfigured, match="absent/keys: No such file"):
        open_file(tmp_path / "absent")


def test_one_folder_serves_one_server(tmp_path: Path) -> None:
    """A second one on the same data is told so; later it may."""
    first = open_file(tmp_path)

    with pytest.raises(Misconfigured, match="in use by another process"):
        open_file(tmp_path)

    first.close()
    open_file(tmp_path).close()


def test_half_a_new_file_is_made_anew(tmp_path: Path) -> None:
    """A disk full at the first start leaves nothing that hinders the next."""
    disk = FakeDisk()
    disk.failing = {"fdatasync": errno.ENOSPC}

    with pytest.raises(Misconfigured, match="No space left"):
        open_file(tmp_path, disk=disk)
    assert not (tmp_path / "keys").exists()
    disk.failing = {}

    open_file(tmp_path, disk=disk).close()
    assert (tmp_path / "keys").exists()


def test_refusing_closes_what_was_opened(path: Path) -> None:
    """No descriptor stays, so neither does the lock."""
    flip(path, 0)
    before = len(list(Path("/proc/self/fd").iterdir()))

    with pytest.raises(Corrupt):
        open_file(path.parent)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_closed_file_touches_no_other(tmp_path: Path) -> None:
    """Its descriptor's number may name another file by now."""
    file = open_file(tmp_path)
    file.close()
    file.close()

    with (
        (tmp_path / "other").open("xb"),
        pytest.raises(Unavailable, match="Bad file descriptor"),
    ):
        file.write({0: RECORD})
    assert (tmp_path / "other").read_bytes() == b""


def test_looking_needs_no_key_and_makes_nothing(path: Path) -> None:
    """It counts slots by the key they name, while no server runs."""
    file = SlotFile.look(path)

    assert file.key_ids() == {RECORD[1:5]: 1}
    with pytest.raises(Misconfigured, match="in use by another process"):
        SlotFile.look(path)
    file.close()
    with pytest.raises(Misconfigured, match="absent: No such file"):
        SlotFile.look(path.with_name("absent"))
    assert not path.with_name("absent").exists()


def test_a_file_that_is_not_rotating_is_finished(tmp_path: Path) -> None:
    """To say so again writes nothing."""
    file = open_file(tmp_path, disk=(disk := FakeDisk()))
    disk.calls.clear()

    file.finish_rotation()

    assert not file.is_rotating
    assert disk.calls == []
    file.close()
