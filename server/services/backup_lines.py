"""What is in a backup, as lines of JSON; docs/backup.md is its manual.

    {"dayfly": "backup", "format": 1, ...}   the head
    {"table": "erased", "columns": [...]}    then the rows of that table,
    ["acme", {"b64": "..."}, 1.8e9]          each a list in that order
    {"slot": 17, "record": "..."}            a copy of a slot, before the rows
    {"end": 1234}                            the last: how many lines before

Lines, because whoever reads one needs no memory for the others.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from server.errors import Corrupt

FORMAT: Final = 1
#: Bytes of a line. The longest is a consent form in fifty languages; whoever
#: holds the master key could make longer ones, and only fool themselves.
_LONGEST: Final = 16 * 2**20


def line(value: object) -> bytes:
    """``value`` as a line."""
    return _ENCODER.encode(value).encode() + b"\n"


def row_line(row: Sequence[Any]) -> bytes:
    """A row as a line; what is no text is written in base64."""
    return line(
        [{"b64": text_of(one)} if type(one) is bytes else one for one in row]
    )


def text_of(raw: bytes) -> str:
    """``raw`` in base64."""
    return base64.b64encode(raw).decode()


def bytes_of(text: object) -> bytes:
    """Undo ``text_of``.

    Raises:
        Corrupt: It is no base64.
    """
    try:
        return base64.b64decode(str(text), validate=True)
    except (ValueError, binascii.Error):
        raise _unknown() from None


def row_of(values: Sequence[Any]) -> list[Any]:
    """Undo ``row_line``, of a line that has been read.

    Raises:
        Corrupt: It is no row.
    """
    return [
        bytes_of(one.get("b64")) if isinstance(one, dict) else one
        for one in values
    ]


def read(pieces: Iterable[bytes]) -> Iterator[Any]:
    """What stands in the lines that ``pieces`` make, the last one proved.

    Raises:
        Corrupt: They are no such lines, or some are missing.
    """
    count, is_ended = 0, False
    # To the very end: a package is whole only once its last piece has opened.
    for one in _lines(pieces):
        try:
            value = json.loads(one)
        except (ValueError, RecursionError):
            raise _unknown() from None
        if is_ended:
            raise _unknown()
        if isinstance(value, dict) and "end" in value:
            is_ended = value["end"] == count
            continue
        count += 1
        yield value
    if not is_ended:
        raise _unknown()


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > _LONGEST:
            raise _unknown()
    if rest:
        raise _unknown()


def _unknown() -> Corrupt:
    return Corrupt("what is in the package is not written as it should be")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
