"""Pages: so many at once, and a cursor for what comes after.

A cursor is where the page ended, written so that nobody takes it for more. A
made-up one opens nothing: it is a place in a list that its reader may see.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from server.gateway.api.operation import Call
from server.gateway.api.problems import Problem
from server.protocol.api_requests import USUAL_PAGE

T = TypeVar("T")

#: What SQLite takes for a number has no more.
_DIGITS = 18


def limit_of(call: Call) -> int:
    """How many the caller wants."""
    return int(call.query["limit"] or USUAL_PAGE)


def after_of(call: Call) -> str:
    """Behind what the page begins; empty for the first.

    Raises:
        Problem: 422: it is no cursor.
    """
    cursor = call.query["after"]
    if cursor is None:
        return ""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = base64.b64decode(padded, b"-_", validate=True).decode()
        if "\0" in place or cursor_at(place) != cursor:
            raise ValueError
    except (ValueError, binascii.Error):
        raise Problem(
            422, "bad_cursor", errors=(("?after", "malformed", ""),)
        ) from None
    return place


def number_in(place: str) -> int | None:
    """The number that a place is; None for the beginning.

    Raises:
        Problem: 422: it is none.
    """
    if not place:
        return None
    if not place.isascii() or not place.isdigit() or len(place) > _DIGITS:
        raise Problem(422, "bad_cursor")
    return int(place)


def cursor_at(place: str) -> str:
    """The cursor for what comes behind ``place``."""
    return base64.urlsafe_b64encode(place.encode()).rstrip(b"=").decode()


def page(
    found: Sequence[T],
    call: Call,
    *,
    shown: Callable[[T], Any],
    place: Callable[[T], str],
) -> dict[str, object]:
    """The page that ``found`` makes.

    Args:
        found: One more than the caller wants, if there is one more.
        call: What was asked.
        shown: What is told of one.
        place: Where one stands in the list; the next page begins behind it.
    """
    wanted = found[: limit_of(call)]
    is_more = len(found) > len(wanted)
    return {
        "items": [shown(one) for one in wanted],
        "next": cursor_at(place(wanted[-1])) if is_more else None,
    }
