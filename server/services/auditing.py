"""Writes security events down, in order, a moment after they happened.

Nobody waits for it: events are queued and written in groups of their own.
What somebody outside can repeat at will is written once a minute with how
often it happened, so that a flood fills neither the disk nor the log. What
there is no room for is counted, and the count is written.

What a start finds to be no log of ours is never made to look like one: it goes
on behind a break that every later check finds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Protocol

from server.domain.audit import (
    BEGINNING,
    EMPTY,
    ActorKind,
    Anchor,
    AuditEvent,
    AuditRow,
    Happening,
    follow,
)
from server.errors import ServerError
from server.services.house import House
from server.store.group import Group

log = logging.getLogger(__name__)

#: Events that wait for the disk.
MOST_WAITING = 1_024
#: Rows in one commit.
MOST_TOGETHER = 128
#: Kinds of repeated events counted at once; agents times reasons.
MOST_COUNTED = 256
#: Seconds over which repeats are counted, and between two looks at them.
WINDOW = 60.0
#: Seconds until a write that failed is tried again.
RETRY = 1.0
#: Windows between two looks for what is old: an hour.
WINDOWS_IN_A_ROUND = 60
DAY = 24 * 3600.0
#: What a row behind an end that was tampered with follows: nothing does.
BROKEN = b"\xff" * 32

#: What happened, when (unix milliseconds), and how often.
Entry = tuple[Happening, int, int]

_LOST = Happening(event=AuditEvent.AUDIT_LOST)

#: What somebody outside can make happen as often as they like.
REPEATED = frozenset(
    {
        AuditEvent.KEY_USED,
        AuditEvent.SIGN_IN_FAILED,
        AuditEvent.TOKEN_REFUSED,
        AuditEvent.ATTACHMENT_REFUSED,
    }
)


class Kept(Protocol):
    """What auditing needs to read from the store."""

    async def anchor(self) -> tuple[Anchor, bytes] | None:
        """Where the log begins and ends, and the seal of that."""
        ...

    async def last(self) -> AuditRow | None:
        """The newest row."""
        ...

    async def last_before(self, at_ms: int) -> AuditRow | None:
        """The newest row of those in front that are older."""
        ...


class Seals(Protocol):
    """What auditing needs from the vault."""

    def seal(self, anchor: Anchor) -> bytes:
        """What only the holder of the master key can make."""
        ...

    def is_sound(self, anchor: Anchor, seal: bytes) -> bool:
        """Whether it is that of ``anchor``."""
        ...

    def pseudonym(self, subject: str) -> str:
        """What stands for a conversation, whose id must not outlive it."""
        ...

    def digest(self, settings: bytes) -> bytes:
        """What is kept of the settings."""
        ...


class Auditing:
    """The audit log of one server; ``House.audit`` of a server that runs.

    Args:
        house: The parts.
        kept: What is there already.
        seals: Seals the end of the log.
        days: How long rows are kept.
    """

    def __init__(
        self, house: House, kept: Kept, seals: Seals, *, days: float
    ) -> None:
        self._house = house
        self._kept = kept
        self._seals = seals
        self._keep_ms = int(days * DAY * 1000)
        self._anchor = EMPTY
        self._has_begun = False
        self._waiting: deque[Entry] = deque()
        self._repeats: dict[Happening, int] = {}
        self._lost = 0  # of which no row tells yet
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()

    def note(
        self,
        event: AuditEvent,
        *,
        by: ActorKind = ActorKind.SERVER,
        actor: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        """Queue it, or count it with others of its kind."""
        happening = Happening(
            event=event,
            actor_kind=by,
            actor=actor,
            subject=self._seals.pseudonym(subject) if subject else "",
            detail=detail,
        )
        if event in REPEATED:
            if len(self._repeats) >= MOST_COUNTED:
                happening = replace(happening, actor="")
            if happening in self._repeats:
                self._repeats[happening] += 1
                return
            self._repeats[happening] = 0
        self._queue(happening)

    def _queue(self, happening: Happening, times: int = 1) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._lost += times
            self._house.metrics.audit_lost.add(times)
        else:
            self._waiting.append((happening, self._now_ms(), times))
        self._wake.set()

    def _now_ms(self) -> int:
        return int(self._house.clock.now() * 1000)

    async def begin(self, settings: bytes) -> None:
        """Go on where the log ends, and note that the server starts.

        Args:
            settings: All of them; a keyed hash is kept.

        Raises:
            ServerError: The store does not answer.
        """
        found, last = await self._kept.anchor(), await self._kept.last()
        doubt = self._take_up(found, last)
        digest = self._seals.digest(settings)
        before = self._anchor.settings
        self._anchor = replace(self._anchor, settings=digest)
        self._has_begun = True
        if doubt is not None:
            log.critical(
                "the audit log is not as it was left: have it checked",
                extra={"reason": doubt},
            )
            self.note(AuditEvent.AUDIT_DOUBTFUL, detail=doubt)
        self.note(
            AuditEvent.STARTED, by=ActorKind.OPERATOR, detail=_after(last)
        )
        if before and before != digest:
            self.note(AuditEvent.SETTINGS_CHANGED, by=ActorKind.OPERATOR)

    def _take_up(
        self, found: tuple[Anchor, bytes] | None, last: AuditRow | None
    ) -> str | None:
        """Set the end to go on behind; returns what is wrong with it."""
        if found is None and last is None:
            return None
        anchor, seal = found or (EMPTY, b"")
        is_sound = found is not None and self._seals.is_sound(anchor, seal)
        there = (last.number, last.chain) if last else (0, BEGINNING)
        self._anchor = replace(
            anchor,
            # Neither the number of a row that is there, nor one given before.
            last=max(anchor.last, there[0]),
            # What cannot be proved is not continued: the chain breaks here.
            last_chain=anchor.last_chain if is_sound else BROKEN,
        )
        if found is None:
            return "no_anchor"
        if not is_sound:
            return "bad_seal"
        if there != (anchor.last, anchor.last_chain):
            return "other_end"
        return None

    async def run(self) -> None:
        """Write what happens, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.write()
            except ServerError:
                await self._house.clock.sleep(RETRY)
                self._wake.set()

    async def look_after(self) -> None:
        """Count what repeats, and cut what is old, until cancelled."""
        while True:
            with contextlib.suppress(ServerError):  # the next round repeats it
                await self.cut()
            for _ in range(WINDOWS_IN_A_ROUND):
                await self._house.clock.sleep(WINDOW)
                self.count()

    def count(self) -> None:
        """Queue how often was repeated what was, since the last time."""
        repeats, self._repeats = self._repeats, {}
        for happening, times in repeats.items():
            if times:
                self._repeats[happening] = 0  # it goes on, as far as we know
                self._queue(happening, times)

    async def finish(self) -> None:
        """Note that the server stops, and write what waits."""
        if not self._has_begun:
            return
        self.count()
        self.note(AuditEvent.STOPPED)
        try:
            await self.write()
        except ServerError:
            log.error(  # noqa: TRY400 - a traceback could quote contents
                "the end of the audit log could not be written",
                extra={"waiting": len(self._waiting)},
            )

    async def write(self) -> None:
        """Have everything written that waits.

        Raises:
            ServerError: The store took nothing; what waits still does.
        """
        async with self._writing:
            while self._waiting or self._lost:
                batch = list(islice(self._waiting, MOST_TOGETHER))
                lost = self._lost
                told = (_LOST, self._now_ms(), lost)
                await self._house.records.write(
                    partial(self._extend, [*batch, told] if lost else batch)
                )
                self._lost -= lost
                for _ in batch:
                    self._waiting.popleft()

    async def cut(self) -> None:
        """Forget what is older than the settings want, from the front.

        Raises:
            ServerError: The store did not do it.
        """
        row = await self._kept.last_before(self._now_ms() - self._keep_ms)
        if row is None:
            return
        number, chain = row.number, row.chain

        def decide(group: Group) -> None:
            self._move(
                group, replace(self._anchor, first=number, first_chain=chain)
            )

        await self._house.records.write(decide)

    def _extend(self, entries: Sequence[Entry], group: Group) -> None:
        number, chain = self._anchor.last, self._anchor.last_chain
        for happening, at_ms, times in entries:
            number += 1
            row = follow(
                happening,
                number=number,
                at_ms=at_ms,
                times=times,
                previous=chain,
            )
            chain = row.chain
            group.add_audit(row)
        self._move(group, replace(self._anchor, last=number, last_chain=chain))

    def _move(self, group: Group, after: Anchor) -> None:
        before = self._anchor

        def undo() -> None:
            self._anchor = before

        self._anchor = after
        group.undo(undo)
        group.keep_anchor(after, self._seals.seal(after))


def _after(last: AuditRow | None) -> str:
    """What the start comes after."""
    if last is None:
        return "nothing"
    return "stop" if last.event == AuditEvent.STOPPED else "crash"
