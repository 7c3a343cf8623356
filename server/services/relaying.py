"""Relaying: applications are told what happens in their conversations.

At least once, in order, one event of a conversation on its way at a time.
How far each was handed is written down a moment later: a crash repeats what
was taken since, under the same ids. What could not be handed over before its
conversation was erased is counted and told, never kept.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from server.domain.application import Application, Wish
from server.domain.customer_event import Consent
from server.domain.message import Author, Message
from server.domain.restriction import Use
from server.errors import ServerError, Unavailable
from server.ids import ApplicationId, ChannelId, ConversationId
from server.live.sessions import Session
from server.services.cursors import Cursors
from server.services.events import (
    NOTHING_HELD,
    RESUMED,
    Notice,
    consent_fields,
)
from server.services.handing import Line, Way
from server.services.house import House
from server.services.joining import Joining
from server.services.last_calls import LastCalls
from server.services.leaving import Leaving, notice_of
from server.services.reaching import Reach
from server.services.relay import Doomed
from server.services.resuming import Resuming
from server.services.roster import Roster
from server.services.turns import Answering, Turns
from server.services.unhanded import HandOvers, Unhanded
from server.store.group import Group
from server.store.rows import NoticeRow

log = logging.getLogger(__name__)

#: Seconds between two looks, while there is anything to look at: what a
#: cursor may be behind after a crash, and by how much a repeat comes late.
TICK = 0.1


class Relaying:
    """Who is told what; ``House.relay`` of a server with applications.

    Args:
        house: The parts.
        handed: What the store knows of hand-overs.
        webhooks: The ways to the webhooks there are.
        answering: Does what applications answer to events.

    Attributes:
        undelivered: Messages that were erased before they were handed over.
        joining: How applications come, change and go.
    """

    def __init__(
        self,
        house: House,
        handed: HandOvers,
        applications: Iterable[Application],
        *,
        webhooks: Mapping[ApplicationId, Way],
        answering: Answering,
    ) -> None:
        self._house = house
        self._cursors = Cursors(house.records)
        self._turns = Turns(
            house,
            handed,
            self._cursors,
            answering=answering,
            rested=self._rested,
        )
        self._reaches = self._turns.reaches
        for one in applications:
            self._reaches[one.id] = Reach(one, webhooks.get(one.id))
        self._roster = Roster(self._reaches)
        self._lines: dict[ConversationId, tuple[Line, ...]] = {}
        self._last_calls = LastCalls(
            house, self._turns, self._cursors, lines=self._lines
        )
        self._leaving = Leaving(house, handed, self._turns, self._cursors)
        self.joining = Joining(
            self._turns,
            self._cursors,
            self._roster,
            lines=self._lines,
            leaving=self._leaving,
            last_calls=self._last_calls,
            may_hear=self._may_hear,
        )
        self._unhanded = Unhanded(handed, self._reaches, house.flagged)
        self._names = itertools.count(1)
        self.undelivered = 0

    @property
    def reaches(self) -> Mapping[ApplicationId, Reach]:
        """Every application, and how it is reached just now."""
        return self._reaches

    @property
    def is_alarmed(self) -> bool:
        """Whether the operator has to look after a webhook."""
        return any(reach.is_disabled for reach in self._reaches.values())

    async def run(self, resuming: Resuming) -> None:
        """Look after what waits, tick by tick, until cancelled.

        While nothing waits nothing ticks.
        """
        self._cursors.wake.set()
        while True:
            await self._cursors.wake.wait()
            while self._has_work or not resuming.is_over:
                await self._house.clock.sleep(TICK)
                await self.look(resuming)
            self._cursors.wake.clear()

    @property
    def _has_work(self) -> bool:
        return (
            self._turns.has_later
            or self._cursors.is_behind
            or self._leaving.has_any
        )

    async def look(self, resuming: Resuming | None = None) -> None:
        """Do what is due, and write down what has moved."""
        self._turns.look()
        self._cursors.write()
        # The store is busy or failing: at the next look.
        with contextlib.suppress(Unavailable):
            await self._leaving.fetch()
            if resuming is not None:
                await resuming.next_page()

    def halt(self) -> None:
        """Hand over nothing more; what is on its way may arrive."""
        self._turns.halt()

    async def stop(self) -> None:
        """Write down how far everything was handed."""
        with contextlib.suppress(ServerError):
            await self._cursors.write_now()

    # What is said and done in conversations

    def said(self, session: Session, message: Message) -> None:
        """``message`` is on disk."""
        lines = self._lines.get(session.id)
        if lines is None:
            # Nobody may have served it so far; who does now hears all of it.
            lines = self._open(session, is_new=message.number == 1)
        for line in lines:
            before = line.cursor
            line.said(message)
            if line.cursor != before:
                self._cursors.move(line)
            self._turns.wake(line)

    def brought_back(self, session: Session) -> None:
        """``session`` was read from the store after a restart."""
        if session.id in self._lines:
            return
        notice = self._notice(session, RESUMED, {}, after=0)
        for line in self._open(session, is_new=False):
            line.notice(notice)
            self._turns.wake(line)

    def assigned(self, session: Session, agent: str | None) -> None:
        """An agent of that name has joined; None: has given it back."""
        if agent is None:
            self._tell(session, "agent.left", {})
        else:
            self._tell(session, "agent.joined", {"agent": agent})

    def page_took(self, session: Session, name: str) -> None:
        """The customer's page has done what the event of that name asked."""
        self._tell(session, "event.taken", {"name": name})

    def typed(self, session: Session, side: Author, *, on: bool) -> None:
        """Somebody has begun or stopped to type."""
        lines = self._lines.get(session.id, ())
        if not any(Wish.TYPING in one.application.wants for one in lines):
            return
        notice = self._notice(
            session, "typing", {"author": side.value, "on": on}, fleeting=True
        )
        for line in lines:
            # Typing that comes after what was typed tells nothing.
            if Wish.TYPING in line.application.wants and line.is_idle:
                line.notice(notice)
                self._turns.wake(line)

    def _tell(
        self, session: Session, kind: str, fields: Mapping[str, Any]
    ) -> None:
        lines = self._lines.get(session.id)
        if not lines:
            return
        notice = self._notice(session, kind, fields)
        for line in lines:
            line.notice(notice)
            self._turns.wake(line)

    def _notice(
        self,
        session: Session,
        kind: str,
        fields: Mapping[str, Any],
        *,
        after: int | None = None,
        fleeting: bool = False,
    ) -> Notice:
        at = self._house.clock.now()
        # The time keeps it apart from those before a restart.
        name = f"{kind.replace('.', '_')}_{int(at * 1000)}_{next(self._names)}"
        return Notice(
            kind,
            fields,
            session.committed if after is None else after,
            at,
            name,
            fleeting,
        )

    def _open(self, session: Session, *, is_new: bool) -> tuple[Line, ...]:
        of = session.conversation
        if not self._may_hear(session):
            return ()
        lines = tuple(
            Line(application, session.id, session)
            for application in self._roster.of(of.account, of.channel)
        )
        if lines:
            self._lines[session.id] = lines
        if is_new:
            for line in lines:
                line.begin()
        return lines

    def _may_hear(self, session: Session) -> bool:
        # By both: a session that has ended is nobody's any more.
        return session.allows(Use.APPLICATION) and self._house.flagged.allows(
            session.conversation.customer, Use.APPLICATION
        )

    def withhold(self, session: Session) -> None:
        """Hand over nothing more of ``session``, nor that it ends."""
        for line in self._lines.pop(session.id, ()):
            line.close()
            self._turns.drop(line)
            self._cursors.forget(line)

    def forbid(self, customer: str) -> None:
        """Hand over nothing more of ``customer``, nor what is still to go."""
        for lines in tuple(self._lines.values()):
            session = lines[0].session
            if session and session.conversation.customer == customer:
                self.withhold(session)
                self._last_calls.over(session.id)

    def consent_changed(self, session: Session, consent: Consent) -> None:
        """The customer has agreed to something, or to something no more."""
        self._tell(session, "consent.changed", consent_fields(consent))

    # How conversations end

    def ending(self, session: Session, group: Group) -> None:
        """The end of ``session`` is about to be written: write who is told.

        Should the server be killed before the rest is done, this is what the
        applications are told then.
        """
        for line in self._lines.get(session.id, ()):
            group.keep_notice(self._row(line, session))

    def ended(self, session: Session, then: Callable[[], None]) -> None:
        """``session`` has ended: do ``then`` once all is handed over.

        At once if nothing is on its way or could be, and after the channel's
        grace at the latest, or its patience with a transcript.
        """
        if session.id not in self._lines:  # it was closed before this start
            self._open(session, is_new=False)
        self._last_calls.wait(session, then)

    def give_up(self, conversation: ConversationId) -> None:
        """Wait for nothing more of ``conversation``; none is no error."""
        self._last_calls.over(conversation)

    def serves(self, channel: ChannelId) -> bool:
        """Whether any application hears of ``channel``."""
        found = self._house.channels.get(channel)
        return found is not None and bool(
            self._roster.of(found.account, found.id)
        )

    def _rested(self, line: Line) -> None:
        if line.farewell is not None:
            self._leaving.is_told(line)
        else:
            self._last_calls.rested(line.conversation)

    def _row(self, line: Line, session: Session) -> NoticeRow:
        return notice_of(line, session, ended_at=self._house.clock.now())

    async def last_words(self, doomed: Sequence[Doomed]) -> list[NoticeRow]:
        """What to tell of conversations that are about to be erased.

        Safe to repeat; to be written with the erasing itself.

        Raises:
            Unavailable: The store does not say what was handed over.
        """
        rows: list[NoticeRow] = []
        unknown: list[ConversationId] = []
        for id_, session in doomed:
            lines = self._lines.get(id_)
            if session is None or any(
                line.cursor is None for line in lines or ()
            ):
                unknown.append(id_)
            elif lines and session.conversation.ended_by is not None:
                rows += [self._row(line, session) for line in lines]
        if unknown:
            now = self._house.clock.now()
            rows += await self._unhanded.rows(
                unknown, self._house.channels, now=now
            )
        return rows

    async def closed(self, session: Session) -> bool:
        """``session`` is kept: tell the applications that it has ended.

        Returns:
            Whether all of them have its transcript, if they are to have it.

        Raises:
            Unavailable: The store does not say what was handed over.
        """
        lines = self._lines.pop(session.id, ())
        rows = [self._row(line, session) for line in lines]
        if any(line.cursor is None for line in lines):
            rows = await self._unhanded.rows(
                [session.id],
                self._house.channels,
                now=self._house.clock.now(),
                kept=True,
            )
        if rows:
            await self._house.records.write(partial(_keep, rows))
        held = {line.application.id: line.held for line in lines}
        self._count_lost(rows)
        for row in rows:
            self._leaving.add(row, held.get(row.application, NOTHING_HELD))
        return all(line.transcript_after is None for line in lines)

    def erased(
        self, conversations: Iterable[ConversationId], rows: list[NoticeRow]
    ) -> None:
        """They are gone, and ``rows`` are on disk: tell the applications."""
        held = {
            (line.conversation, line.application.id): line.held
            for id_ in conversations
            for line in self._lines.pop(id_, ())
        }
        self._count_lost(rows)
        for row in rows:
            known = held.get((row.conversation, row.application), NOTHING_HELD)
            self._leaving.add(row, known)

    def _count_lost(self, rows: Iterable[NoticeRow]) -> None:
        lost = sum(row.undelivered for row in rows)
        if lost:
            self.undelivered += lost
            log.warning(
                "messages ended before applications took them",
                extra={"messages": lost},
            )


def _keep(rows: Iterable[NoticeRow], group: Group) -> None:
    for row in rows:
        group.keep_notice(row)
