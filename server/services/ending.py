"""Erasing what has ended: quickly, completely, and again until it is done.

The order is the promise. The ``ending`` mark is on disk before anything here
begins (``finishing.Finish``). Then the keys are overwritten in place: after
that nothing that is left anywhere can be read. Then caches, rows, and the
database's log. Every step is safe to repeat, and a crash between any two
resumes here before the port opens.

What ended at about the same time is erased together: fifty conversations cost
one fdatasync, one commit and one checkpoint.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from server.domain.audit import AuditEvent
from server.domain.conversation import EndedBy, Phase
from server.errors import ServerError
from server.ids import AgentId, ConversationId
from server.live.sessions import Listener, Session
from server.protocol.farewell import Farewell
from server.protocol.server_frames import Gone
from server.services.closing import Closing, depart
from server.services.finishing import Finish
from server.services.house import House
from server.services.keeping import Doomed, Keeping
from server.services.telling import denial, milliseconds, tell_all
from server.store.group import Group
from server.store.rows import NoticeRow

log = logging.getLogger(__name__)

#: Conversations erased together. More would hold the writer for longer than
#: the chats that go on should wait: 64 of 20 messages take about 5 ms.
MOST_TOGETHER = 64
#: Seconds for which batches are erased before the log is emptied for all.
ROUND = 0.25
#: Seconds until a step that failed is tried again.
RETRY = 1.0


class Ending:
    """Ends conversations, and erases them one batch after the other.

    Attributes:
        closing: Lets go of what is kept for a while instead.
        keeping: Changes what is kept.
        erased: How many since the start.
        is_failing: Whether the last batch has to be tried again: something
            that should be gone is still there, and the operator must act.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._doomed: list[Doomed] = []
        self._notices: dict[ConversationId, list[NoticeRow]] = {}
        self.keeping = Keeping(house, self.doom)
        self.closing = Closing(house, self.keeping)
        self.erased = 0
        self.is_failing = False

    @property
    def waiting(self) -> int:
        """Conversations that have ended and are not yet erased."""
        return len(self._doomed)

    def ask(
        self,
        session: Session,
        *,
        by: EndedBy,
        listener: Listener | None = None,
        agent: AgentId | None = None,
        is_due: Callable[[], bool] | None = None,
        ref: str | None = None,
    ) -> None:
        """End ``session``; a refusal is told to ``listener``.

        Args:
            session: Which.
            by: Who or what ends it.
            listener: Who asked; None for the clock.
            agent: Which agent, if one does.
            is_due: Asked when it comes to it whether it still has to end.
            ref: What to repeat in a refusal.

        Raises:
            Unavailable: The store takes no more changes.
        """

        def refused(error: ServerError) -> None:
            if listener is not None:
                listener.tell(denial(error, ref))
            else:  # the clock wanted it, and must ask again
                self._house.look_at(session.id, self._house.clock.now() + RETRY)

        self._house.records.put(
            Finish(
                self._house,
                session,
                by=by,
                agent=agent,
                is_due=is_due,
                ended=self._ended,
                refused=refused,
            )
        )

    async def erase(self, session: Session, *, by: EndedBy) -> None:
        """End ``session`` and erase it, even where it would be kept.

        Returns when the end is on disk; the erasing follows.

        Raises:
            Refused: ``ON_HOLD``; ``CONVERSATION_ENDED``, by somebody else.
            Unavailable: The disk did not take it.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def ended(session: Session) -> None:
            self._ended(session)
            if not done.done():
                done.set_result(None)

        def refused(error: ServerError) -> None:
            if not done.done():
                done.set_exception(error)

        self._house.records.put(
            Finish(
                self._house,
                session,
                by=by,
                is_erased=True,
                ended=ended,
                refused=refused,
            )
        )
        await done

    def _ended(self, session: Session) -> None:
        slot = session.slot
        if slot is None:  # nothing was said, so nothing was stored
            self._bury(session, messages=0)
        elif session.conversation.phase is Phase.CLOSED:
            self.closing.closed(session)
        else:
            doomed = Doomed(
                session.id, slot, session, self._house.clock.elapsed()
            )
            # Nothing can be said any more, but what was may still go out.
            self._house.relay.ended(session, lambda: self.doom(doomed))

    def doom(self, doomed: Doomed) -> None:
        """Have ``doomed``, whose mark is on disk, erased."""
        self._house.deadlines.cancel(doomed.id)
        self._doomed.append(doomed)
        self._house.wake_ending.set()

    async def run(self) -> None:
        """Erase batch after batch until cancelled."""
        while True:
            await self._house.wake_ending.wait()
            self._house.wake_ending.clear()
            while self._doomed:
                await self._erase_next()

    async def erase_all(self) -> None:
        """Erase everything that is doomed; for the start, before the port
        opens: what cannot be erased then must keep the server from opening.

        Raises:
            Unavailable: A step failed.
        """
        while self._doomed:
            await self._erase_round()

    async def _erase_next(self) -> None:
        try:
            await self._erase_round()
        except ServerError as error:
            self._fails(is_failing=True)
            log.error(  # noqa: TRY400 - a traceback could quote contents
                "erasing failed, will be tried again",
                extra={
                    "waiting": len(self._doomed),
                    "error": type(error).__name__,
                },
            )
            await self._house.clock.sleep(RETRY)
        else:
            self._fails(is_failing=False)

    def _fails(self, *, is_failing: bool) -> None:
        if is_failing is not self.is_failing:
            self.is_failing = is_failing
            self._house.audit.note(
                AuditEvent.ERASING_FAILING
                if is_failing
                else AuditEvent.ERASING_RECOVERED,
                detail=str(len(self._doomed)),
            )

    @property
    def oldest(self) -> float:
        """For how many seconds the one that waits longest has waited."""
        ends = [one.ended_at for one in self._doomed[:1] if one.ended_at]
        return self._house.clock.elapsed() - ends[0] if ends else 0.0

    async def _erase_round(self) -> None:
        """Erase batches for a while, then empty the log for all of them.

        Emptying it holds up the writer, and costs about the same for one
        batch as for ten: while much ends at once, chats wait for it four
        times a second and not forty.
        """
        clock, doomed = self._house.clock, self._doomed
        until = clock.elapsed() + ROUND
        done: list[Doomed] = []
        while batch := doomed[len(done) : len(done) + MOST_TOGETHER]:
            await self._destroy(batch)
            done += batch
            if clock.elapsed() >= until:
                break
        await self._house.records.checkpoint()
        # Only now: a slot used again while a row still pointed at it would
        # give that row's conversation somebody else's key.
        self._house.keys.release([one.slot for one in done])
        del doomed[: len(done)]
        self.erased += len(done)
        self._measure(done)
        self._house.wake_scrubbing.set()
        ids = [one.id for one in done]
        notices = [row for id_ in ids for row in self._notices.pop(id_, [])]
        self._house.relay.erased(ids, notices)
        for one in done:
            if one.session is not None:
                self._bury(
                    one.session,
                    messages=one.session.conversation.last_number,
                )

    async def _destroy(self, batch: Sequence[Doomed]) -> None:
        relay = self._house.relay
        notices = await relay.last_words(
            [(one.id, one.session) for one in batch]
        )
        slots = [doomed.slot for doomed in batch]
        await asyncio.to_thread(self._house.keys.shred, slots)
        for doomed in batch:
            if doomed.session is not None:
                doomed.session.forget()

        await self._house.attachments.erase([doomed.id for doomed in batch])

        def erase(group: Group) -> None:
            for doomed in batch:
                group.erase(doomed.id)
            for notice in notices:
                group.keep_notice(notice)

        await self._house.records.write(erase)
        # Kept until the round is over: when it fails behind this the rows
        # are gone, and what is asked next time tells less.
        for doomed in batch:
            found = [row for row in notices if row.conversation == doomed.id]
            if found:
                self._notices[doomed.id] = found

    def _measure(self, batch: Sequence[Doomed]) -> None:
        metrics, now = self._house.metrics, self._house.clock.elapsed()
        metrics.erased.add(len(batch))
        for doomed in batch:
            if doomed.ended_at is not None:
                metrics.erasing_seconds.observe(now - doomed.ended_at)

    def _bury(self, session: Session, *, messages: int) -> None:
        if session.conversation.phase is Phase.ENDING:
            session.conversation = session.conversation.forget()
        session.forget()
        tell_all(
            session,
            Gone(
                conversation=session.id,
                at=milliseconds(self._house.clock.now()),
                messages=messages,
            ),
        )
        depart(self._house, session, Farewell.GONE)
