"""Many deadlines, cheap to set, to move and to cancel.

A hierarchical timing wheel (Varghese and Lauck, 1987). Time is counted in
ticks from ``start``; a tick number is written in digits of eight bits, one
wheel of 256 buckets for each digit. A timer lies in the wheel of the highest
digit in which its tick differs from the present one, in the bucket of that
digit. When the present reaches a bucket, its timers are due or move down.

Rules of this file
    1. The wheel never calls anything and never reads a clock: ``advance``
       returns the keys that are due.
    2. A bucket never holds a timer due before the bucket's own first tick,
       nor one due in another bucket of the same wheel - except those that
       were moved to a later time: they wait where they are, and go on when
       they are found not to be due. That makes ``move`` one field write.
    3. The wheel is a hint, not the truth: deadlines live in the database, and
       a restart fills the wheel from there.
"""

from __future__ import annotations

from math import inf, isfinite
from typing import Generic, TypeVar

Key = TypeVar("Key")

_BITS = 8
_SLOTS = 1 << _BITS
_MASK = _SLOTS - 1
# Six digits: two million years of quarter seconds, for 90 KB of empty lists.
_LEVELS = 6
_LAST = (1 << (_BITS * _LEVELS)) - 1


class Timer(Generic[Key]):
    """One deadline in a wheel.

    Attributes:
        key: What ``advance`` returns when it is due.
        deadline: On the wheel's scale; ``inf`` once it came due or was
            cancelled.
        bucket: The wheel's own: where it lies, None when nowhere.
        place: The wheel's own: its index in ``bucket``.
    """

    __slots__ = ("bucket", "deadline", "key", "place")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.deadline = inf
        self.bucket: list[Timer[Key]] | None = None
        self.place = 0


class TimerWheel(Generic[Key]):
    """Keys with deadlines.

    A timer costs about 140 bytes next to its key; the empty wheel 90 KB.

    Args:
        start: Seconds on any scale that is meant to grow; every deadline and
            every ``now`` is on the same one.
        tick: Width of a bucket in seconds; nothing comes due before its
            deadline, and at most one tick after it.

    Raises:
        ValueError: A number is not finite, or ``tick`` is not above zero.
    """

    def __init__(self, start: float, tick: float = 0.25) -> None:
        if not isfinite(start) or not isfinite(tick) or tick <= 0.0:
            raise ValueError("start and tick must be finite, tick above zero")
        self._start = start
        self._tick = tick
        self._at = 0
        self._count = 0
        self._buckets: list[list[Timer[Key]]] = [
            [] for _ in range(_LEVELS * _SLOTS)
        ]
        # A bit for each bucket in use. It may stay behind when the last timer
        # is cancelled, so that cancelling need not know the bucket's number.
        self._used = [0] * _LEVELS

    def __len__(self) -> int:
        """How many timers have neither come due nor been cancelled."""
        return self._count

    def set(self, key: Key, deadline: float) -> Timer[Key]:
        """Make ``key`` due at ``deadline``; one in the past is due next tick.

        The same key may be set several times: each is a timer of its own.

        Raises:
            ValueError: ``deadline`` is not finite.
        """
        if not -inf < deadline < inf:
            raise ValueError("a deadline must be finite")
        timer = Timer(key)
        timer.deadline = deadline
        self._count += 1
        self._put(timer)
        return timer

    def move(self, timer: Timer[Key], deadline: float) -> None:
        """Make ``timer`` due at ``deadline`` instead.

        A timer that came due or was cancelled is set again.

        Raises:
            ValueError: ``deadline`` is not finite.
        """
        # The way of every message, so nothing else happens here. A timer that
        # is in no bucket has the deadline inf and fails the comparison.
        if timer.deadline <= deadline < inf:
            timer.deadline = deadline
            return
        if not -inf < deadline < inf:
            raise ValueError("a deadline must be finite")
        self.cancel(timer)
        timer.deadline = deadline
        self._count += 1
        self._put(timer)

    def cancel(self, timer: Timer[Key]) -> None:
        """Take ``timer`` out; nothing of it stays. May be repeated."""
        bucket = timer.bucket
        if bucket is None:
            return
        # The last of the bucket takes its place: no search, no gap.
        last = bucket.pop()
        if last is not timer:
            bucket[timer.place] = last
            last.place = timer.place
        timer.bucket = None
        timer.deadline = inf
        self._count -= 1

    def advance(self, now: float) -> list[Key]:
        """Remove and return the keys due at ``now``, in no promised order.

        Costs the timers in the buckets passed, each looked at once, however
        long the way was; a ``now`` before an earlier one does nothing.

        Raises:
            ValueError: ``now`` is not finite, or millions of years ahead.
        """
        target = self._tick_of(now)
        if target <= self._at:
            return []
        passed = self._take_until(target)
        self._at = target
        due: list[Key] = []
        for bucket in passed:
            for timer in bucket:
                if timer.deadline <= now:
                    timer.bucket = None
                    timer.deadline = inf
                    due.append(timer.key)
                else:
                    self._put(timer)
        self._count -= len(due)
        return due

    def set_back(self, now: float) -> None:
        """The scale itself was set back: count from ``now``, keep the timers.

        Without it ``advance`` waits until the old time is reached again, and
        whatever is due before comes late by as much. Costs every timer.

        Raises:
            ValueError: ``now`` is not finite.
        """
        if not isfinite(now):
            raise ValueError("now must be finite")
        passed = self._take_until(_LAST)
        self._start, self._at = now, 0
        for bucket in passed:
            for timer in bucket:
                self._put(timer)

    def next_at(self) -> float | None:
        """When ``advance`` next has something to look at; None when empty.

        No timer is due before. It may be that none is due then, either: one
        was moved on, or is only handed to a finer wheel.
        """
        for level in range(_LEVELS):
            shift = level * _BITS
            while used := self._used[level]:
                slot = (used & -used).bit_length() - 1
                if self._buckets[level * _SLOTS + slot]:
                    above = self._at >> shift + _BITS << _BITS
                    return self._start + (above + slot << shift) * self._tick
                self._used[level] = used & used - 1
        return None

    def _tick_of(self, now: float) -> int:
        tick = (now - self._start) // self._tick
        if not tick < _LAST:  # nan, too, and what inf divides to
            raise ValueError("now must be finite and within reach")
        if tick < self._at:
            return self._at
        # Where the tick is no power of two, division and multiplication may
        # round apart: whoever comes at next_at() must find what is there.
        if self._start + (tick + 1) * self._tick <= now:
            tick += 1
        return int(tick)

    def _put(self, timer: Timer[Key]) -> None:
        # Round up, and never into the present bucket: it has been emptied.
        due = -((self._start - timer.deadline) // self._tick)
        at = self._at
        tick = at + 1 if due <= at else int(due) if due < _LAST else _LAST
        level = (at ^ tick).bit_length() - 1 >> 3
        slot = tick >> level * _BITS & _MASK
        self._used[level] |= 1 << slot
        bucket = self._buckets[level * _SLOTS + slot]
        timer.bucket = bucket
        timer.place = len(bucket)
        bucket.append(timer)

    def _take_until(self, target: int) -> list[list[Timer[Key]]]:
        """Take out every bucket whose first tick is not after ``target``."""
        taken: list[list[Timer[Key]]] = []
        for level in range(_LEVELS):
            used = self._used[level]
            if not used:
                continue
            shift = level * _BITS
            if target >> shift + _BITS == self._at >> shift + _BITS:
                # The same turn of this wheel: up to and with today's digit.
                used &= (2 << (target >> shift & _MASK)) - 1
            self._used[level] ^= used
            while used:
                slot = (used & -used).bit_length() - 1
                used &= used - 1
                index = level * _SLOTS + slot
                taken.append(self._buckets[index])
                # A fresh list, not an emptied one: a bucket that once held a
                # hundred thousand would keep their room for ever.
                self._buckets[index] = []
        return taken
