"""The key file: numbered slots, overwritten in place, outside the database.

A database that deletes a row leaves its bytes in free blocks of the disk. A
slot of a pre-allocated file is written over where it lies: what was there is
gone from the device, as far as a file system that writes in place can tell.
(Snapshots, copy-on-write file systems and remapped flash are beyond this.)

Layout

    bytes      name             value
    ---------  ---------------  ----------------------------------------
            8  MAGIC            89 "DAYFLY" 0A
            2  FORMAT           big-endian; 1
            2  SLOT_SIZE        big-endian; 128
            4  KEY_ID_SIZE      which key-encryption key the slots are for
           32  CHECK_SIZE       HMAC-SHA256 of the 16 bytes before, under a
                                key derived from the master key for this
         4048                   zeros
    ---------
         4096  HEADER_SIZE
    n x  4096  STEP slots       of SLOT_SIZE bytes; zeros where empty

Rules of this file
    1. The length of the file is always the header and whole steps; whatever
       else is found is not ours, or was cut off.
    2. What ``write`` was given is on the medium when it returns. When it
       raises, any part may be, and the caller must write all of it again: a
       disk that failed a sync may call the next one good without it.
    3. One process: the folder is locked for as long as the file is open.
    4. Not safe for concurrent writers; ``keyring`` allows one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from server.errors import Corrupt, Misconfigured, Unavailable
from server.vault.master_key import OTHERS, MasterKey
from server.vault.wrapping import EMPTY, KEY_ID_SIZE, SLOT_SIZE

MAGIC: Final = b"\x89DAYFLY\n"
FORMAT: Final = 1
CHECK_SIZE: Final = 32
HEADER_SIZE: Final = 4096

#: Slots added at a time: half a megabyte, written and synced in a few
#: milliseconds, once in 4,096 new conversations.
STEP: Final = 4096

_STEP_SIZE: Final = STEP * SLOT_SIZE
_ID_AT: Final = len(MAGIC) + 4
_CHECK_AT: Final = _ID_AT + KEY_ID_SIZE
_CHECK_LABEL: Final = "dayfly 1 check value of a key file"

_RESTORE: Final = (
    "restore it together with the database, both from the same backup;"
    " or move both away to begin without the conversations they hold"
)


class Disk(Protocol):
    """What a key file needs of the operating system; ``os`` has it all."""

    @property
    def pread(self) -> Callable[[int, int, int], bytes]: ...

    @property
    def pwrite(self) -> Callable[[int, bytes, int], int]: ...

    @property
    def ftruncate(self) -> Callable[[int, int], None]: ...

    @property
    def fdatasync(self) -> Callable[[int], None]: ...


class SlotFile:
    """An open key file.

    Attributes:
        capacity: How many slots it has; grows by itself.
    """

    def __init__(self, path: Path, fds: tuple[int, int], disk: Disk) -> None:
        self._path = path
        self._fd, self._folder = fds
        self._disk = disk
        size = os.fstat(self._fd).st_size
        self.capacity = (size - HEADER_SIZE) // SLOT_SIZE

    @classmethod
    def open(
        cls, path: Path, master: MasterKey, *, key_id: bytes, disk: Disk
    ) -> SlotFile:
        """Open the key file at ``path``; make it if there is none.

        Raises:
            Misconfigured: It belongs to another master key, is open to
                others, in use, or cannot be opened.
            Corrupt: It is no key file, or a part of one.
        """
        header = _header(master, key_id)
        with contextlib.ExitStack() as opened:
            try:
                folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
                opened.callback(os.close, folder)
                _lock(folder, path.parent)
                if not path.exists():
                    _make(path, folder, header=header, disk=disk)
                fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
                opened.callback(os.close, fd)
                _check(path, fd, header)
            except OSError as error:
                raise Misconfigured(
                    f"cannot use the key file {path}: {error.strerror}"
                ) from error
            file = cls(path, (fd, folder), disk)
            opened.pop_all()
            return file

    def read(self, slot: int) -> bytes:
        """The ``SLOT_SIZE`` bytes of ``slot``; fewer if it has no such slot.

        Raises:
            Unavailable: The disk did not give them.
        """
        with self._failing():
            return self._disk.pread(self._fd, SLOT_SIZE, _offset(slot))

    def write(self, records: Mapping[int, bytes]) -> None:
        """Put ``records`` into their slots; back when on the medium.

        Raises:
            Unavailable: The disk did not take them; see rule 2.
        """
        # A slot that the file does not have yet is as empty as can be.
        due = {
            slot: record
            for slot, record in records.items()
            if slot < self.capacity or record != EMPTY
        }
        if not due:
            return
        with self._failing():
            self._grow_to_hold(max(due))
            for slot, record in due.items():
                _write_all(self._disk, self._fd, record, _offset(slot))
            self._disk.fdatasync(self._fd)

    def occupied(self) -> list[int]:
        """The slots that are not empty, in ascending order.

        Raises:
            Unavailable: The disk did not give them all.
        """
        with self._failing():
            return list(self._occupied())

    def close(self) -> None:
        """Close the file and unlock its folder; safe to repeat."""
        for fd in (self._fd, self._folder):
            if fd >= 0:
                os.close(fd)
        # The numbers will soon name other files: nothing may use them again.
        self._fd = self._folder = -1

    def check_holds(self, slot: int) -> None:
        """Complain if ``slot`` is beyond the end.

        Raises:
            Corrupt: A slot was promised that is not there.
        """
        if slot >= self.capacity:
            raise Corrupt(
                f"{self._path} is shorter than the database says: {_RESTORE}"
            )

    def _occupied(self) -> Iterator[int]:
        nothing = bytes(_STEP_SIZE)
        for first in range(0, self.capacity, STEP):
            step = self._disk.pread(self._fd, _STEP_SIZE, _offset(first))
            # Most of a quiet shop's file is empty: one comparison for 4,096.
            if step == nothing:
                continue
            for at in range(0, len(step), SLOT_SIZE):
                if step[at : at + SLOT_SIZE] != EMPTY:
                    yield first + at // SLOT_SIZE

    def _grow_to_hold(self, slot: int) -> None:
        if slot < self.capacity:
            return
        wanted = (slot // STEP + 1) * STEP
        # First the length, which is all or nothing, so that a crash cannot
        # break rule 1; then zeros, so that the blocks are ours before a key
        # needs them. A data sync also writes a changed length.
        self._disk.ftruncate(self._fd, _offset(wanted))
        for first in range(self.capacity, wanted, STEP):
            _write_all(self._disk, self._fd, bytes(_STEP_SIZE), _offset(first))
        self._disk.fdatasync(self._fd)
        os.fsync(self._folder)
        self.capacity = wanted

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Unavailable(f"{self._path}: {error.strerror}") from error


def _offset(slot: int) -> int:
    # A negative number out of a damaged database would hit the header.
    if slot < 0:
        raise Corrupt("no such slot in the key file")
    return HEADER_SIZE + slot * SLOT_SIZE


def _write_all(disk: Disk, fd: int, data: bytes, offset: int) -> None:
    written = 0
    # A nearly full disk takes a part, and only the next call fails.
    while written < len(data):
        written += disk.pwrite(fd, data[written:], offset + written)


def _header(master: MasterKey, key_id: bytes) -> bytes:
    head = (
        MAGIC
        + FORMAT.to_bytes(2, "big")
        + SLOT_SIZE.to_bytes(2, "big")
        + key_id
    )
    check = hmac.digest(master.derive(_CHECK_LABEL), head, "sha256")
    return (head + check).ljust(HEADER_SIZE, b"\0")


def _lock(folder: int, name: Path) -> None:
    # The folder, not the file: it is there before the first key file is.
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Misconfigured(
            f"{name} is in use by another process: stop that one, or give"
            " this one a folder of its own"
        ) from None


def _make(path: Path, folder: int, *, header: bytes, disk: Disk) -> None:
    # Under another name until it is whole: a crash leaves no half of a key
    # file, and what it leaves is written over here.
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _write_all(disk, fd, header + bytes(_STEP_SIZE), 0)
        disk.fdatasync(fd)
    finally:
        os.close(fd)
    new.rename(path)
    os.fsync(folder)


def _check(path: Path, fd: int, header: bytes) -> None:
    found = os.pread(fd, HEADER_SIZE, 0)
    status = os.fstat(fd)
    if found[: len(MAGIC)] != MAGIC:
        raise Corrupt(f"{path} is not a key file: {_RESTORE}")
    if found[len(MAGIC) : _ID_AT] != header[len(MAGIC) : _ID_AT]:
        raise Misconfigured(
            f"{path} has a format this version of Dayfly does not know:"
            " start the version that wrote it"
        )
    if found[_ID_AT:_CHECK_AT] != header[_ID_AT:_CHECK_AT]:
        raise Misconfigured(
            f"{path} belongs to another master key: start with that one,"
            " or restore both"
        )
    whole, rest = divmod(status.st_size - HEADER_SIZE, _STEP_SIZE)
    if not hmac.compare_digest(found, header) or whole < 1 or rest:
        raise Corrupt(f"{path} is damaged or cut off: {_RESTORE}")
    if status.st_mode & OTHERS:
        raise Misconfigured(
            f"the key file {path} is open to others: run 'chmod 600 {path}'"
        )
