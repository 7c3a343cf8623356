"""Purging: what is due is ended, never early and never by a lying clock.

The wheel only says where to look; whether a conversation has timed out is
decided here, from its own value. While the server runs it outlives its
deadline by at most one tick, one look at the wheel, and the erasing itself:
docs/promises.md publishes two seconds, so change both.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from server.domain.audit import AuditEvent
from server.domain.conversation import EndedBy, Phase
from server.errors import Corrupt, Unavailable
from server.ids import ConversationId
from server.live.deadlines import TICK
from server.live.sessions import Session
from server.services.ending import RETRY, Ending
from server.services.house import House
from server.services.keeping import Doomed
from server.services.remembering import Remembering
from server.services.telling import tell_all
from server.services.timing import deadline_frame, deadline_of

log = logging.getLogger(__name__)

#: Conversations looked at in one go, and seconds between two of them: a
#: thousand that are due together are spread over half a second.
AT_ONCE = 48
BREATH = 0.015
#: Seconds by which the wall clock may run away from the steady one. Leap
#: seconds and time servers move it by less; somebody who sets it by hours
#: must not have every conversation purged by that.
TRUSTED = 3600.0
#: Seconds a conversation in which nothing was said is remembered after its
#: last peer has gone: long enough to load the next page of a shop.
LINGER = 60.0
#: Such conversations at once, at two kilobytes each.
MOST_LINGERING = 10_000


class Purging:
    """Looks at the deadlines that come due.

    Attributes:
        is_halted: Whether the wall clock has jumped by more than ``TRUSTED``:
            nothing is purged until it is set right or the server restarted.
    """

    def __init__(
        self, house: House, ending: Ending, remembering: Remembering
    ) -> None:
        self._house = house
        self._ending = ending
        self._remembering = remembering
        self._offset = house.clock.now() - house.clock.elapsed()
        self.is_halted = False

    async def run(self) -> None:
        """Look at what is due, tick by tick, until cancelled.

        While no deadline is set nothing ticks.
        """
        while True:
            await self._house.wake_purging.wait()
            while len(self._house.deadlines):
                await self._house.clock.sleep(TICK)
                await self.look()
            self._house.wake_purging.clear()

    async def look(self) -> None:
        """Warn and end what is due now."""
        if not self._trusts_the_clock():
            return
        now = self._house.clock.now()
        due = self._house.deadlines.advance(now)
        for start in range(0, len(due), AT_ONCE):
            if start:
                # Others are chatting: let them through between two handfuls.
                await self._house.clock.sleep(BREATH)
            await self._look_at_all(due[start : start + AT_ONCE], now)

    async def _look_at_all(
        self, due: Sequence[ConversationId], now: float
    ) -> None:
        absent = []
        for conversation in due:
            self._house.lingering.pop(conversation, None)
            if await self._look_at(conversation, now):
                absent.append(conversation)
        try:
            await self._ending.keeping.expire(absent)
        except Unavailable:
            for conversation in absent:
                self._house.look_at(conversation, now + RETRY)

    def _trusts_the_clock(self) -> bool:
        clock = self._house.clock
        drift = clock.now() - clock.elapsed() - self._offset
        is_halted = abs(drift) > TRUSTED
        if is_halted is not self.is_halted:
            self.is_halted = is_halted
            log.critical(
                "the wall clock has jumped: nothing is purged until it is set "
                "right or the server is restarted"
                if is_halted
                else "the wall clock is right again: purging goes on",
                extra={"seconds": round(drift)},
            )
            self._house.audit.note(
                AuditEvent.PURGE_HALTED
                if is_halted
                else AuditEvent.PURGE_RESUMED,
                detail=str(round(drift)),
            )
        return not is_halted

    async def _look_at(self, conversation: ConversationId, now: float) -> bool:
        """Settle it; returns whether it is not live, and may be kept."""
        try:
            try:
                session = await self._remembering.session(conversation)
            except Corrupt:
                await self._doom(conversation)
            else:
                if session is None:
                    return True
                self._settle(session, now)
        except Unavailable:
            self._house.look_at(conversation, now + RETRY)
        return False

    async def _doom(self, conversation: ConversationId) -> None:
        # Its key or rows are damaged: it cannot be opened, but it can and
        # must be erased, unless somebody forbids it. A database that is
        # damaged itself stops the server.
        row = await self._house.records.conversation(conversation)
        if row is not None and not row.held:
            log.error(
                "a conversation is damaged and will be erased",
                extra={"conversation": conversation},
            )
            self._ending.doom(Doomed(row.id, row.slot))

    def _settle(self, session: Session, now: float) -> None:
        deadline = deadline_of(self._house, session.conversation)
        if self._is_over(session):
            why = EndedBy.INACTIVITY if _is_left(session) else deadline.why
            if session.slot is not None:
                self._house.metrics.purge_lateness.observe(
                    now - deadline.due_at
                )
            self._ending.ask(
                session, by=why, is_due=lambda: self._is_over(session)
            )
        elif now >= deadline.warn_at:
            if not session.is_warned:
                session.is_warned = True
                tell_all(
                    session, deadline_frame(self._house, session, warn=True)
                )
            self._house.look_at(session.id, deadline.due_at)
        else:
            self._house.look_at(session.id, deadline.warn_at)

    def _is_over(self, session: Session) -> bool:
        due_at = deadline_of(self._house, session.conversation).due_at
        return _is_left(session) or self._house.clock.now() >= due_at


def _is_left(session: Session) -> bool:
    # Nobody is there and nothing was said: its page was left.
    return session.conversation.phase is Phase.OPEN and not session.seats


def left_empty(house: House, session: Session) -> None:
    """The last peer has gone from a conversation in which nothing was said.

    Whoever comes and goes as fast as it can makes one such session each time:
    beyond ``MOST_LINGERING`` the oldest goes before its time.
    """
    now = house.clock.now()
    house.look_at(session.id, now + LINGER)
    house.lingering.pop(session.id, None)
    house.lingering[session.id] = None
    if len(house.lingering) > MOST_LINGERING:
        oldest = next(iter(house.lingering))
        del house.lingering[oldest]
        house.look_at(oldest, now)
