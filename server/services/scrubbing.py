"""Scrubbing: the database is written anew after something was erased.

Erasing deletes rows, and SQLite overwrites what it deletes. It does not
overwrite the copy that may stay behind when a row moves to another page: about
one erased message in a thousand leaves bytes, which nobody can read, for its
key is gone. Writing the whole file anew takes those bytes away, too.

It holds up the writer while it lasts, so it is done soon after an erasing and
then not again for a good while: at most one part in ``SHARE`` of the time.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from server.clock import Clock
from server.errors import Unavailable

log = logging.getLogger(__name__)

#: Seconds from an erasing to the scrub, so that many need only one.
SOON = 5.0
#: A database of a megabyte takes 30 ms and rests 6 s; one of 64 MB takes a
#: second and a half, and rests five minutes.
SHARE = 200


class Scrubbed(Protocol):
    """What scrubbing needs from the store."""

    async def scrub(self) -> bool:
        """Write the file anew, unless it is too big for that."""
        ...


class Scrubbing:
    """Scrubs after erasing.

    Attributes:
        wake: To be set when something was erased.
        is_due: Whether something was erased and not yet scrubbed.
    """

    def __init__(
        self, records: Scrubbed, clock: Clock, wake: asyncio.Event
    ) -> None:
        self._records = records
        self._clock = clock
        self.wake = wake

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
                await self._records.scrub()
            except Unavailable:
                log.error("scrubbing failed, will be tried again")  # noqa: TRY400 - a traceback could quote contents
                self.wake.set()
            took = self._clock.elapsed() - began_at
            await self._clock.sleep(took * SHARE)
