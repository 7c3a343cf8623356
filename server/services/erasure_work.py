"""Works erasures off: what was asked for goes on until it is done.

Each step is on disk before the next begins (``erasure_steps``), so whatever
fails is done again, and what a crash has cut short the next start goes on
with before the port opens.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from math import inf
from typing import Any

from server.errors import Conflict, ConflictCode, NotFound, ServerError
from server.ids import AccountId
from server.services.erasure_job import Job, OpenJob, State, Subject
from server.services.erasure_needs import Stored
from server.services.erasure_notices import KEPT
from server.services.erasure_rows import Seals, open_job_in, row_of
from server.services.erasure_steps import ErasureSteps
from server.services.house import House
from server.store.erasures import ERASURES, expire
from server.store.group import Group

log = logging.getLogger(__name__)

#: Erasures that go on at once; half a kilobyte each, and those that only wait
#: for an application stay a day. Those of one account are fewer, so that none
#: keeps the others from it.
MOST_OPEN = 10_000
MOST_OF_ONE = 2_500
#: Seconds until a step that failed is tried again.
RETRY = 1.0
#: Seconds for which a person is not brought back by a backup.
REMEMBERED = 400 * 86_400.0
#: Seconds between two looks for what is older.
ROUND = 3_600.0

#: Tells applications of one erasure; returns the seconds until the next try,
#: or None when there is nobody left to be told.
Telling = Callable[[OpenJob], Awaitable[float | None]]


class ErasureWork:
    """The erasures that go on.

    Args:
        house: The parts.
        stored: What is kept of erasures.
        seals: Seals whom an erasure is about.
        steps: Does the work.
        telling: Tells applications.
    """

    def __init__(
        self,
        house: House,
        *,
        stored: Stored,
        seals: Seals,
        steps: ErasureSteps,
        telling: Telling,
    ) -> None:
        self._house = house
        self._stored = stored
        self._seals = seals
        self._steps = steps
        self._telling = telling
        self._open: dict[str, OpenJob] = {}
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Erasures that are not done."""
        return len(self._open)

    def get(self, erasure: str) -> Job | None:
        """That job, while it goes on."""
        found = self._open.get(erasure)
        return None if found is None else found.job

    def same_as(self, account: AccountId, subject: Subject) -> Job | None:
        """The job that erases whom ``subject`` is about, if one does.

        What is done here and only still told is no job for who is back.
        """
        for one in self._open.values():
            is_same = one.subject.name == subject.name
            if is_same and one.job.account == account and not _is_over(one):
                return one.job
        return None

    async def begin(self, job: Job, subject: Subject) -> None:
        """Take ``job`` on; returns when it is on disk.

        Raises:
            Conflict: ``FULL``: too many go on.
            ServerError: It could not be written down.
        """
        if not has_room(self._open.values(), job.account):
            raise Conflict(ConflictCode.FULL, "too many erasures go on")
        deed = ERASURES.keep(row_of(self._seals, job, subject))
        await self._house.records.write(lambda group: group.do(deed))
        self._open[job.id] = OpenJob(job=job, subject=subject)
        self._wake.set()

    async def condemn(self) -> bool:
        """Mark as ending what is to be erased; before conversations are
        taken up at the start.

        Returns:
            Whether there is anything to be erased.

        Raises:
            ServerError: It cannot be read, or written.
        """
        for row in await self._stored.open():
            try:
                one = open_job_in(self._seals, row)
            except NotFound:  # its account is being removed, and it with that
                continue
            self._open[row.id] = one
            await self._steps.condemn(one)
        return bool(self._open)

    async def resume(self) -> None:
        """Go on with all of them, as far as it goes at once; before the port
        opens, and after what was marked is erased.

        Raises:
            ServerError: A step failed.
        """
        for one in list(self._open.values()):
            while not _is_over(one):
                if await self._steps.advance(one):
                    break  # it waits: for a hold to be lifted
        # What was done may have stood in the log of the database.
        await self._house.records.checkpoint()

    async def run(self) -> None:
        """Work them off until cancelled."""
        while True:
            await self._rest()
            await self.look()

    async def _rest(self) -> None:
        # Until the next is due, or until somebody asks for one more.
        now = self._house.clock.elapsed()
        next_at = min((one.look_at for one in self._open.values()), default=inf)
        if next_at <= now:
            return
        waiting: set[asyncio.Future[Any]] = {
            asyncio.ensure_future(self._wake.wait())
        }
        if next_at < inf:
            sleep = self._house.clock.sleep(next_at - now)
            waiting.add(asyncio.ensure_future(sleep))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        self._wake.clear()

    async def look(self) -> None:
        """Do what is due of all of them."""
        for one in list(self._open.values()):
            if one.look_at <= self._house.clock.elapsed():
                await self._try(one)

    async def _try(self, one: OpenJob) -> None:
        clock = self._house.clock
        try:
            pause = await self._advance(one)
        except NotFound:  # the account was removed, and the job with it
            self._open.pop(one.job.id, None)
        except ServerError as error:
            log.error(  # noqa: TRY400 - a traceback could quote contents
                "an erasure failed, will be tried again",
                extra={"erasure": one.job.id, "error": type(error).__name__},
            )
            one.look_at = clock.elapsed() + RETRY
        else:
            one.look_at = clock.elapsed() + pause

    async def _advance(self, one: OpenJob) -> float:
        if not _is_over(one):
            return await self._steps.advance(one)
        if not one.is_told and self._left(one) > 0:
            # An application may think about it for as long as it likes: the
            # others do not wait for that, nor does the day it has.
            self._house.errands.run(self._tell(one))
            return self._left(one)
        await self._steps.finish(one)
        self._open.pop(one.job.id, None)
        return 0.0

    def _left(self, one: OpenJob) -> float:
        # Seconds for which applications are still told.
        if one.job.state is not State.TELLING:
            return 0.0
        return (one.job.done_at or 0.0) + KEPT - self._house.clock.now()

    async def _tell(self, one: OpenJob) -> None:
        pause = await self._telling(one)
        one.is_told = pause is None
        one.look_at = self._house.clock.elapsed() + (pause or 0.0)
        self._wake.set()

    async def sweep(self) -> None:
        """Forget who was erased long ago, hour by hour, until cancelled."""
        while True:
            try:
                await self.expire()
            except ServerError as error:
                log.error(  # noqa: TRY400 - as above
                    "who was erased long ago could not be forgotten",
                    extra={"error": type(error).__name__},
                )
            await self._house.clock.sleep(ROUND)

    async def expire(self) -> None:
        """Forget who was erased long ago.

        Raises:
            Unavailable: The disk did not take it.
        """
        before = self._house.clock.now() - REMEMBERED
        await self._house.records.write(partial(_expire, before))


def has_room(going_on: Collection[OpenJob], account: AccountId) -> bool:
    """Whether one more of ``account`` may go on beside ``going_on``."""
    of_one = sum(one.job.account == account for one in going_on)
    return len(going_on) < MOST_OPEN and of_one < MOST_OF_ONE


def _is_over(one: OpenJob) -> bool:
    # Here; somebody may still have to be told.
    return one.job.state in {State.TELLING, State.DONE}


def _expire(before: float, group: Group) -> None:
    group.do(expire(before))
