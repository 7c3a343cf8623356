"""What a deadline costs in the timer wheel, against the event loop's timers.

In this process and in simulated time: a million deadlines are set, all of
them moved (as a message moves its conversation's), half of them cancelled,
and the rest waited for, tick by tick.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import uvloop

from benchmarks.figures import Figure, ratio
from server.live.timer_wheel import Timer, TimerWheel

TICK = 0.25
#: Seconds within which the deadlines lie, like those of half-hour sessions.
SPREAD = 1_800
#: Seconds by which a message moves its deadline.
MOVED = 600.0
#: Timers given to an event loop; it keeps cancelled ones, so a million of
#: them moved once would be two million in its heap.
MOST_IN_A_LOOP = 200_000


async def measure(*, timers: int) -> dict[str, Figure]:
    """Set, move, cancel and await ``timers`` deadlines."""
    # A process of its own: memory that was used before would be used again,
    # and a timer would seem to cost less.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(fresh, _measure, timers)


def _measure(timers: int) -> dict[str, Figure]:
    wheel: TimerWheel[int] = TimerWheel(start=0.0, tick=TICK)
    # Room for the handles is taken before, so that it does not count.
    handles: list[Timer[int]] = [Timer(0)] * timers
    keys = list(range(timers))
    before = _resident()
    # Made before the time is taken, but within the memory that is counted:
    # the numbers belong to the timers, their arithmetic to this file.
    deadlines = [_deadline(key) for key in keys]
    setting = _us_each(lambda: _set(wheel, deadlines, handles), timers)
    each = ratio(_resident() - before, timers)
    moving = _us_each(lambda: _move(wheel, handles), timers)
    cancelling = _us_each(lambda: _cancel(wheel, handles), timers // 2)
    loops = {
        "call_later_us": _call_later_us(asyncio.new_event_loop(), timers),
        "call_later_uvloop_us": _call_later_us(uvloop.new_event_loop(), timers),
    }
    return {
        "timers": timers,
        "set_us": setting,
        "move_us": moving,
        "cancel_us": cancelling,
        "bytes_per_timer": each,
        # Against the faster of the two loops.
        "move_speedup": ratio(min(loops.values()), moving),
        **loops,
        **_expired(wheel, handles),
    }


def _resident() -> int:
    gc.collect()
    statm = Path("/proc/self/statm").read_text()
    return int(statm.split()[1]) * resource.getpagesize()


def _us_each(work: Callable[[], None], count: int) -> float:
    began = time.perf_counter()
    work()
    return ratio((time.perf_counter() - began) * 1e6, count)


def _deadline(key: int) -> float:
    # Spread evenly and out of order, and not on the tick's own grid.
    return 60.0 + key * 7919 % SPREAD + key % 97 / 97


def _set(
    wheel: TimerWheel[int],
    deadlines: list[float],
    handles: list[Timer[int]],
) -> None:
    begin = wheel.set
    for key, deadline in enumerate(deadlines):
        handles[key] = begin(key, deadline)


def _move(wheel: TimerWheel[int], handles: list[Timer[int]]) -> None:
    move = wheel.move
    later = 60.0 + SPREAD + MOVED
    for timer in handles:
        move(timer, later)


def _cancel(wheel: TimerWheel[int], handles: list[Timer[int]]) -> None:
    cancel = wheel.cancel
    for timer in handles[::2]:
        cancel(timer)


def _call_later_us(loop: asyncio.AbstractEventLoop, timers: int) -> float:
    """The cost of moving a deadline where it is a callback of a loop."""
    count = min(timers, MOST_IN_A_LOOP)
    handles = [loop.call_later(_deadline(key), int) for key in range(count)]

    def move() -> None:
        for index, handle in enumerate(handles):
            handle.cancel()
            handles[index] = loop.call_later(SPREAD + MOVED, int)

    try:
        return _us_each(move, count)
    finally:
        for handle in handles:
            handle.cancel()
        loop.close()


def _expired(
    wheel: TimerWheel[int], handles: list[Timer[int]]
) -> dict[str, Figure]:
    """Let the odd ones come due, each at a time of its own again."""
    deadlines = {}
    for key, timer in list(enumerate(handles))[1::2]:
        deadlines[key] = _deadline(key) + MOVED
        wheel.move(timer, deadlines[key])
    began, now, early, late = time.perf_counter(), 0.0, 0, 0.0
    expected = len(deadlines)
    # Twice the last deadline's distance: a wheel that loses timers must not
    # keep this loop going.
    while deadlines and now < 2 * (60.0 + SPREAD + MOVED):
        now += TICK
        for key in wheel.advance(now):
            lateness = now - deadlines.pop(key)
            early += lateness < 0
            late = max(late, lateness)
    return {
        "expire_us": ratio((time.perf_counter() - began) * 1e6, expected),
        "early": early,
        "lateness_max_ticks": late / TICK,
        "never_due": len(deadlines) + len(wheel),
    }
