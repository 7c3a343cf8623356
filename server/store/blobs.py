"""The folder of attachments: sealed pieces only, one file each.

A file is written from front to back under a name that ends in ``.part`` and
renamed when it is whole and on the medium. So what has its proper name is
complete, and what has not is nobody's and goes at the next start.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from server.errors import Corrupt, Misconfigured, Unavailable

Sync = Callable[[int], None]

_PART = ".part"
#: Bytes of the disk that files leave to messages.
RESERVE = 256 * 2**20


class BlobWriter:
    """One file on its way in; every method blocks.

    Safe to call from several threads: who gives up must not close the file
    under somebody's write, for another file may have got its number.

    Args:
        path: Where it is to be.
        reserve: Bytes that have to stay free.
        sync: Puts a file or a folder on the medium.

    Raises:
        Unavailable: The disk is full or failing.
    """

    def __init__(self, path: Path, *, reserve: int, sync: Sync) -> None:
        self._path = path
        self._part = path.with_name(path.name + _PART)
        self._reserve = reserve
        self._sync = sync
        self._lock = threading.Lock()
        try:
            if not path.parent.exists():
                path.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(path.parent.parent, sync)
            self._fd = os.open(
                self._part,
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC,
                0o600,
            )
        except OSError:
            raise _not_taken() from None

    def write(self, sealed: bytes) -> None:
        """Append ``sealed``.

        Raises:
            Unavailable: The disk is full or failing, or it was abandoned.
        """
        with self._lock:
            self._check_open()
            try:
                self._check_room(len(sealed))
                while sealed:
                    sealed = sealed[os.write(self._fd, sealed) :]
            except OSError:
                raise _not_taken() from None

    def _check_open(self) -> None:
        if self._fd < 0:
            raise _not_taken()

    def _check_room(self, size: int) -> None:
        disk = os.fstatvfs(self._fd)
        if disk.f_bavail * disk.f_frsize - size < self._reserve:
            raise _not_taken()

    def finish(self) -> None:
        """Put it on the medium and give it its name.

        Raises:
            Unavailable: The disk is full or failing, or it was abandoned;
                nothing is left.
        """
        with self._lock:
            self._check_open()
            try:
                self._sync(self._fd)
                self._close()
                self._part.rename(self._path)
                _sync_folder(self._path.parent, self._sync)
            except OSError:
                self._remove()
                raise _not_taken() from None

    def abandon(self) -> None:
        """Leave nothing of it; safe to repeat, also after ``finish``.

        What the disk does not let go of goes at the next start.
        """
        with self._lock:
            self._remove()

    def _remove(self) -> None:
        for step in (self._close, self._part.unlink, self._path.unlink):
            with contextlib.suppress(OSError):
                step()

    def _close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


class Blobs:
    """Attachment files by id; every method blocks.

    Args:
        folder: Where they lie.
        reserve: Bytes of the disk that are left to others.
        sync: Puts a file or a folder on the medium.

    Raises:
        Misconfigured: The folder cannot be made.
    """

    def __init__(
        self, folder: Path, *, reserve: int = RESERVE, sync: Sync = os.fsync
    ) -> None:
        self._folder = folder
        self._reserve = reserve
        self._sync = sync
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Or a power cut takes the folder, with every file in it.
            _sync_folder(folder.parent, sync)
        except OSError as error:
            raise Misconfigured(
                f"{folder} cannot be made: {error.strerror}"
            ) from None

    def writer(self, attachment: str) -> BlobWriter:
        """A new file.

        Raises:
            Unavailable: The disk is full or failing.
        """
        return BlobWriter(
            self._path(attachment), reserve=self._reserve, sync=self._sync
        )

    def read(self, attachment: str, offset: int, size: int) -> bytes:
        """``size`` sealed bytes at ``offset``; fewer at the end.

        Raises:
            Corrupt: There is no such file.
            Unavailable: The disk is failing.
        """
        try:
            with self._path(attachment).open("rb", buffering=0) as file:
                return os.pread(file.fileno(), size, offset)
        except FileNotFoundError:
            raise Corrupt("an attachment is missing") from None
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
                    _sync_folder(folder, self._sync)
        except OSError:
            raise Unavailable("an attachment could not be erased") from None

    def keep_only(self, attachments: frozenset[str]) -> int:
        """Remove every file that is none of ``attachments``; for the start.

        Returns:
            How many were removed.

        Raises:
            Unavailable: The disk did not take it.
        """
        left = [
            path
            for path in self._folder.glob("??/*")
            if path.name not in attachments
        ]
        try:
            for path in left:
                path.unlink(missing_ok=True)
            for folder in {path.parent for path in left}:
                _sync_folder(folder, self._sync)
        except OSError:
            raise Unavailable("an attachment could not be erased") from None
        return len(left)

    def _path(self, attachment: str) -> Path:
        # Ids are our own, 22 characters of base64url: no path can be in one.
        # 4,096 folders at most, for two characters of 64 kinds.
        return self._folder / attachment[:2] / attachment


def _not_taken() -> Unavailable:
    return Unavailable("the disk took no attachment")


def _sync_folder(folder: Path, sync: Sync) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(fd)
    finally:
        os.close(fd)
