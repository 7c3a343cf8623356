"""Whose turn it is: lines that wait, that are on their way, that try again.

A line has at most one turn at a time, and a turn one event on its way: that
is what keeps a conversation in order. A turn ends after some events, so that
a busy conversation does not hold up the others.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from server.domain.application import Wish
from server.domain.audit import ActorKind, AuditEvent
from server.domain.message import Message
from server.errors import Corrupt, ServerError, Unavailable
from server.ids import ApplicationId, ConversationId
from server.services.cursors import Cursors
from server.services.event_source import EVENTS_IN_A_TURN, EventSource
from server.services.events import Event
from server.services.handing import (
    BEFORE_THE_START,
    Fate,
    Line,
    Next,
    Outcome,
    Outlet,
)
from server.services.house import House
from server.services.reaching import Reach

log = logging.getLogger(__name__)

#: Seconds until a line is looked at again that the server could not serve.
OWN_PAUSE = 1.0


class Handed(Protocol):
    """What the store knows of hand-overs."""

    async def cursor(
        self, conversation: ConversationId, application: ApplicationId
    ) -> int | None:
        """The number up to which it was handed; None for not at all."""
        ...

    async def count(
        self,
        conversation: ConversationId,
        after: int,
        up_to: int,
        *,
        of_all: bool,
    ) -> int:
        """How many messages lie between; of the customer, or ``of_all``."""
        ...


#: Does what an application answers to an event.
Answering = Callable[[Line, Event, Outcome], Awaitable[None]]


class Turns:
    """Hands over what lines have, as fast as it is taken.

    Args:
        house: The parts.
        handed: How far lines were handed before the last restart.
        cursors: Told of every step.
        answering: Does what is answered; an event is taken only then.
        rested: Told of a line that has nothing more to hand.
    """

    def __init__(
        self,
        house: House,
        handed: Handed,
        cursors: Cursors,
        *,
        answering: Answering,
        rested: Callable[[Line], None],
    ) -> None:
        self._house = house
        self._handed = handed
        self._cursors = cursors
        self._answering = answering
        self._rested = rested
        self._source = EventSource(house)
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._is_halted = False
        self.reaches: dict[ApplicationId, Reach] = {}

    @property
    def has_later(self) -> bool:
        """Whether anything is to be done at some moment."""
        return bool(self._later)

    def halt(self) -> None:
        """Begin no more turns: the server stops."""
        self._is_halted = True

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Do ``work`` in ``seconds``, at the first look after that."""
        at = self._house.clock.elapsed() + seconds
        heapq.heappush(self._later, (at, next(self._order), work))
        self._cursors.wake.set()

    def look(self) -> None:
        """Do what is due."""
        now = self._house.clock.elapsed()
        while self._later and self._later[0][0] <= now:
            heapq.heappop(self._later)[2]()

    def wake(self, line: Line) -> None:
        """Hand over what ``line`` has, when its turn comes."""
        if (
            line.is_waiting
            or line.turn is not None
            or line.step is Next.NOTHING
        ):
            return
        reach = self.reaches[line.application.id]
        outlet = reach.outlet_for(line.conversation)
        if outlet is None:
            line.fresh = None  # it may be long until somebody comes
            reach.parked.add(line)
            return
        line.is_waiting = True
        outlet.waiting.append(line)
        self.pump(outlet)

    def unpark(self, reach: Reach) -> None:
        """Somebody of ``reach`` is there again."""
        parked, reach.parked = reach.parked, set()
        for line in parked:
            self.wake(line)

    def drop(self, line: Line) -> None:
        """``line`` is over: let go of it."""
        self.reaches[line.application.id].parked.discard(line)

    def pump(self, outlet: Outlet) -> None:
        """Begin as many turns as ``outlet`` has room for."""
        now = self._house.clock.elapsed()
        while (
            outlet.waiting
            and not self._is_halted
            and outlet.on_way < outlet.window
            and outlet.paused_until <= now
        ):
            line = outlet.waiting.popleft()
            line.is_waiting = False
            if line.step is Next.NOTHING:
                continue
            try:
                line.turn = self._house.errands.run(self._turn(outlet, line))
            except Unavailable:  # too much else is under way
                self._try_again(line, OWN_PAUSE)
                return
            outlet.on_way += 1
            line.turn.add_done_callback(partial(self._over, outlet, line))

    async def _turn(self, outlet: Outlet, line: Line) -> None:
        page: deque[Message] = deque()
        try:
            for _ in range(EVENTS_IN_A_TURN):
                if not await self._step(outlet, line, page):
                    break
        except (asyncio.CancelledError, GeneratorExit):
            if not line.is_closed:
                self.halt()  # not this line is over, but the server
            raise
        except Corrupt:
            log.error(  # noqa: TRY400 - a traceback could quote contents
                "a damaged conversation cannot be handed over",
                extra={"conversation": line.conversation},
            )
            line.turn = None
            line.close()
        except ServerError:
            self._try_again(line, OWN_PAUSE)
        except Exception as error:  # noqa: BLE001 - one line, not all of them
            log.error(  # noqa: TRY400 - as above
                "an event could not be handed over",
                extra={"error": type(error).__name__},
            )
            self._fail(line, None)
        finally:
            self._free(outlet, line)

    def _over(
        self, outlet: Outlet, line: Line, turn: asyncio.Task[None]
    ) -> None:
        # A task that is cancelled before it begins runs none of its code:
        # its place would be taken for ever.
        if line.turn is turn:
            self._free(outlet, line)

    def _free(self, outlet: Outlet, line: Line) -> None:
        line.turn = None
        outlet.on_way -= 1
        self.wake(line)
        self.pump(outlet)
        if line.is_idle:
            self._rested(line)

    async def _step(
        self, outlet: Outlet, line: Line, page: deque[Message]
    ) -> bool:
        """Hand over one event; returns whether to go on with the next."""
        step = line.step
        if step is Next.NOTHING:
            return False
        if step is Next.CURSOR:
            await self._find_cursor(line)
            return True
        event = await self._source.event(line, page)
        if line.is_closed:
            return False
        if event is None:  # a message that it does not want
            line.pass_over((line.cursor or 0) + 1)
            self._cursors.move(line)
            return True
        line.count += 1
        outcome = await outlet.way.hand(line, event)
        if line.is_closed:
            return False
        return await self._settle(outlet, line, step, event, outcome)

    async def _settle(
        self,
        outlet: Outlet,
        line: Line,
        step: Next,
        event: Event,
        outcome: Outcome,
    ) -> bool:
        self._house.metrics.handovers[outcome.fate.value].add()
        match outcome.fate:
            case Fate.TAKEN:
                if outcome.answers:
                    await self._answering(line, event, outcome)
                self._advance(line, step)
                return True
            case Fate.FAILED:
                self._failed(outlet, line, step, outcome.retry_after)
            case Fate.GONE:
                self.disable(self.reaches[line.application.id])
            case Fate.LOST:
                line.fresh = None
        return False

    def _advance(self, line: Line, step: Next) -> None:
        line.tries = 0
        if line.is_closed:
            return
        match step:
            case Next.START:
                line.cursor = 0
            case Next.NOTICE:
                line.notices.popleft()
                return
            case Next.MESSAGE:
                line.hand_on((line.cursor or 0) + 1)
            case Next.TRANSCRIPT:
                line.transcript_after = line.transcript_next
                return
            case Next.FAREWELL:
                self._cursors.told(line)
                line.is_closed = True
                return
            case _:
                return
        self._cursors.move(line)

    def disable(self, reach: Reach) -> None:
        """Post nothing to the webhook of ``reach`` any more."""
        if reach.is_disabled:
            return
        reach.is_disabled = True
        log.critical(
            "a webhook says that it is gone: nothing is posted to it until"
            " the server is started anew",
            extra={"application": reach.application.id},
        )
        self._house.audit.note(
            AuditEvent.APPLICATION_DISABLED,
            by=ActorKind.APPLICATION,
            actor=reach.application.id,
        )
        if reach.webhook is not None:
            waiting, reach.webhook.waiting = reach.webhook.waiting, deque()
            for line in waiting:
                line.is_waiting = False
                self.wake(line)

    def _failed(
        self,
        outlet: Outlet,
        line: Line,
        step: Next,
        retry_after: float | None,
    ) -> None:
        if step is Next.NOTICE and line.notices[0].is_fleeting:
            line.notices.popleft()
            return
        pause = self._fail(line, retry_after)
        if retry_after is not None:
            # It is the receiver that cannot go on, not this conversation.
            outlet.paused_until = self._house.clock.elapsed() + pause
            self.later(pause, lambda: self.pump(outlet))

    def _fail(self, line: Line, retry_after: float | None) -> float:
        chance = int.from_bytes(self._house.randomness(2)) / 0xFFFF
        pause = line.pause(chance, retry_after)
        self._try_again(line, pause)
        return pause

    def _try_again(self, line: Line, seconds: float) -> None:
        # Read back from the history then: it is not kept meanwhile.
        line.fresh = None
        line.is_waiting = True

        def again() -> None:
            line.is_waiting = False
            self.wake(line)

        self.later(seconds, again)

    async def _find_cursor(self, line: Line) -> None:
        session, which = line.session, line.conversation
        assert session is not None  # noqa: S101 - see Line.step
        up_to = session.committed
        line.counted_to, line.behind = up_to, 0
        cursor = await self._handed.cursor(which, line.application.id)
        behind = await self._handed.count(
            which,
            max(cursor or 0, 0),
            up_to,
            of_all=Wish.AGENT_MESSAGES in line.application.wants,
        )
        line.cursor = BEFORE_THE_START if cursor is None else cursor
        line.behind += behind
