"""The key file: numbered slots, overwritten in place, outside the database.

A database that deletes a row leaves its bytes in free blocks of the disk. A
slot of a pre-allocated file is written over where it lies: what was there is
gone from the device, as far as a file system that writes in place can tell.
(Snapshots, copy-on-write file systems and remapped flash are beyond this.)

Layout

    bytes      name             value
    ---------  ---------------  ----------------------------------------
         4096  HEADER_SIZE      see ``key_header``
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
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from server.errors import Corrupt, Misconfigured, Unavailable
from server.vault.key_header import (
    HEADER_SIZE,
    RESTORE,
    Named,
    header_of,
    key_id_of,
    key_ids_in,
    needs_previous,
)
from server.vault.private_files import OTHERS
from server.vault.wrapping import EMPTY, SLOT_SIZE

#: Slots added at a time: half a megabyte, written and synced in a few
#: milliseconds, once in 4,096 new conversations.
STEP: Final = 4096

_STEP_SIZE: Final = STEP * SLOT_SIZE


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
        self._final_header: bytes | None = None
        size = os.fstat(self._fd).st_size
        self.capacity = (size - HEADER_SIZE) // SLOT_SIZE

    @classmethod
    def open(
        cls, path: Path, key: Named, *, previous: Named | None, disk: Disk
    ) -> SlotFile:
        """Open the key file at ``path``; make it if there is none.

        Args:
            path: Of the file.
            key: What new slots will be under.
            previous: What slots may be under besides; when this returns, the
                header names both, if both are needed.
            disk: Where it lies.

        Raises:
            Misconfigured: It belongs to another master key, is open to
                others, in use, or cannot be opened.
            Corrupt: It is no key file, or a part of one.
        """
        with _opened(path, header_of(key), disk) as file:
            found = os.pread(file._fd, HEADER_SIZE, 0)  # noqa: SLF001 - ours
            is_needed = needs_previous(found, path, now=key, previous=previous)
            _check(path, file._fd)  # noqa: SLF001 - ours
            if is_needed and previous is not None:
                file._begin_rotation(key, previous, found)  # noqa: SLF001
            return file

    @classmethod
    def look(cls, path: Path) -> SlotFile:
        """Open the key file at ``path`` without its keys, to count.

        Raises:
            Misconfigured: It is not there, in use, or cannot be opened.
            Corrupt: It is no key file.
        """
        with _opened(path, None, os) as file:
            key_ids_in(os.pread(file._fd, HEADER_SIZE, 0), path)  # noqa: SLF001
            return file

    @property
    def is_rotating(self) -> bool:
        """Whether slots may be under either of two keys."""
        return self._final_header is not None

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
            return [slot for slot, _ in self._records()]

    def key_ids(self) -> Counter[bytes]:
        """How many slots are under which key, by its id.

        Raises:
            Unavailable: The disk did not give them all.
        """
        with self._failing():
            return Counter(key_id_of(record) for _, record in self._records())

    def finish_rotation(self) -> None:
        """Name the new key only; call when no slot is under the other.

        Raises:
            Unavailable: The disk did not take it: do it again.
        """
        if self._final_header is not None:
            with self._failing():
                self._write_header(self._final_header)
            self._final_header = None

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
                f"{self._path} is shorter than the database says: {RESTORE}"
            )

    def _begin_rotation(
        self, key: Named, previous: Named, found: bytes
    ) -> None:
        both = header_of(key, previous)
        if found != both:
            self._write_header(both)
        self._final_header = header_of(key)

    def _write_header(self, header: bytes) -> None:
        _write_all(self._disk, self._fd, header, 0)
        self._disk.fdatasync(self._fd)

    def _records(self) -> Iterator[tuple[int, bytes]]:
        """The slots that are not empty, and what is in them."""
        nothing = bytes(_STEP_SIZE)
        for first in range(0, self.capacity, STEP):
            step = self._disk.pread(self._fd, _STEP_SIZE, _offset(first))
            # Most of a quiet shop's file is empty: one comparison for 4,096.
            if step == nothing:
                continue
            for at in range(0, len(step), SLOT_SIZE):
                record = step[at : at + SLOT_SIZE]
                if record != EMPTY:
                    yield first + at // SLOT_SIZE, record

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


@contextlib.contextmanager
def _opened(path: Path, header: bytes | None, disk: Disk) -> Iterator[SlotFile]:
    """The file, locked, and closed again if the block raises.

    Args:
        path: Of the file.
        header: For a new file; None: one that is not there is not made.
        disk: Where it lies.
    """
    with contextlib.ExitStack() as opened:
        try:
            folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
            opened.callback(os.close, folder)
            _lock(folder, path.parent)
            if header is not None and not path.exists():
                _make(path, folder, header=header, disk=disk)
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            opened.callback(os.close, fd)
            yield SlotFile(path, (fd, folder), disk)
        except OSError as error:
            raise Misconfigured(
                f"cannot use the key file {path}: {error.strerror}"
            ) from error
        opened.pop_all()


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


def _check(path: Path, fd: int) -> None:
    status = os.fstat(fd)
    whole, rest = divmod(status.st_size - HEADER_SIZE, _STEP_SIZE)
    if whole < 1 or rest:
        raise Corrupt(f"{path} is damaged or cut off: {RESTORE}")
    if status.st_mode & OTHERS:
        raise Misconfigured(
            f"the key file {path} is open to others: run 'chmod 600 {path}'"
        )
