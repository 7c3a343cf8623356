"""Scrubbing: the database is written anew after something was erased.

Erasing deletes rows, and SQLite overwrites what it deletes. It does not
overwrite the copy that may stay behind when a row moves to another page: about
one erased message in a thousand leaves bytes, which nobody can read, for its
key is gone. Writing the whole file anew takes those bytes away, too.

It holds up the writer while it lasts, so it is done soon after an erasing and
then not again for a good while: at most one part in ``SHARE`` of the time, and
for a big file only when the server stops.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Protocol

from server.clock import Clock
from server.errors import Unavailable

log = logging.getLogger(__name__)

#: Seconds from an erasing to the scrub, so that many need only one.
SOON = 5.0
#: A database of a megabyte takes 30 ms and rests 6 s; one of 8 MB takes a
#: quarter of a second, and rests a minute.
SHARE = 200
#: Bytes of the file up to which chats are held up for it, and up to which the
#: end of the server is: two seconds.
MOST_WHILE_RUNNING = 8 * 2**20
MOST_AT_THE_END = 64 * 2**20


class Scrubbed(Protocol):
    """What scrubbing needs from the store."""

    async def scrub(self, most: int) -> bool:
        """Write the file anew, unless it has more than ``most`` bytes."""
        ...


class Scrubbing:
    """Scrubs after erasing.

    Args:
        records: What is scrubbed.
        clock: What it waits by.
        wake: Set when something was erased.
    """

    def __init__(
        self, records: Scrubbed, clock: Clock, wake: asyncio.Event
    ) -> None:
        self._records = records
        self._clock = clock
        self.wake = wake
        self._is_left = False

    @property
    def is_due(self) -> bool:
        """Whether something was erased since the last scrub began."""
        return self.wake.is_set()

    async def run(self) -> None:
        """Scrub when it is due, again and again, until cancelled."""
        while True:
            await self.wake.wait()
            await self._clock.sleep(SOON)
            self.wake.clear()
            began_at = self._clock.elapsed()
            try:
                is_done = await self._records.scrub(MOST_WHILE_RUNNING)
                self._is_left = not is_done
            except Unavailable:
                log.error("scrubbing failed, will be tried again")  # noqa: TRY400 - a traceback could quote contents
                self.wake.set()
            took = self._clock.elapsed() - began_at
            await self._clock.sleep(took * SHARE)

    async def finish(self) -> None:
        """Scrub what was left until the server stops."""
        if self.is_due or self._is_left:
            with contextlib.suppress(
                Unavailable
            ):  # the disk has been complained of
                await self._records.scrub(MOST_AT_THE_END)
