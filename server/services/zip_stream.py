"""A zip file that is written while it is read: no more of it than a piece.

The format allows sizes and checksums behind the contents, so nothing has to
be known beforehand and nothing is kept; ``zipfile`` writes it so to whatever
cannot be sought in.
"""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from typing import IO, Any, Final, cast

#: The format knows no moment before.
_EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)


class _Sink:
    """Collects what is written, until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


class ZipStream:
    """One zip file; every method returns what is to be passed on.

    Args:
        at: Unix seconds that its files bear.
    """

    def __init__(self, at: float) -> None:
        moment = max(datetime.fromtimestamp(at, UTC), _EARLIEST)
        self._at = moment.timetuple()[:6]
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(
            cast("IO[bytes]", self._sink), "w", zipfile.ZIP_DEFLATED
        )
        self._file: IO[Any] | None = None

    def begin(self, name: str) -> bytes:
        """A file of that name follows; the one before has ended."""
        self._end()
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED
        # What it unpacks to is somebody's data: theirs alone to read.
        info.external_attr = 0o100600 << 16
        # The size is not known: room for more than 2 GiB is asked for.
        self._file = self._zip.open(info, "w", force_zip64=True)
        return self._sink.take()

    def feed(self, content: bytes) -> bytes:
        """More of that file."""
        assert self._file is not None  # noqa: S101 - begin comes first
        self._file.write(content)
        return self._sink.take()

    def finish(self) -> bytes:
        """The end of the zip file."""
        self._end()
        self._zip.close()
        return self._sink.take()

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
