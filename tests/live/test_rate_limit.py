"""The rate limit: bursts, the long run, and how long to wait."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.live.rate_limit import RateLimit


def test_a_burst_passes_and_the_next_one_waits() -> None:
    """Twenty at once, then one every fifth of a second."""
    limit = RateLimit(5.0, 20)

    assert [limit.take(100.0) for _ in range(20)] == [0.0] * 20
    assert limit.take(100.0) == pytest.approx(0.2)
    assert limit.take(100.1) == pytest.approx(0.1)
    assert limit.take(100.2) == 0.0


def test_a_pause_fills_the_bucket_but_no_further() -> None:
    """A day of silence is worth one burst, not a day's."""
    limit = RateLimit(5.0, 20)
    for _ in range(20):
        limit.take(0.0)

    assert [limit.take(86_400.0) for _ in range(20)] == [0.0] * 20
    assert limit.take(86_400.0) > 0.0


def test_more_than_a_burst_never_fits() -> None:
    """Waiting for it would be waiting for ever, and says so."""
    limit = RateLimit(5.0, 20)

    assert limit.take(0.0, 21) == inf
    assert limit.take(0.0, 20) == 0.0


@given(
    st.floats(0.1, 1e4),
    st.integers(1, 1_000),
    st.lists(
        st.tuples(st.floats(0.0, 5.0), st.integers(1, 5)),
        min_size=1,
        max_size=50,
    ),
)
def test_never_more_than_the_burst_and_the_rate(
    per_second: float, burst: int, asked: list[tuple[float, int]]
) -> None:
    """In any stretch of time at most burst + rate * seconds pass."""
    limit = RateLimit(per_second, burst)
    now, taken = 1e6, 0
    for pause, amount in asked:
        now += pause
        if limit.take(now, amount) == 0.0:
            taken += amount

    most = burst + per_second * (now - 1e6)
    assert taken <= most + 1e-4 * per_second + 1e-6


@given(st.floats(0.1, 1e4), st.integers(1, 100), st.floats(0.0, 1e8))
def test_who_waits_as_told_is_let_in(
    per_second: float, burst: int, now: float
) -> None:
    """The wait named is long enough, in spite of rounding."""
    limit = RateLimit(per_second, burst)
    while (wait := limit.take(now)) == 0.0:
        pass

    assert limit.take(now + wait + 1e-6) == 0.0


@pytest.mark.parametrize(
    ("per_second", "burst"),
    [(0.0, 20), (-1.0, 20), (nan, 20), (inf, 20), (5.0, 0.5), (5.0, nan)],
)
def test_a_limit_that_lets_nobody_in_is_refused(
    per_second: float, burst: float
) -> None:
    """Zero and less, and what is no number, is a mistake in the settings."""
    with pytest.raises(ValueError, match="rate"):
        RateLimit(per_second, burst)
