"""The timer wheel against a list that anybody can check."""

from __future__ import annotations

import sys
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
)

from server.live.timer_wheel import Timer, TimerWheel

START = 1_795_291_200.0
CENTURY = 36_525 * 86_400.0

near = st.floats(-10.0, 100.0)
far = st.floats(-1e9, 100 * CENTURY)
spans = near | st.floats(0.0, 1e6) | far
pauses = st.floats(0.0, 1.0) | st.floats(0.0, 2e5) | st.floats(0.0, CENTURY)


@given(st.lists(spans, max_size=50), st.lists(pauses, max_size=50))
def test_the_wheel_agrees_with_a_sorted_list(
    wanted: list[float], steps: list[float]
) -> None:
    """Each key comes due once, never early, at most one tick late."""
    wheel: TimerWheel[int] = TimerWheel(START)
    for key, span in enumerate(wanted):
        wheel.set(key, START + span)
    deadlines = sorted((START + span, key) for key, span in enumerate(wanted))

    now, seen = START, set[int]()
    for pause in steps:
        now += pause
        due = wheel.advance(now)
        assert all(START + wanted[key] <= now for key in due)
        assert not seen.intersection(due)
        seen.update(due)
        if now >= START + 0.25:
            late = {key for at, key in deadlines if at + 0.25 <= now} - seen
            assert not late
    assert len(wheel) == len(wanted) - len(seen)


class AnyUse(RuleBasedStateMachine):
    """Set, move, cancel and advance in any order, against a dictionary."""

    timers: Bundle[Timer[int]] = Bundle("timers")

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.wheel: TimerWheel[int] = TimerWheel(START)
        self.wanted: dict[int, float] = {}
        self.since: dict[int, float] = {}
        self.made = 0

    def _want(self, key: int, deadline: float) -> None:
        # What is set in the past can only come due from now on.
        self.wanted[key] = deadline
        self.since[key] = max(deadline, self.now)

    @rule(target=timers, span=spans)
    def set(self, span: float) -> Timer[int]:
        self.made += 1
        self._want(self.made, self.now + span)
        return self.wheel.set(self.made, self.now + span)

    @rule(timer=timers, span=spans)
    def move(self, timer: Timer[int], span: float) -> None:
        self._want(timer.key, self.now + span)
        self.wheel.move(timer, self.now + span)
        assert timer.deadline == self.now + span

    @rule(timer=timers)
    def cancel(self, timer: Timer[int]) -> None:
        self.wanted.pop(timer.key, None)
        self.wheel.cancel(timer)
        assert timer.deadline == inf

    @rule(timer=consumes(timers))
    def cancel_twice(self, timer: Timer[int]) -> None:
        self.cancel(timer)
        self.cancel(timer)

    @rule(pause=pauses)
    def advance(self, pause: float) -> None:
        self.now += pause
        self._look()

    @rule()
    def advance_to_the_next(self) -> None:
        at = self.wheel.next_at()
        if at is not None:
            before = {k for k, t in self.wanted.items() if t <= at - 0.5}
            assert not {k for k in before if self.since[k] <= at - 0.5}
            self.now = max(at, self.now)
            self._look()
            assert self.wheel.next_at() != at

    @rule(back=st.floats(0.0, 1e6))
    def set_the_clock_back(self, back: float) -> None:
        assert self.wheel.advance(self.now - back) == []

    @rule(back=st.floats(0.0, 1e6))
    def set_the_scale_back(self, back: float) -> None:
        self.now -= back
        self.wheel.set_back(self.now)
        self.since = {k: max(t, self.now) for k, t in self.wanted.items()}

    def _look(self) -> None:
        due = self.wheel.advance(self.now)
        assert len(due) == len(set(due))
        assert all(self.wanted.pop(key) <= self.now for key in due)
        assert all(self.since[key] + 0.25 > self.now for key in self.wanted)

    @invariant()
    def it_counts(self) -> None:
        assert len(self.wheel) == len(self.wanted)
        assert (self.wheel.next_at() is None) == (not self.wanted)


TestAnyUse = AnyUse.TestCase


@given(st.floats(0.001, 10.0), st.floats(-1e10, 1e10), st.floats(0.0, 1e6))
def test_an_odd_tick_is_never_early_and_next_at_is_worth_coming_for(
    tick: float, start: float, span: float
) -> None:
    """Where the tick does not divide evenly, rounding loses nobody."""
    wheel: TimerWheel[str] = TimerWheel(start, tick)
    wheel.set("it", start + span)

    for _ in range(20):
        at = wheel.next_at()
        if at is None:
            break
        assert (wheel.advance(at) == ["it"]) <= (at >= start + span)
    assert not wheel


def test_an_empty_wheel_needs_no_ticks() -> None:
    """Before the first timer and after the last, next_at() is None."""
    wheel: TimerWheel[str] = TimerWheel(START)
    assert wheel.next_at() is None

    timer = wheel.set("it", START + 5.0)
    assert wheel.next_at() == START + 5.0
    wheel.cancel(timer)

    assert wheel.next_at() is None
    assert len(wheel) == 0


def test_a_cancelled_timer_is_let_go_at_once() -> None:
    """The wheel keeps no reference: a key may be what must be forgotten."""
    wheel: TimerWheel[object] = TimerWheel(START)
    key = object()
    before = sys.getrefcount(key)

    timer = wheel.set(key, START + 5.0)
    wheel.cancel(timer)
    del timer

    assert sys.getrefcount(key) == before


def test_cancelling_leaves_the_neighbours_in_order() -> None:
    """Timers that share a bucket can be cancelled in any order."""
    wheel: TimerWheel[str] = TimerWheel(START)
    timers = [wheel.set(key, START + 5.0) for key in "abcd"]

    wheel.cancel(timers[0])
    wheel.cancel(timers[3])

    assert sorted(wheel.advance(START + 5.0)) == ["b", "c"]


def test_moving_later_leaves_the_timer_where_it_lies() -> None:
    """A message that moves its deadline costs one field write."""
    wheel: TimerWheel[str] = TimerWheel(START)
    timer = wheel.set("it", START + 5.0)
    bucket = timer.bucket

    wheel.move(timer, START + 1_800.0)

    assert timer.bucket is bucket
    assert wheel.advance(START + 1_799.0) == []
    assert wheel.advance(START + 1_800.0) == ["it"]


def test_a_timer_that_came_due_can_be_moved_back_in() -> None:
    """No deadline is lost because its timer was over."""
    wheel: TimerWheel[str] = TimerWheel(START)
    timer = wheel.set("it", START + 5.0)
    assert wheel.advance(START + 5.0) == ["it"]

    wheel.move(timer, START + 9.0)

    assert wheel.advance(START + 9.0) == ["it"]


def test_a_wheel_that_slept_for_centuries_wakes_at_once() -> None:
    """A jump costs the timers, not the ticks jumped over."""
    wheel: TimerWheel[int] = TimerWheel(START)
    for key in range(1_000):
        wheel.set(key, START + 1.7**key if key < 40 else START + CENTURY)

    assert len(wheel.advance(START + 1_000 * CENTURY)) == 1_000


def test_a_scale_that_is_set_back_makes_nobody_late() -> None:
    """An hour given back by the clock is not an hour of lateness."""
    wheel: TimerWheel[str] = TimerWheel(START)
    wheel.advance(START + 3600.0)
    wheel.set("before", START + 3700.0)

    wheel.set_back(START)
    wheel.set("after", START + 100.0)

    assert wheel.advance(START + 100.0) == ["after"]
    assert wheel.advance(START + 3700.0) == ["before"]


def test_a_deadline_beyond_all_reach_just_waits() -> None:
    """Nobody is harmed by "never"."""
    wheel: TimerWheel[str] = TimerWheel(START)
    wheel.set("never", sys.float_info.max)

    assert wheel.advance(START + 1_000 * CENTURY) == []
    assert len(wheel) == 1


@pytest.mark.parametrize("number", [nan, inf, -inf])
def test_what_is_no_time_is_refused(number: float) -> None:
    """nan and inf change nothing, wherever they are given."""
    wheel: TimerWheel[str] = TimerWheel(START)
    timer = wheel.set("it", START + 5.0)

    with pytest.raises(ValueError, match="finite"):
        wheel.set("other", number)
    with pytest.raises(ValueError, match="finite"):
        wheel.move(timer, number)
    with pytest.raises(ValueError, match="finite"):
        wheel.advance(number)
    with pytest.raises(ValueError, match="finite"):
        wheel.set_back(number)
    with pytest.raises(ValueError, match="finite"):
        TimerWheel[str](number)
    with pytest.raises(ValueError, match="finite"):
        TimerWheel[str](START, number)

    assert timer.deadline == START + 5.0
    assert len(wheel) == 1


def test_a_tick_of_nothing_is_refused() -> None:
    """A tick must be above zero."""
    with pytest.raises(ValueError, match="above zero"):
        TimerWheel[str](START, 0.0)
