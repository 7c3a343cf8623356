"""Each has a rate of its own, and not everybody is remembered."""

from __future__ import annotations

from server.live.rate_limits import RateLimits


def test_each_has_its_own_rate() -> None:
    """One that is too fast does not slow another down."""
    limits = RateLimits(1.0, 1.0)

    assert limits.take("one", 0.0) == 0.0
    assert limits.take("one", 0.0) > 0.0
    assert limits.take("two", 0.0) == 0.0
    assert limits.take("one", 1.0) == 0.0


def test_the_longest_silent_is_forgotten_first() -> None:
    """Many names take no more memory than a few."""
    limits = RateLimits(0.01, 1.0, most=2)
    limits.take("one", 0.0)
    limits.take("two", 0.0)
    limits.take("one", 0.0)
    limits.take("three", 0.0)

    assert len(limits) == 2
    assert limits.take("one", 0.0) > 0.0
    assert limits.take("two", 0.0) == 0.0


def test_looking_takes_nothing() -> None:
    """Whoever only asks may ask as often as they like."""
    limits = RateLimits(1.0, 1.0)

    assert limits.wait("one", 0.0) == 0.0
    assert limits.wait("one", 0.0) == 0.0
    limits.take("one", 0.0)
    assert 0.0 < limits.wait("one", 0.0) <= 1.0
    assert limits.wait("one", 1.0) == 0.0
    assert len(limits) == 1
