"""Private data: what a back-end tells about its customer, behind their back.

One JSON object for a session, kept in memory only and sent to the application
with every message, which is why it is small. Later data replaces it or is
merged into it, as the caller asks.

Rules of this file
    1. What comes out was checked, also after merging: a hundred small
       patches make no large object.
    2. Nothing that was handed in is changed.
    3. No error names a key or a value: both may be about a person.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from server.domain.merge_patch import JsonObject, merged
from server.errors import RefusalCode, Refused

#: Bytes of the whole, as compact JSON.
MOST_BYTES: Final = 64 * 1024
#: Objects and lists within each other; the outermost is the first.
DEEPEST: Final = 8
#: Members of objects and items of lists, all together.
MOST_ENTRIES: Final = 512
LONGEST_KEY: Final = 200
#: What a signed or an unsigned word of 64 bits holds: MessagePack's limit.
SMALLEST: Final = -(2**63)
LARGEST: Final = 2**64 - 1


class PrivateDataFault(StrEnum):
    """What is wrong with it."""

    KEY_TOO_LONG = "key_too_long"
    NOT_JSON = "not_json"
    NOT_OBJECT = "not_object"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"


class PrivateDataRefused(Refused):
    """Data that is not taken; nothing was changed.

    Attributes:
        fault: What the sender has to mend.
    """

    def __init__(self, fault: PrivateDataFault) -> None:
        super().__init__(RefusalCode.MALFORMED)
        self.fault = fault


def check(value: object) -> JsonObject:
    """``value`` itself, if it may be kept.

    Raises:
        PrivateDataRefused: With the first fault found.
    """
    if not isinstance(value, dict):
        raise PrivateDataRefused(PrivateDataFault.NOT_OBJECT)
    for count, _ in enumerate(_entries(value, depth=1), start=1):
        if count > MOST_ENTRIES:
            raise PrivateDataRefused(PrivateDataFault.TOO_MANY)
    try:
        # Only now: what is left to encode is not deep and not many.
        size = len(_encoded(value))
    except UnicodeEncodeError:  # half of a pair, which UTF-8 cannot carry
        size = 0
    if not size:
        raise PrivateDataRefused(PrivateDataFault.NOT_JSON)
    if size > MOST_BYTES:
        raise PrivateDataRefused(PrivateDataFault.TOO_LARGE)
    return value


def replace(new: object) -> JsonObject:
    """What is kept if ``new`` takes the place of everything before.

    Raises:
        PrivateDataRefused: ``new`` may not be kept.
    """
    return dict(check(new))


def merge(old: Mapping[str, Any], new: object) -> JsonObject:
    """What is kept if ``new`` is a JSON merge patch (RFC 7396) of ``old``.

    Raises:
        PrivateDataRefused: ``new``, or what comes of it, may not be kept.
    """
    return check(merged(old, check(new)))


def _entries(
    container: JsonObject | list[Any], *, depth: int
) -> Iterator[object]:
    """Everything in ``container``, however deep, once it has been checked."""
    if depth > DEEPEST:
        raise PrivateDataRefused(PrivateDataFault.TOO_DEEP)
    if isinstance(container, dict):
        for name in container:
            if not isinstance(name, str):
                raise PrivateDataRefused(PrivateDataFault.NOT_JSON)
            if len(name) > LONGEST_KEY:
                raise PrivateDataRefused(PrivateDataFault.KEY_TOO_LONG)
        values = list(container.values())
    else:
        values = container
    for value in values:
        yield value
        if isinstance(value, dict | list):
            yield from _entries(value, depth=depth + 1)
        elif not _is_plain(value):
            raise PrivateDataRefused(PrivateDataFault.NOT_JSON)


def _is_plain(value: object) -> bool:
    match value:
        case None | bool() | str():
            return True
        case int():
            return SMALLEST <= value <= LARGEST
        case float():
            return math.isfinite(value)
        case _:
            return False


def _encoded(value: JsonObject) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
