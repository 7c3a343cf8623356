"""A rate for each of many, of whom only the latest are remembered."""

from __future__ import annotations

from collections import OrderedDict

from server.live.rate_limit import RateLimit

#: How many are remembered; 1 MB.
MOST = 4_096


class RateLimits:
    """``burst`` at once, then ``per_second``, for each by name.

    Args:
        per_second: As for ``RateLimit``.
        burst: Likewise.
        most: How many are remembered.
    """

    def __init__(
        self, per_second: float, burst: float, *, most: int = MOST
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._most = most
        self._limits: OrderedDict[str, RateLimit] = OrderedDict()

    def __len__(self) -> int:
        return len(self._limits)

    def take(self, name: str, now_elapsed: float) -> float:
        """Take one for ``name``: 0.0, or the seconds until there is one."""
        limit = self._limits.pop(name, None)
        if limit is None:
            limit = RateLimit(self._per_second, self._burst)
        self._limits[name] = limit  # the newest stands last
        if len(self._limits) > self._most:
            self._limits.popitem(last=False)
        return limit.take(now_elapsed)

    def wait(self, name: str, now_elapsed: float) -> float:
        """Seconds until ``name`` could take one; takes nothing."""
        limit = self._limits.get(name)
        return 0.0 if limit is None else limit.wait(now_elapsed)
