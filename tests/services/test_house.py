"""Errands: short work that nobody waits for, bounded and seen to its end."""

from __future__ import annotations

import asyncio
import inspect

import pytest

from server.errors import Unavailable
from server.services import house
from server.services.house import Errands


async def nothing() -> None:
    """An errand that is done at once."""


async def test_so_many_errands_run_at_once() -> None:
    """One more is refused, and is not left half begun."""
    errands = Errands()
    for _ in range(house.MOST_ERRANDS):
        errands.run(nothing())
    refused = nothing()

    with pytest.raises(Unavailable):
        errands.run(refused)

    assert inspect.getcoroutinestate(refused) == inspect.CORO_CLOSED
    await errands.finish(5)
    assert len(errands) == 0
    errands.run(nothing())
    await errands.finish(5)


async def test_what_does_not_end_is_cut_off() -> None:
    """A stop waits for errands, but not for ever."""
    errands = Errands()
    endless = errands.run(asyncio.Event().wait())  # type: ignore[arg-type]

    await errands.finish(0)
    await asyncio.wait({endless})

    assert endless.cancelled()
