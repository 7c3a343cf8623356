"""The life of a conversation.

A session begins OPEN: nothing said, nothing stored. The customer writes and
the conversation is WAITING, or SERVED where the channel has the application
answer first, until that hands it over; an agent takes it (ACTIVE) and may
give it back.
Customer, agent or clock ends it. From then on nothing can be said. It is
ENDING, and erasing goes on until it is done, through crashes too; or, where
it is to be kept for a while, CLOSED until that is over. Then it is GONE, from
which nothing returns.

Rules of this file
    1. Whatever may change a conversation's phase is a row of ``moves.MOVES``.
    2. No I/O, no clock, no await: callers pass ``at`` and store the result.
    3. A refused move changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.domain.message import Author, Message, Said
from server.domain.moves import DENIALS, MOVES, EndedBy, Move, Phase
from server.errors import RefusalCode, Refused
from server.ids import AccountId, AgentId, ChannelId, ConversationId

__all__ = [
    "MOST_MESSAGES",
    "MOVES",
    "NEVER",
    "Conversation",
    "EndedBy",
    "Keep",
    "Move",
    "Phase",
]

#: Messages in one conversation. A shop's longest chats have a few hundred;
#: ten thousand keep one customer's share of the disk below 160 MB, and one
#: data key 100 times below its limit of 2**20 uses.
MOST_MESSAGES = 10_000

#: Unix seconds: the last one of the year 9999, when what is held is due. A
#: number and not null, so that every comparison with it comes out right.
NEVER = 253_402_300_799.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long a conversation is kept after its end.

    Attributes:
        until: Unix seconds.
        transcript_until: Unix seconds until which somebody is tried to be
            given its transcript; None: nobody is to have it.
    """

    until: float
    transcript_until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Where a conversation stands; every change makes a new value.

    Attributes:
        id: Names it; opens nothing.
        account: Whose customer is writing.
        channel: The way by which the customer came.
        epoch: Eight hexadecimal digits that change when history is replaced
            (a restored backup), so that peers notice.
        phase: Where in ``MOVES`` it stands.
        agent: Who has it; None unless ACTIVE.
        last_number: The number of the newest message; 0 for none.
        started_at: Unix seconds.
        last_at: Unix seconds of the newest sign of life that moves the
            inactivity deadline.
        ended_by: Who ended it; None while it lives.
        ended_at: Unix seconds of its end, if it is kept after that.
        customer: The person who writes; None if nobody knows.
        terms: The version of the terms that were accepted; None for none.
        is_held: Whether it is not to be erased until that is lifted.
        kept_until: Unix seconds until which it is kept after its end; None
            while it lives, and if it is erased at once.
        transcript_until: Unix seconds until which somebody is tried to be
            given its transcript; None if nobody is, or no more.
    """

    id: ConversationId
    account: AccountId
    channel: ChannelId
    epoch: str
    started_at: float
    last_at: float
    phase: Phase = Phase.OPEN
    agent: AgentId | None = None
    last_number: int = 0
    ended_by: EndedBy | None = None
    ended_at: float | None = None
    customer: str | None = None
    terms: str | None = None
    is_held: bool = False
    kept_until: float | None = None
    transcript_until: float | None = None

    @property
    def is_stored(self) -> bool:
        """Whether anything of it is on disk."""
        return self.phase not in {Phase.OPEN, Phase.GONE}

    @property
    def is_live(self) -> bool:
        """Whether something can still be said in it."""
        return self.phase not in {Phase.CLOSED, Phase.ENDING, Phase.GONE}

    @property
    def erase_at(self) -> float:
        """Unix seconds at which a CLOSED one is due to be erased.

        Its transcript is waited for, and a hold lasts until it is lifted.
        """
        if self.is_held:
            return NEVER
        return max(self.kept_until or 0.0, self.transcript_until or 0.0)

    def move(self, move: Move) -> Phase:
        """The phase after ``move``.

        Raises:
            Refused: If ``MOVES`` has no such row: ``CONVERSATION_ENDED``, or
                what ``DENIALS`` says.
        """
        phase = MOVES.get((self.phase, move))
        if phase is None:
            raise Refused(
                DENIALS.get((self.phase, move), RefusalCode.CONVERSATION_ENDED)
            )
        return phase

    def write(
        self,
        said: Said,
        *,
        client_id: str,
        at: float,
        to_application: bool = False,
    ) -> tuple[Conversation, Message]:
        """The customer says ``said``.

        Args:
            said: What.
            client_id: The customer's own id of it.
            at: Unix seconds.
            to_application: Whether the channel has the application answer
                first; matters for the first message only.

        Raises:
            Refused: It has ended, or is full.
        """
        is_call = to_application and self.phase is Phase.OPEN
        return self._say(
            Move.CALL if is_call else Move.WRITE,
            Author.CUSTOMER,
            said,
            client_id=client_id,
            at=at,
        )

    def answer(
        self,
        said: Said,
        *,
        agent: AgentId,
        name: str,
        client_id: str,
        at: float,
    ) -> tuple[Conversation, Message]:
        """The agent who has it says ``said``, under the display name ``name``.

        Raises:
            Refused: It has ended, is full, or is another agent's.
        """
        self._check_has(Move.ANSWER, agent)
        return self._say(
            Move.ANSWER,
            Author.AGENT,
            said,
            client_id=client_id,
            at=at,
            name=name,
        )

    def serve(
        self, said: Said, *, name: str, client_id: str, at: float
    ) -> tuple[Conversation, Message]:
        """The application says ``said``, under the name ``name``.

        Raises:
            Refused: It has ended, is full, or nothing was said in it.
        """
        return self._say(
            Move.SERVE,
            Author.APPLICATION,
            said,
            client_id=client_id,
            at=at,
            name=name,
        )

    def hand_over(self) -> Conversation:
        """The application wants an agent to go on; repeating is harmless.

        Raises:
            Refused: It has ended, or nothing was said in it.
        """
        return replace(self, phase=self.move(Move.HAND_OVER))

    def take(self, agent: AgentId) -> Conversation:
        """Give a waiting conversation to ``agent``; taking twice is one.

        Raises:
            Refused: It has ended, or another agent has it.
        """
        if self.phase is Phase.ACTIVE and self.agent == agent:
            return self
        return replace(self, phase=self.move(Move.TAKE), agent=agent)

    def release(self, agent: AgentId) -> Conversation:
        """Give it back to those who wait.

        Raises:
            Refused: It has ended, or is another agent's.
        """
        self._check_has(Move.RELEASE, agent)
        return replace(self, phase=self.move(Move.RELEASE), agent=None)

    def end(self, by: EndedBy, *, agent: AgentId | None = None) -> Conversation:
        """It is to be erased; the first to end it is kept.

        Args:
            by: Who or what ends it.
            agent: Which agent, if one does.

        Raises:
            Refused: It is gone, or is another agent's, or an agent cannot
                know of it; ``ON_HOLD`` if it must not be erased.
        """
        phase = self._over(Move.END, agent)
        if self.is_held and phase is Phase.ENDING:
            raise Refused(RefusalCode.ON_HOLD)
        return replace(
            self, phase=phase, agent=None, ended_by=self.ended_by or by
        )

    def close(
        self,
        by: EndedBy,
        *,
        agent: AgentId | None = None,
        at: float,
        keep: Keep,
    ) -> Conversation:
        """It has ended, and is kept for a while; the first to end it counts.

        Args:
            by: Who or what ends it.
            agent: Which agent, if one does.
            at: Unix seconds.
            keep: How long it is kept.

        Raises:
            Refused: It is being erased, or is another agent's, or an agent
                cannot know of it.
        """
        phase = self._over(Move.CLOSE, agent)
        if self.phase is phase:
            return self
        return replace(
            self,
            phase=phase,
            agent=None,
            ended_by=by,
            ended_at=at,
            kept_until=keep.until,
            transcript_until=keep.transcript_until,
        )

    def hold(self, *, is_held: bool) -> Conversation:
        """It must not be erased; or it may be again. Repeating is harmless.

        Raises:
            Refused: It is being erased, or nothing was said in it.
        """
        if self.phase is Phase.OPEN:
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
        if not (self.is_live or self.phase is Phase.CLOSED):
            raise Refused(RefusalCode.CONVERSATION_ENDED)
        return replace(self, is_held=is_held)

    def _over(self, move: Move, agent: AgentId | None) -> Phase:
        phase = self.move(move)
        if agent is not None and self.phase in {Phase.OPEN, Phase.SERVED}:
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
        if agent is not None and self.phase is Phase.ACTIVE:
            self._check_has(move, agent)
        return phase

    def forget(self) -> Conversation:
        """It is erased: nothing returns from here.

        Raises:
            Refused: It has not been ended.
        """
        return replace(self, phase=self.move(Move.FORGET))

    def revive(self, *, at: float) -> Conversation:
        """The customer is back: the inactivity deadline counts from ``at``."""
        return replace(self, last_at=max(self.last_at, at))

    def _check_has(self, move: Move, agent: AgentId) -> None:
        self.move(move)
        if self.agent != agent:
            raise Refused(RefusalCode.NOT_YOURS)

    def _say(
        self,
        move: Move,
        author: Author,
        said: Said,
        *,
        client_id: str,
        at: float,
        name: str | None = None,
    ) -> tuple[Conversation, Message]:
        phase = self.move(move)
        if self.last_number >= MOST_MESSAGES:
            raise Refused(RefusalCode.CONVERSATION_FULL)
        # A clock set back must not make an older message look newer: times
        # within a conversation never fall.
        at = max(at, self.last_at)
        message = Message(
            conversation=self.id,
            number=self.last_number + 1,
            author=author,
            name=name,
            client_id=client_id,
            said_at=at,
            text=said.text,
            rich=said.rich,
            answers=said.answers,
            postback=said.postback,
            is_note=said.is_note,
        )
        after = replace(
            self, phase=phase, last_number=message.number, last_at=at
        )
        return after, message
