"""How fast one sender may go: a token bucket, kept as a single number.

Instead of counting tokens it remembers when the bucket would be full again
(the "generic cell rate algorithm" of ATM networks): no timer, no refill.
"""

from __future__ import annotations

from math import inf

# What adding seconds rounds away after three years of uptime, so that whoever
# waits as long as it was told is let in; at a million a second a tenth of one.
_ROUNDING = 1e-7


class RateLimit:
    """``burst`` at once, then ``per_second``.

    Args:
        per_second: How many a second in the long run; above zero.
        burst: How many at once after a pause; at least one.

    Raises:
        ValueError: One of them is out of range.
    """

    __slots__ = ("_each", "_full_at", "_room")

    def __init__(self, per_second: float, burst: float) -> None:
        if not (0.0 < per_second < inf and 1.0 <= burst < inf):
            raise ValueError("a rate above zero and a burst of at least one")
        self._each = 1.0 / per_second
        self._room = burst / per_second + _ROUNDING
        self._full_at = -inf

    def take(self, now_elapsed: float, amount: float = 1.0) -> float:
        """Take ``amount`` if it is there.

        Args:
            now_elapsed: Monotonic seconds (``Clock.elapsed``).
            amount: How much; more than the burst never fits.

        Returns:
            0.0 if it was taken; else nothing was, and it is the number of
            seconds until it could be (``inf``: never).
        """
        full_at = max(self._full_at, now_elapsed) + amount * self._each
        over = full_at - now_elapsed - self._room
        if over <= 0.0:
            self._full_at = full_at
            return 0.0
        return over if amount * self._each <= self._room else inf

    def wait(self, now_elapsed: float) -> float:
        """Seconds until one could be taken; 0.0: now. Takes nothing."""
        over = self._full_at + self._each - now_elapsed - self._room
        return max(over, 0.0)
