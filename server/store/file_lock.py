"""One server to a database file.

SQLite's own locks do not keep a second one out: in WAL mode two programs may
well take turns, each believing that it alone gives out message numbers.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from server.errors import Misconfigured


class FileLock:
    """Held until ``release``, or until the process is gone."""

    def __init__(self, path: Path) -> None:
        """Lock ``path``, by an empty file beside it that stays.

        Not by ``path`` itself: whenever a process closes a file, it loses all
        the locks that SQLite holds for it on that file.

        Raises:
            Misconfigured: Another server has it, or it cannot be locked.
        """
        try:
            self._fd = os.open(
                path.with_name(path.name + "-lock"),
                os.O_RDWR | os.O_CREAT | os.O_CLOEXEC,
                0o600,
            )
        except OSError as error:
            raise Misconfigured(
                f"{path} cannot be made or opened: {error.strerror}"
            ) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise Misconfigured(
                f"{path} is in use by another server: stop that one first, or"
                " give this one a folder of its own"
            ) from None

    def release(self) -> None:
        """Let the next one in."""
        os.close(self._fd)
