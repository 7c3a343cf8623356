"""Where addresses are thought to be, by the operator's database file.

The file is read as it lies there, piece by piece: not mapped into memory,
for a file that is overwritten while it is mapped ends the process, and not
loaded, for it may be large. One that is replaced is taken from then on.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import maxminddb

from server.domain.context import Place

log = logging.getLogger(__name__)

#: By what a replaced file is told from the one that was opened.
_Stamp = tuple[int, int, int]

#: What a damaged or foreign file makes the library raise.
_FAULTS: Final = (
    maxminddb.InvalidDatabaseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
LONGEST_NAME: Final = 80


class Places:
    """Looks up addresses; knows nothing rather than fail.

    Args:
        path: The database; None: there is none.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stamp: _Stamp | None = None
        self._reader: maxminddb.Reader | None = None

    def place(self, address: str) -> Place | None:
        """Where ``address`` is thought to be; None if that is not known."""
        if self._path is None:
            return None
        self._renew(self._path)
        if self._reader is None:
            return None
        try:
            return _place_in(self._reader.get(address))
        except _FAULTS:
            return None

    def _renew(self, path: Path) -> None:
        try:
            found = path.stat()
        except OSError:
            return  # being replaced, or gone: what was opened is still there
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            reader = maxminddb.open_database(path, maxminddb.MODE_FILE)
        except _FAULTS as error:
            log.warning(
                "the database of places cannot be read",
                extra={"error": type(error).__name__},
            )
            return
        self.close()
        self._reader = reader

    def close(self) -> None:
        """Let go of the file; safe to repeat."""
        if self._reader is not None:
            with contextlib.suppress(*_FAULTS):
                self._reader.close()
            self._reader = None


def _place_in(record: Any) -> Place | None:
    if not isinstance(record, Mapping):
        return None
    regions = record.get("subdivisions")
    place = Place(
        country=_text(record, "country", "iso_code"),
        region=_name(regions[0]) if isinstance(regions, list) else None,
        city=_name(record.get("city")),
    )
    return None if place == Place() else place


def _name(part: Any) -> str | None:
    return _text({"part": part}, "part", "names", "en")


def _text(value: Any, *path: str) -> str | None:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value[:LONGEST_NAME] if isinstance(value, str) else None
