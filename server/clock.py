"""The only file that asks the machine what time it is.

Everything else is handed a ``Clock`` (if it waits) or a plain number (if it
decides). Two scales, never mixed: ``now`` is unix seconds, may jump, and is
what we store; ``elapsed`` is monotonic seconds and is what we measure with.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Protocol


class Clock(Protocol):
    """What the server needs from time."""

    def now(self) -> float:
        """Unix seconds; the scale of everything stored or sent."""
        ...

    def elapsed(self) -> float:
        """Seconds that only ever grow; the scale of every measurement."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after ``seconds``."""
        ...


class SystemClock:
    """The machine's own clock."""

    # Bound straight to the C functions: both run several times a message.
    now = staticmethod(time.time)
    # Where there is one, the clock that goes on while the machine sleeps: a
    # laptop's night must not look as if somebody had set the wall clock.
    elapsed = staticmethod(
        partial(time.clock_gettime, time.CLOCK_BOOTTIME)
        if hasattr(time, "CLOCK_BOOTTIME")
        else time.monotonic
    )

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
