"""One server to a data folder.

A second one would find the first one's freshest keys referred to by no row,
and overwrite them. SQLite's own locks do not keep it out: in WAL mode two
programs may well take turns.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from server.errors import Misconfigured


class FolderLock:
    """Held until ``release``, or until the process is gone."""

    def __init__(self, folder: Path) -> None:
        """Lock ``folder`` itself: no file to be left behind.

        Raises:
            Misconfigured: Another server has it, or it cannot be locked.
        """
        try:
            self._fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise Misconfigured(
                f"{folder} is no folder to keep data in: {error.strerror}"
            ) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise Misconfigured(
                f"{folder} is in use by another server: stop that one first,"
                " or give this one a folder of its own"
            ) from None

    def release(self) -> None:
        """Let the next one in."""
        os.close(self._fd)
