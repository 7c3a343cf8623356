"""The machine's clock: two scales."""

from __future__ import annotations

import time

from server.clock import SystemClock


async def test_one_scale_is_unix_time_and_one_only_grows() -> None:
    """What is stored, and what is measured with."""
    clock = SystemClock()

    assert abs(clock.now() - time.time()) < 60.0
    before = clock.elapsed()
    await clock.sleep(0.0)
    assert clock.elapsed() >= before
