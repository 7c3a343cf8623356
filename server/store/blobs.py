"""The folder of attachments: sealed pieces only, one file each.

A file is written from front to back under a name that ends in ``.part`` and
renamed when it is whole and on the medium. So what has its proper name is
complete, and what has not is nobody's and goes at the next start.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from server.errors import Unavailable

_PART = ".part"


class BlobWriter:
    """One file on its way in; every method blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + _PART)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._fd = os.open(
                self._part,
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC,
                0o600,
            )
        except OSError:
            raise Unavailable("the disk took no attachment") from None

    def write(self, sealed: bytes) -> None:
        """Append ``sealed``.

        Raises:
            Unavailable: The disk is full or failing.
        """
        try:
            while sealed:
                sealed = sealed[os.write(self._fd, sealed) :]
        except OSError:
            raise Unavailable("the disk took no attachment") from None

    def finish(self) -> None:
        """Put it on the medium and give it its name.

        Raises:
            Unavailable: The disk is full or failing; nothing is left.
        """
        try:
            os.fdatasync(self._fd)
            os.close(self._fd)
            self._fd = -1
            self._part.rename(self._path)
            _sync_folder(self._path.parent)
        except OSError:
            self.abandon()
            raise Unavailable("the disk took no attachment") from None

    def abandon(self) -> None:
        """Leave nothing of it; safe to repeat, also after ``finish``."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        for path in (self._part, self._path):
            path.unlink(missing_ok=True)


class Blobs:
    """Attachment files by id; every method blocks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def writer(self, attachment: str) -> BlobWriter:
        """A new file.

        Raises:
            Unavailable: The disk is full or failing.
        """
        return BlobWriter(self._path(attachment))

    def read(self, attachment: str, offset: int, size: int) -> bytes:
        """``size`` sealed bytes at ``offset``; fewer at the end.

        Raises:
            Unavailable: There is no such file, or the disk is failing.
        """
        try:
            with self._path(attachment).open("rb", buffering=0) as file:
                return os.pread(file.fileno(), size, offset)
        except OSError:
            raise Unavailable("the attachment cannot be read") from None

    def erase(self, attachments: Iterable[str]) -> None:
        """Remove files; those that are gone are no error.

        Raises:
            Unavailable: The disk did not take it; repeat it.
        """
        folders: set[Path] = set()
        try:
            for attachment in attachments:
                path = self._path(attachment)
                path.unlink(missing_ok=True)
                folders.add(path.parent)
            for folder in folders:
                if folder.exists():
                    _sync_folder(folder)
        except OSError:
            raise Unavailable("an attachment could not be erased") from None

    def keep_only(self, attachments: frozenset[str]) -> int:
        """Remove every file that is none of ``attachments``; for the start.

        Returns:
            How many were removed.
        """
        removed = 0
        for path in self._folder.glob("??/*"):
            if path.name not in attachments:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
                removed += 1
        return removed

    def _path(self, attachment: str) -> Path:
        # Ids are our own, 22 characters of base64url: no path can be in one.
        # 4,096 folders at most, for two characters of 64 kinds.
        return self._folder / attachment[:2] / attachment


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
