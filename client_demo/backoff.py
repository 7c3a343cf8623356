"""When to come back after a connection closed: section 7 of the protocol."""

from __future__ import annotations

from collections.abc import Callable

#: Seconds: the bound of the first pause, of the longest one, and how long a
#: connection must have lasted for the pauses to begin anew.
FIRST, LONGEST, STEADY = 0.5, 30.0, 10.0

LEFT = 1000
ABNORMAL = 1006  # no close frame came: the line broke
TRY_LATER = 1013
GONE = 4502

NAMES = {
    1002: "protocol error",
    1003: "wrong kind of data",
    1007: "not UTF-8",
    1009: "too large",
    4500: "broke protocol",
    4501: "not authenticated",
    GONE: "gone",
    4503: "signed out",
    4504: "ended",
}

# 1005, a close frame without a code, is not in the document; who says nothing
# against it may be asked again.
_COME_BACK = frozenset({1001, 1005, ABNORMAL, 1011, 1012, TRY_LATER})


def may_return(code: int) -> bool:
    """Whether a client may reconnect by itself after ``code``."""
    return code in _COME_BACK or 4000 <= code <= 4499  # noqa: PLR2004 - theirs


class Backoff:
    """Pauses that double, each a random part of its bound.

    The whole bound is random, not a slice on top: when a server restarts, its
    clients must not come back in one wave.

    Args:
        jitter: Answers a number from 0 to 1, a new one each time.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._bound = FIRST

    def pause(self, *, lasted: float) -> float:
        """Seconds to wait after a connection that lasted ``lasted`` seconds."""
        if lasted >= STEADY:
            self._bound = FIRST
        pause = self._bound * self._jitter()
        self._bound = min(self._bound * 2, LONGEST)
        return pause
