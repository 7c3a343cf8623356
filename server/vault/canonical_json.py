"""JSON in the one spelling that is signed.

RFC 8785, of what every program reads as the same value only: what two could
write differently is refused.
"""

from __future__ import annotations

import json
from typing import Final

#: Beyond it JavaScript rounds.
MOST: Final = 2**53 - 1
#: How deep a document may be nested: who checks one gets it from strangers.
DEEPEST: Final = 8


def canonical(document: object) -> bytes:
    """``document`` in the one spelling that is signed.

    Raises:
        ValueError: It holds a float, a big number, a name that is not ASCII,
            half a surrogate pair or anything that is not JSON, or it is
            nested too deep.
    """
    _check(document, DEEPEST)
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return text.encode()


def _check(value: object, deeper: int) -> None:
    # 1.0 and 1 are one number to some programs and two to others.
    match value:
        case None | bool():
            is_fit = True
        case int():
            is_fit = abs(value) <= MOST
        case str():
            # What cannot be encoded must not be quoted by an error.
            is_fit = not any("\ud800" <= sign <= "\udfff" for sign in value)
        case dict() | list() if not deeper:
            is_fit = False
        case dict():
            # ASCII: in RFC 8785 other names sort differently than in Python.
            is_fit = all(isinstance(n, str) and n.isascii() for n in value)
            for one in value.values():
                _check(one, deeper - 1)
        case list():
            is_fit = True
            for one in value:
                _check(one, deeper - 1)
        case _:
            is_fit = False
    if not is_fit:
        raise ValueError("no two programs would write this the same")
