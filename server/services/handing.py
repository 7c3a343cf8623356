"""One conversation on its way to one application: what is next, and when.

Nothing here waits. What was said is not kept here but for the newest message
of a line that has taken all before it: everything else is read back from the
history when its turn comes, so that no second copy can outlive the first.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import Protocol

from server.domain.application import Application
from server.domain.message import Message
from server.ids import ConversationId
from server.live.sessions import Session
from server.protocol.client_frames import ClientFrame
from server.protocol.farewell import Farewell
from server.services.events import NOTHING_HELD, Event, Notice
from server.store.rows import NoticeRow

#: Seconds until the first repeat, and at most; doubled each time.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
#: The longest pause that a receiver may ask for.
LONGEST_ASKED = 3600.0
#: Events on their way by one connection, and to one webhook: more requests
#: than the way out has connections to a host would only wait for one.
WINDOW = 64
WEBHOOK_WINDOW = 16
#: What may wait in a line besides messages; of more the oldest go.
MOST_NOTICES = 32
#: Messages held in memory for who must not have them stored: 64 of 16 KB at
#: the worst, for as long as an application does not take them.
MOST_UNKEPT = 64

#: Where a line stands to which nothing has been handed, not even the start.
BEFORE_THE_START = -1


class Next(Enum):
    """What a line has to hand next."""

    NOTHING = "nothing"
    CURSOR = "cursor"  # it is not known yet how far it was handed
    START = "start"
    NOTICE = "notice"
    MESSAGE = "message"
    TRANSCRIPT = "transcript"
    FAREWELL = "farewell"


class Fate(Enum):
    """What became of an event."""

    TAKEN = "taken"
    FAILED = "failed"
    LOST = "lost"  # the connection went; nobody is to blame
    GONE = "gone"  # the receiver wants no more of them, ever


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiver made of an event.

    Attributes:
        fate: What became of it.
        answers: What the application says to it.
        retry_after: Seconds it asks us to wait, if it does.
    """

    fate: Fate
    answers: tuple[ClientFrame, ...] = field(default=(), repr=False)
    retry_after: float | None = None


class Way(Protocol):
    """A way to an application."""

    async def hand(self, line: Line, event: Event) -> Outcome:
        """Hand over ``event``; back when it is known what became of it."""
        ...


class Outlet:
    """One way, the lines that wait for it, and how many are on it.

    Attributes:
        way: Where events go.
        waiting: Lines that have something for it, in order.
        on_way: How many of them are being handed something.
        paused_until: Monotonic seconds before which nothing is handed.
        window: How many may be.
        dismiss: Closes the connection, if it is one.
    """

    __slots__ = (
        "dismiss",
        "on_way",
        "paused_until",
        "waiting",
        "way",
        "window",
    )

    def __init__(self, way: Way, window: int = WINDOW) -> None:
        self.way = way
        self.window = window
        self.waiting: deque[Line] = deque()
        self.on_way = 0
        self.paused_until = -inf
        self.dismiss: Callable[[Farewell], None] | None = None


class Line:
    """One conversation, or the end of one, and one application.

    Attributes:
        conversation: Which.
        application: Who gets it.
        session: Where it is said; None once it has ended.
        farewell: What is left to be told after the end; None before.
        held: What was known of the customer; said with the farewell.
        cursor: The number up to which it was handed; None while unknown.
        counted_to: Up to which number ``behind`` was counted when the cursor
            was read.
        behind: Messages it still wants.
        notices: What else there is to tell, by ``Notice.after``.
        transcript_after: Up to which number the transcript was handed; None
            if none is to be, or all of it was.
        transcript_next: The same, once the part on its way is taken.
        fresh: The newest message, if all before it are handed.
        unkept: Messages whose words are on no disk, until they are handed.
        tries: How often the next event has failed.
        turn: What hands it over now.
        is_waiting: Whether it stands in an outlet or waits for its retry.
        is_closed: Whether nothing is handed any more.
        count: How many events were handed; names the one on its way.
    """

    __slots__ = (
        "application",
        "behind",
        "conversation",
        "count",
        "counted_to",
        "cursor",
        "farewell",
        "fresh",
        "held",
        "is_closed",
        "is_waiting",
        "notices",
        "session",
        "transcript_after",
        "transcript_next",
        "tries",
        "turn",
        "unkept",
    )

    def __init__(
        self,
        application: Application,
        conversation: ConversationId,
        session: Session | None = None,
    ) -> None:
        self.conversation = conversation
        self.application = application
        self.session = session
        self.farewell: NoticeRow | None = None
        self.held: Mapping[str, bool] = NOTHING_HELD
        self.cursor: int | None = None
        self.counted_to: float = inf
        self.behind = 0
        self.notices: deque[Notice] = deque()
        self.transcript_after: int | None = None
        self.transcript_next: int | None = None
        self.fresh: Message | None = None
        self.unkept: dict[int, Message] = {}
        self.tries = 0
        self.turn: asyncio.Task[None] | None = None
        self.is_waiting = False
        self.is_closed = False
        self.count = 0

    @property
    def step(self) -> Next:
        """What is to be handed now."""
        if self.session is not None:
            return self._step_of(self.session)
        is_left = self.farewell is not None and not self.is_closed
        return Next.FAREWELL if is_left else Next.NOTHING

    def _step_of(self, session: Session) -> Next:
        if self.cursor is None:
            return Next.CURSOR
        if self.cursor < 0:
            return Next.START
        if self.notices and self.notices[0].after <= self.cursor:
            return Next.NOTICE
        if self.cursor < session.committed:
            return Next.MESSAGE
        is_over = self.transcript_after is None
        return Next.NOTHING if is_over else Next.TRANSCRIPT

    @property
    def is_idle(self) -> bool:
        """Whether everything is handed, and nothing on its way."""
        return self.turn is None and self.step is Next.NOTHING

    def begin(self) -> None:
        """Nothing was handed yet, for nothing was said before."""
        self.cursor, self.counted_to = BEFORE_THE_START, 0

    def said(self, message: Message) -> None:
        """Take note of ``message``, which is on disk."""
        if not self.application.wants_message(message):
            self._skip(message)
            return
        if message.number > self.counted_to:
            self.behind += 1
        if message.is_unkept:
            self._hold(message)
        if self.cursor is not None and message.number == max(
            1, self.cursor + 1
        ):
            self.fresh = message

    def _hold(self, message: Message) -> None:
        if len(self.unkept) >= MOST_UNKEPT:
            # The oldest is handed without its words.
            del self.unkept[next(iter(self.unkept))]
        self.unkept[message.number] = message

    def _skip(self, message: Message) -> None:
        # At once, if nothing is before it: most of an application's own
        # answers cost no turn.
        if self.cursor == message.number - 1 and not self.notices:
            self.cursor = message.number

    def notice(self, notice: Notice) -> None:
        """Take note of something else."""
        if len(self.notices) >= MOST_NOTICES:
            # Not the first one: it may be on its way, and whoever has handed
            # it over strikes out the first.
            del self.notices[1]
        self.notices.append(notice)

    def hand_on(self, number: int) -> None:
        """The message ``number`` is taken."""
        self.cursor = number
        self.behind = max(0, self.behind - 1)
        self.fresh = None
        self.unkept.pop(number, None)

    def pass_over(self, number: int) -> None:
        """The message ``number`` is not wanted."""
        self.cursor = number

    def close(self) -> None:
        """Hand over nothing any more, and forget what was to be."""
        self.is_closed = True
        self.session = None
        self.fresh = None
        self.unkept.clear()
        self.notices.clear()
        if self.turn is not None:
            self.turn.cancel()

    def pause(self, chance: float, asked: float | None) -> float:
        """Seconds until the next try, after one that has failed.

        Args:
            chance: Between 0 and 1; so that not all come back at once.
            asked: Seconds that the receiver asked for.
        """
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.tries, 16))
        self.tries += 1
        pause *= 0.5 + chance / 2
        return max(pause, min(asked or 0.0, LONGEST_ASKED))
