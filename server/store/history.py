"""The database file: sealed rows, written in groups by one task.

Rules of this file
    1. Only ``run`` writes (and ``close``, the rest): two tasks on a connection
       share a transaction, and one's rollback would undo the other's rows.
    2. What was asked for while a group was on its way to the disk is the next
       group: one fsync for all of it, and no timer that makes anybody wait.
    3. ``committed`` is called after the fsync or never. A group that is on
       its way is seen through to its end, whoever is cancelled meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import aiosqlite

from server.clock import Clock, SystemClock
from server.errors import Corrupt, Unavailable
from server.metrics import Metrics
from server.store import statements
from server.store.batch import Batch, Written
from server.store.connection import (
    damage,
    is_at_most,
    is_damage,
    open_reading,
    open_writing,
)
from server.store.file_lock import FileLock
from server.store.group import Change, Group
from server.store.reading import Reading

#: Changes waiting for the disk. At 5,000 a second it is behind by a second
#: then, and more waiting would only be a later refusal; 16 MB at the worst.
MOST_QUEUED = 4_096
#: Changes in one commit: what comes later should not wait for the first 20 ms.
MOST_IN_GROUP = 512
#: Seconds after each try of a checkpoint that a reader stands in the way of;
#: a page is read in a few milliseconds, so one of these finds a gap.
PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2)

#: Bytes of a file that is still scrubbed: half a second, and 64 MB of memory.
MOST_SCRUBBED = 64 * 2**20

BeforeCommit = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)


class History(Reading):
    """Sealed rows that outlive the process; see ``Reading`` for the reads."""

    def __init__(  # noqa: PLR0913 - called in one place
        self,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        *,
        path: Path,
        clock: Clock,
        before_commit: BeforeCommit | None,
        resources: AsyncExitStack,
        metrics: Metrics | None = None,
    ) -> None:
        """Use ``open``."""
        super().__init__(reader, path)
        self._writer = writer
        self._clock = clock
        self._before_commit = before_commit
        self._metrics = metrics or Metrics()
        self._resources = resources
        resources.push_async_callback(self._finish)
        self._queue: deque[Change] = deque()
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._is_closed = False
        self._damage: Corrupt | None = None
        self._asked = 0  # checkpoints asked for,
        self._done = 0  # and how many of them the last one came after

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        before_commit: BeforeCommit | None = None,
        clock: Clock | None = None,
        metrics: Metrics | None = None,
    ) -> Self:
        """Open the database at ``path``, or make it.

        Args:
            path: The file; this server's alone until ``close``.
            before_commit: Awaited before each group is written; if it raises,
                the group has failed.
            clock: What ``checkpoint`` waits by.
            metrics: Counts groups.

        Raises:
            Misconfigured: Something else uses the file or made it, or the
                server may not.
            Corrupt: The file is damaged, or no database.
            Unavailable: The disk is full or failing.
        """
        async with AsyncExitStack() as opened:
            opened.callback(FileLock(path).release)
            writer = await open_writing(path)
            opened.push_async_callback(writer.close)
            reader = await open_reading(path)
            opened.push_async_callback(reader.close)
            return cls(
                writer,
                reader,
                path=path,
                clock=clock or SystemClock(),
                before_commit=before_commit,
                resources=opened.pop_all(),
                metrics=metrics,
            )

    @property
    def waiting(self) -> int:
        """Changes that wait for the disk."""
        return len(self._queue)

    def put(self, change: Change) -> None:
        """Queue ``change`` for the next group; it is told what became of it.

        Raises:
            Unavailable: ``MOST_QUEUED`` are waiting, or the store is closed.
        """
        if self._is_closed or len(self._queue) >= MOST_QUEUED:
            raise Unavailable("the disk is behind, or closed")
        self._queue.append(change)
        self._wake.set()

    async def write(self, decide: Callable[[Group], None]) -> None:
        """Have what ``decide`` puts into the group committed; back when it is.

        Raises:
            ServerError: What ``decide`` raised; nothing was written.
            Unavailable: The disk refused; nothing was written.
        """
        change = Written(decide)
        self.put(change)
        await change.done

    async def run(self) -> None:
        """Write group after group until cancelled, or until ``close``.

        Raises:
            Corrupt: The file is damaged. Everything waiting has failed, and
                so does what comes: the server has to stop.
        """
        while not self._is_closed:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                await _see_through(self._write_next())
        if self._damage:
            raise self._damage

    async def checkpoint(self) -> None:
        """Move what is in the write-ahead log to its place; empty the log.

        Only then is what was erased gone from the log, too. Those who ask at
        the same time share one.

        Raises:
            Unavailable: A reader was in the way all the time, or the disk.
                The log still holds what was erased: ask again.
        """
        ticket = self._ticket()
        for pause in PAUSES:
            if await self._try_checkpoint(ticket):
                return
            await self._clock.sleep(pause)
        log.error("checkpoint blocked")
        self._metrics.checkpoint_failures.add()
        raise Unavailable("the write-ahead log could not be emptied")

    async def scrub(self, most: int = MOST_SCRUBBED) -> bool:
        """Write the whole file anew, without what erasing may leave of a row.

        ``secure_delete`` overwrites what is deleted, but not the copy that
        stays behind when SQLite moves a row to another page: measured, one
        erased message in a thousand. Its key is gone, so nobody can read it;
        this takes the bytes away as well. Costs a second per 100 MB, during
        which nothing is written, and the size of the file in memory.

        Args:
            most: Bytes of the file up to which it is done.

        Returns:
            Whether it was done.

        Raises:
            Unavailable: The disk refused; the file is as it was.
        """
        if not await asyncio.to_thread(is_at_most, self._path, most):
            return False
        async with self._writing:
            try:
                await self._writer.execute_fetchall("VACUUM")
            except (sqlite3.Error, ValueError) as error:  # or it is closed
                self._stop_if_damaged(error)
                raise Unavailable("the file could not be rewritten") from None
        await self.checkpoint()
        return True

    async def close(self) -> None:
        """Write what is queued, empty the log and close the file.

        Raises:
            Corrupt: The file is damaged; it is closed all the same.
        """
        await _see_through(self._resources.aclose())

    async def _finish(self) -> None:
        self._is_closed = True
        self._wake.set()
        while self._queue:
            await self._write_next()
        # Once: the last connection's close tries again by itself.
        if not await self._try_checkpoint(self._ticket()):
            log.error("checkpoint blocked")

    async def _write_next(self) -> None:
        async with self._writing:
            batch = Batch(
                [
                    self._queue.popleft()
                    for _ in range(min(len(self._queue), MOST_IN_GROUP))
                ]
            )
            began_at = self._clock.elapsed()
            try:
                await self._commit(batch)
            except Exception as error:  # noqa: BLE001 - all that is wrong
                # with a group ends here: its changes have failed.
                self._metrics.groups_failed.add()
                await self._roll_back(error)
                batch.failed()
                self._stop_if_damaged(error)
            except BaseException:  # the loop is being torn down
                batch.failed()
                raise
            else:
                self._measure(batch, began_at)
                batch.committed()

    def _measure(self, batch: Batch, began_at: float) -> None:
        if batch.group:
            took = self._clock.elapsed() - began_at
            self._metrics.commit_seconds.observe(took)
            self._metrics.group_size.observe(batch.size)

    async def _commit(self, batch: Batch) -> None:
        if not batch.is_sound:
            raise Unavailable("a change broke off half way")
        if not batch.group:
            return
        if self._before_commit is not None:
            await self._before_commit()
        if self._writer.in_transaction:
            # The last rollback failed as well; these rows must not join it.
            await self._writer.rollback()
        await statements.write(self._writer, batch.group)

    async def _roll_back(self, error: Exception) -> None:
        # The type only: some errors carry what they stumbled over.
        log.error("group failed", extra={"kind": type(error).__name__})
        try:
            await self._writer.rollback()
        except sqlite3.Error:
            log.error("rollback failed")  # noqa: TRY400 - see above

    def _stop_if_damaged(self, error: Exception) -> None:
        if not is_damage(error):
            return
        self._damage = damage(self._path)
        self._is_closed = True
        self._wake.set()
        while self._queue:
            self._queue.popleft().failed(Unavailable("the file is damaged"))
        raise self._damage

    def _ticket(self) -> int:
        self._asked += 1
        return self._asked

    async def _try_checkpoint(self, ticket: int) -> bool:
        async with self._writing:
            if self._done >= ticket:
                return True
            covered = self._asked
            try:
                rows = await self._writer.execute_fetchall(
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                )
            except (sqlite3.Error, ValueError) as error:  # or it is closed
                self._stop_if_damaged(error)
                return False
            # Busy, pages in the log, pages moved. A reader may let all pages
            # be moved and still keep the log from being cut.
            if [tuple(row) for row in rows] != [(0, 0, 0)]:
                return False
            self._done = covered
            return True


async def _see_through(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        # What is on its way cannot be called back: learn how it went and
        # tell those who wait, then stop.
        await asyncio.wait([task])
        raise
