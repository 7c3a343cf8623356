"""The database is written anew after something was erased, and rests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.errors import Unavailable
from server.services.scrubbing import (
    MOST_WHILE_RUNNING,
    SHARE,
    SOON,
    Scrubbing,
)
from tests.fakes import FakeClock
from tests.services.worlds import settle


class FakeDatabase:
    """Takes a second to write itself anew."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.scrubbed_at: list[float] = []
        self.is_failing = False
        self.size = 1000

    async def scrub(self, most: int) -> bool:
        if self.is_failing:
            raise Unavailable
        if self.size > most:
            return False
        self.scrubbed_at.append(self._clock.elapsed())
        await self._clock.sleep(1.0)
        return True


@pytest.fixture
async def parts() -> AsyncIterator[tuple[FakeClock, FakeDatabase, Scrubbing]]:
    """A clock, a database, and its scrubbing under way."""
    clock = FakeClock()
    database = FakeDatabase(clock)
    scrubbing = Scrubbing(database, clock, asyncio.Event())
    running = asyncio.create_task(scrubbing.run())
    await settle()
    yield clock, database, scrubbing
    running.cancel()


async def passing(clock: FakeClock, seconds: float) -> None:
    """``seconds`` go by, half a second at a time."""
    for _ in range(int(seconds * 2)):
        clock.pass_(0.5)
        await settle()


Parts = tuple[FakeClock, FakeDatabase, Scrubbing]


async def test_nothing_is_scrubbed_while_nothing_is_erased(
    parts: Parts,
) -> None:
    """An idle server leaves its disk alone."""
    clock, database, _ = parts

    await passing(clock, 60.0)

    assert database.scrubbed_at == []


async def test_what_was_erased_together_is_scrubbed_once(parts: Parts) -> None:
    """It waits a moment, so that many erasings need one scrub."""
    clock, database, scrubbing = parts
    began_at = clock.elapsed()

    scrubbing.wake.set()
    await settle()
    await passing(clock, SOON / 2)
    scrubbing.wake.set()
    await passing(clock, SOON)

    assert database.scrubbed_at == [began_at + SOON]
    assert not scrubbing.is_due


async def test_it_rests_longer_than_it_works(parts: Parts) -> None:
    """However much is erased, chats go on: one part in two hundred."""
    clock, database, scrubbing = parts

    scrubbing.wake.set()
    await settle()
    await passing(clock, SOON + 1.0)
    scrubbing.wake.set()
    await passing(clock, SHARE - 1.0)
    assert len(database.scrubbed_at) == 1

    await passing(clock, 1.0 + SOON)
    assert len(database.scrubbed_at) == 2


async def test_a_scrub_that_failed_is_tried_again(parts: Parts) -> None:
    """A full disk does not make it forget."""
    clock, database, scrubbing = parts
    database.is_failing = True

    scrubbing.wake.set()
    await settle()
    await passing(clock, SOON)
    assert scrubbing.is_due

    database.is_failing = False
    await passing(clock, SOON + 1.0)
    assert len(database.scrubbed_at) == 1


async def test_a_big_file_is_scrubbed_when_the_server_stops(
    parts: Parts,
) -> None:
    """Chats are not held up for it; nothing is left all the same."""
    clock, database, scrubbing = parts
    database.size = MOST_WHILE_RUNNING + 1
    scrubbing.wake.set()
    await settle()
    await passing(clock, 2 * SOON)
    assert database.scrubbed_at == []

    finishing = asyncio.create_task(scrubbing.finish())
    await settle()
    await passing(clock, 1.0)
    await finishing

    assert len(database.scrubbed_at) == 1


async def test_a_stop_with_nothing_left_scrubs_nothing(parts: Parts) -> None:
    """Stopping an idle server costs nothing."""
    _, database, scrubbing = parts

    await scrubbing.finish()

    assert database.scrubbed_at == []
