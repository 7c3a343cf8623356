"""When each conversation is next to be looked at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.ids import ConversationId
from server.live.deadlines import TICK, Deadlines

A, B = ConversationId("a"), ConversationId("b")


def test_what_is_due_is_told_once() -> None:
    """Not before its time, and never again."""
    deadlines = Deadlines(1_000.0)
    deadlines.set(A, 1_010.0)

    assert deadlines.advance(1_009.9) == []
    assert deadlines.advance(1_010.0 + TICK) == [A]
    assert deadlines.advance(9_999.0) == []
    assert len(deadlines) == 0


def test_a_conversation_has_one_deadline() -> None:
    """Setting it again moves it, to later and to earlier."""
    deadlines = Deadlines(1_000.0)
    deadlines.set(A, 1_010.0)
    deadlines.set(A, 1_100.0)
    deadlines.set(B, 1_100.0)
    deadlines.set(B, 1_020.0)

    assert len(deadlines) == 2
    assert deadlines.advance(1_050.0) == [B]
    assert deadlines.advance(1_101.0) == [A]


def test_what_is_cancelled_is_never_told() -> None:
    """And may be cancelled twice."""
    deadlines = Deadlines(1_000.0)
    deadlines.set(A, 1_010.0)
    deadlines.cancel(A)
    deadlines.cancel(A)

    assert deadlines.advance(2_000.0) == []
    assert len(deadlines) == 0


def test_a_clock_set_back_does_not_make_them_late() -> None:
    """Set back by a day: what is due in ten seconds comes in ten seconds."""
    deadlines = Deadlines(100_000.0)
    deadlines.advance(100_001.0)

    assert deadlines.advance(13_600.0) == []
    deadlines.set(A, 13_610.0)

    assert deadlines.advance(13_610.0 + TICK) == [A]


def test_a_clock_set_back_in_small_steps_is_noticed_as_well() -> None:
    """A fifth of a second at a time is a day in the end."""
    deadlines = Deadlines(1_000.0)
    now = 1_000.0
    for _ in range(100):
        now -= 0.2
        deadlines.advance(now)
    deadlines.set(A, now + 1.0)

    assert deadlines.advance(now + 1.0 + 2 * TICK) == [A]


def test_what_was_set_before_keeps_its_time() -> None:
    """The deadline is a time of day, whatever the clock does meanwhile."""
    deadlines = Deadlines(100_000.0)
    deadlines.set(A, 100_010.0)
    deadlines.advance(99_000.0)

    assert deadlines.advance(100_009.0) == []
    assert deadlines.advance(100_010.0 + TICK) == [A]


@given(
    st.lists(
        st.tuples(st.floats(-500.0, 500.0), st.floats(0.0, 500.0)),
        max_size=30,
    )
)
def test_never_early_and_at_most_one_tick_late(
    steps: list[tuple[float, float]],
) -> None:
    """Whatever the clock does, as long as somebody looks."""
    now = 10_000.0
    deadlines = Deadlines(now)
    pending: dict[ConversationId, float] = {}
    for number, (step, ahead) in enumerate(steps):
        now += step
        for told in deadlines.advance(now):
            assert pending.pop(told) <= now
        assert all(at > now - TICK for at in pending.values())
        one = ConversationId(str(number))
        pending[one] = now + ahead
        deadlines.set(one, pending[one])
