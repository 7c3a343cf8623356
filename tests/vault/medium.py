"""A disk whose power can be cut: only what was synced is sure to be there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.fakes import FakeDisk

SECTOR = 512


class Medium(FakeDisk):
    """A disk behind a cache, as unkind as disks may be.

    After a failed sync the cache takes its contents for written: the next
    sync succeeds without them. Files grow at once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[int, dict[int, bytes]] = {}  # inode -> at -> sector
        self._dirty: dict[int, set[int]] = {}

    def pwrite(self, fd: int, data: bytes, offset: int, /) -> int:
        written = super().pwrite(fd, data, offset)
        first = offset // SECTOR * SECTOR
        dirty = self._dirty.setdefault(os.fstat(fd).st_ino, set())
        dirty.update(range(first, offset + written, SECTOR))
        return written

    def fdatasync(self, fd: int, /) -> None:
        inode = os.fstat(fd).st_ino
        dirty = self._dirty.pop(inode, set())
        super().fdatasync(fd)
        kept = self._kept.setdefault(inode, {})
        kept.update({at: os.pread(fd, SECTOR, at) for at in dirty})

    def cut(self, path: Path, is_lucky: Callable[[], bool]) -> None:
        """Cut the power: what is unsynced is lost, sector by sector.

        Args:
            path: The file; closed.
            is_lucky: Asked of each unsynced sector whether it was written.
        """
        inode = path.stat().st_ino
        cached = path.read_bytes()
        kept = self._kept.setdefault(inode, {})
        for at in sorted(self._dirty.pop(inode, set())):
            if is_lucky():
                kept[at] = cached[at : at + SECTOR]
        after = bytearray(len(cached))
        for at, sector in kept.items():
            after[at : at + SECTOR] = sector
        path.write_bytes(after)
