"""What changes a stored conversation: decided when its group is made.

Each class here is a ``store.group.Change``. ``prepare`` runs when the writer
makes the group, in the order in which changes were asked for: so messages are
numbered in the order in which they are written, one conversation's changes
never interleave, and when the disk refuses a group, ``undo`` takes the values
in memory back to what is on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from server.domain.conversation import Conversation, Phase
from server.domain.message import Author, Message
from server.domain.restriction import Use
from server.errors import (
    Corrupt,
    RefusalCode,
    Refused,
    ServerError,
    Unavailable,
)
from server.live.sessions import Listener, Seat, Session
from server.services.house import House
from server.services.registering import first_said
from server.services.remembering import open_message, sealed_row
from server.services.telling import (
    PREVIEW,
    ack_of,
    denial,
    list_changed,
    state_of,
    tell_all,
    tell_message,
)
from server.services.timing import (
    deadline_frame,
    deadline_of,
    due_of,
    watch_deadline,
)
from server.store.group import Group
from server.store.rows import ConversationRow

#: Seconds until a deadline is looked at again after a change was undone.
LOOK_AGAIN = 60.0

#: The conversation after something was said in it, and the message.
Speak = Callable[[Conversation, float], tuple[Conversation, Message]]


def row_of(house: House, session: Session) -> ConversationRow:
    """``session`` as it is stored."""
    conversation = session.conversation
    assert session.slot is not None  # noqa: S101 - stored ones have a slot
    return ConversationRow(
        id=conversation.id,
        account=conversation.account,
        channel=conversation.channel,
        phase=conversation.phase,
        epoch=conversation.epoch,
        slot=session.slot,
        token_hash=session.token_hash,
        started_at=conversation.started_at,
        last_at=conversation.last_at,
        due_at=due_of(house, conversation),
        last_number=conversation.last_number,
        agent=conversation.agent,
        ended_by=conversation.ended_by,
        ended_at=conversation.ended_at,
        customer=conversation.customer,
        terms=conversation.terms,
        held=conversation.is_held,
        kept_until=conversation.kept_until,
        transcript_until=conversation.transcript_until,
        customer_delivered=session.customer_seen.delivered,
        customer_read=session.customer_seen.read,
        agent_delivered=session.agent_seen.delivered,
        agent_read=session.agent_seen.read,
    )


def adopt(
    house: House, session: Session, after: Conversation, *, group: Group
) -> None:
    """Make ``after`` what is true of ``session``, and have it written."""
    before = session.conversation

    def undo() -> None:
        session.conversation = before
        # Whoever looked at the deadline meanwhile saw one that never was.
        warn_at = deadline_of(house, before).warn_at
        house.look_at(session.id, min(warn_at, house.clock.now() + LOOK_AGAIN))

    session.conversation = after
    group.undo(undo)
    if after.is_stored:
        group.keep(row_of(house, session))


class Say:
    """A message, of the customer, an agent or the application.

    Args:
        house: The parts.
        session: Where.
        client_id: The sender's own id of it.
        speak: What saying it does to the conversation, at unix seconds;
            called when the message is numbered, and not for a repeat.
        listener: Who waits for the ack.
        seat: The sender's place; None for one who does not watch.
        sent: The words as the sender shows them: where others are kept, the
            ack says which.
    """

    __slots__ = (
        "_client_id",
        "_house",
        "_listener",
        "_message",
        "_opened",
        "_seat",
        "_sent",
        "_session",
        "_speak",
    )

    def __init__(  # noqa: PLR0913 - who says what, where, and who is told
        self,
        house: House,
        session: Session,
        *,
        client_id: str,
        speak: Speak,
        listener: Listener,
        seat: Seat | None,
        sent: str,
    ) -> None:
        self._house = house
        self._session = session
        self._client_id = client_id
        self._speak = speak
        self._listener = listener
        self._seat = seat
        self._sent = sent
        self._message: Message | None = None
        self._opened = False

    @property
    def is_new(self) -> bool:
        """Whether it is numbered, and no repeat."""
        return self._message is not None

    @property
    def has_opened(self) -> bool:
        """Whether it is the first message."""
        return self._opened

    def prepare(self, group: Group) -> None:
        """Number it, seal it, and make the conversation durable if need be."""
        session = self._session
        if self._client_id in session.accepted:
            return  # a repeat: ``committed`` answers what was answered then
        carries = session.carries.copy()

        def undo() -> None:
            # Nothing was said: nothing of it may be remembered for the next
            # message, least of all in a session that has been forgotten.
            session.carries = carries

        try:
            after, message = self._speak(
                session.conversation, self._house.clock.now()
            )
        except ServerError:
            undo()
            raise
        if not session.allows(Use.STORED_WORDS):
            message = replace(message, is_unkept=True)
        group.undo(undo)
        self._opened = not session.conversation.is_stored
        if self._opened:
            self._open(group)
        try:
            row = sealed_row(self._house, session, message)
            if self._opened:
                after = first_said(self._house, session, after, group=group)
        except ServerError:
            # Nothing of it may stay behind in the group.
            self._close_again()
            undo()
            raise
        group.add(row)
        adopt(self._house, session, after, group=group)
        session.accepted[self._client_id] = message.number
        group.undo(self._unsay)
        self._message = message

    def _open(self, group: Group) -> None:
        conversation = self._session.conversation
        key = self._house.keys.new_key(conversation.account, conversation.id)
        self._session.slot = key.slot
        group.undo(self._close_again)

    def _close_again(self) -> None:
        slot = self._session.slot
        if self._opened and slot is not None:
            self._session.slot = None
            self._house.keys.abandon([slot])

    def _unsay(self) -> None:
        del self._session.accepted[self._client_id]
        self._message = None

    def committed(self) -> None:
        """Acknowledge it, and bring it to everybody else."""
        message = self._message
        if message is None:
            try:
                self._house.errands.run(self._answer_again())
            except Unavailable as error:  # too much else is under way
                self.failed(error)
            return
        session = self._session
        session.committed = message.number
        self._house.metrics.messages[message.author].add()
        self._listener.tell(ack_of(message, sent=self._sent))
        tell_message(session, message, self._seat)
        if message.author is Author.CUSTOMER:
            session.preview = message.text[:PREVIEW]
        if self._opened:
            self._house.metrics.begun.add()
            tell_all(session, state_of(self._house, session.conversation))
        if session.conversation.phase is Phase.WAITING:
            list_changed(self._house, session)
        stay_awake(self._house, session)
        self._house.relay.said(session, message)

    async def _answer_again(self) -> None:
        session = self._session
        number = session.accepted.get(self._client_id)
        if number is None:
            # It has ended meanwhile: whoever waits must not wait for ever.
            self.failed(Refused(RefusalCode.CONVERSATION_ENDED))
            return
        try:
            rows = await self._house.records.messages(session.id, number - 1, 1)
            message = open_message(self._house, session, rows[0])
        except Unavailable as error:
            self.failed(error)
            return
        except (Corrupt, IndexError, AssertionError):
            if session.conversation.is_live:  # damaged
                self.failed(Unavailable("a message cannot be read"))
            else:  # erased while it was read
                self.failed(Refused(RefusalCode.CONVERSATION_ENDED))
            return
        # A repeat may be of what its sender has never seen hidden: the ack
        # before this one may be what was lost.
        self._listener.tell(ack_of(message, sent=self._sent, is_repeat=True))

    def failed(self, error: ServerError) -> None:
        """Tell the sender that nothing was kept."""
        self._listener.tell(denial(error, self._client_id))


def stay_awake(house: House, session: Session) -> None:
    """Somebody gave a sign of life, which may move the deadline."""
    watch_deadline(house, session)
    warn_at = deadline_of(house, session.conversation).warn_at
    # The maximum age does not move, nor does the warning of it.
    if session.is_warned and house.clock.now() < warn_at:
        session.is_warned = False
        tell_all(session, deadline_frame(house, session, warn=False))


class Touch:
    """The customer is back, or says so: moves the inactivity deadline.

    Nobody waits for it, so nobody is told when the disk refuses: then the
    stored deadline is merely earlier than it might be.
    """

    __slots__ = ("_house", "_session")

    def __init__(self, house: House, session: Session) -> None:
        self._house = house
        self._session = session

    def prepare(self, group: Group) -> None:
        """Count the inactivity from now on."""
        conversation = self._session.conversation
        if conversation.is_live:
            after = conversation.revive(at=self._house.clock.now())
            adopt(self._house, self._session, after, group=group)

    def committed(self) -> None:
        """Move the deadline, and take a warning back."""
        if self._session.conversation.is_live:
            stay_awake(self._house, self._session)

    def failed(self, error: ServerError) -> None:
        """Leave the deadline where it is."""
