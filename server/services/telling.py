"""What peers are told: frames made from domain values, and who gets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.domain.conversation import Conversation, Phase
from server.domain.message import Author, Message
from server.errors import RefusalCode, Refused, ServerError
from server.ids import AgentId
from server.live.sessions import Seat, Session
from server.protocol.codec import Saying
from server.protocol.parts import Marks, MessageItem, Summary
from server.protocol.server_frames import (
    Ack,
    Denied,
    MessageSaid,
    Seen,
    ServerFrame,
    State,
)
from server.services.house import House
from server.services.timing import due_of

#: Characters of a customer's last message in an agent's list.
PREVIEW = 120


def milliseconds(seconds: float) -> int:
    """Unix seconds as they are on the wire."""
    return int(seconds * 1000)


def denial(error: ServerError, ref: str | None = None) -> Saying:
    """``refused`` for ``error``; whatever is no refusal is the operator's."""
    if not isinstance(error, Refused):
        error = Refused(RefusalCode.UNAVAILABLE, retry_after=1.0)
    after = error.retry_after
    return Saying(
        Denied(
            code=error.code,
            act=error.act,
            retry=error.retry,
            # Rounded up: a client that waits as told must not be early.
            retry_after=None if after is None else int(-(-after // 1)),
            ref=ref,
            path=error.path,
        )
    )


def tell_all(
    session: Session,
    frame: ServerFrame,
    *,
    but: Seat | None = None,
    is_droppable: bool = False,
) -> None:
    """Tell every seat of ``session``, except ``but``."""
    saying = Saying(frame, is_droppable=is_droppable)
    for seat in session.seats:
        if seat is not but:
            seat.listener.tell(saying)


def tell_side(session: Session, side: Author, frame: ServerFrame) -> None:
    """Tell one side of ``session`` what may be lost on the way."""
    saying = Saying(frame, is_droppable=True)
    for seat in session.seats:
        if seat.side is side:
            seat.listener.tell(saying)


def tell_message(
    session: Session, message: Message, sender: Seat | None
) -> None:
    """Bring ``message``, which is on disk, to everybody but its sender.

    A seat hears message n if it has heard n - 1. One that has not is catching
    up and will read it from history, so there is nothing to tell it now.
    """
    number = message.number
    sayings: dict[Author, Saying] = {}
    for seat in session.seats:
        if seat.at != number - 1:
            continue
        seat.at = number
        if seat is not sender:
            # Both sides read the same, but for notes.
            side = seat.side if message.is_note else Author.AGENT
            if side not in sayings:
                sayings[side] = Saying(_said(message, side))
            seat.listener.tell(sayings[side])


def ack_of(message: Message, *, sent: str, is_repeat: bool = False) -> Saying:
    """The sender's receipt for ``message``.

    Args:
        message: As it is kept.
        sent: The words as the sender shows them.
        is_repeat: Whether the sender has said it before.
    """
    return Saying(
        Ack(
            conversation=message.conversation,
            id=message.client_id,
            number=message.number,
            at=milliseconds(message.said_at),
            repeat=is_repeat,
            text=_differs(message, sent, is_repeat=is_repeat),
            unkept=message.is_unkept,
        )
    )


def _differs(message: Message, sent: str, *, is_repeat: bool) -> str | None:
    """The words of ``message``, if its sender shows others."""
    if is_repeat and message.is_unkept:
        return None  # they are gone, and the sender's are all there is
    return None if message.text == sent.strip() else message.text


def _said(message: Message, side: Author) -> MessageSaid:
    is_hidden = message.is_note and side is Author.CUSTOMER
    return MessageSaid(
        conversation=message.conversation,
        number=message.number,
        id=message.client_id,
        author=message.author.value,
        at=milliseconds(message.said_at),
        text="" if is_hidden else message.text,
        name=message.name,
        rich=None if is_hidden else _plain(message.rich),
        answers=message.answers,
        postback=message.postback,
        note=message.is_note,
        unkept=message.is_unkept,
    )


def item_of(message: Message, side: Author) -> MessageItem:
    """``message`` as ``side`` finds it in a history frame.

    A note for agents keeps its number on the customer's side, for numbers
    have no gaps, and nothing else.
    """
    is_hidden = message.is_note and side is Author.CUSTOMER
    return MessageItem(
        number=message.number,
        id=message.client_id,
        author=message.author.value,
        at=milliseconds(message.said_at),
        text="" if is_hidden else message.text,
        name=message.name,
        rich=None if is_hidden else _plain(message.rich),
        answers=message.answers,
        postback=message.postback,
        note=message.is_note,
        unkept=message.is_unkept,
    )


def _plain(rich: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if rich is None else dict(rich)


def agent_name(house: House, conversation: Conversation) -> str | None:
    """The display name of the agent who has it."""
    if conversation.agent is None:
        return None
    agent = house.agents.get(conversation.agent)
    return None if agent is None else agent.display_name


def state_of(house: House, conversation: Conversation) -> State:
    """What ``state`` says of it."""
    return State(
        conversation=conversation.id,
        phase=conversation.phase.value,
        agent=agent_name(house, conversation),
    )


def seen_of(session: Session, side: Author) -> Seen:
    """What ``seen`` says of ``side``."""
    progress = session.seen(side)
    return Seen(
        conversation=session.id,
        by=side.value,
        delivered=progress.delivered,
        read=progress.read,
    )


def summary_of(
    house: House, session: Session, *, agent: AgentId | None = None
) -> Summary:
    """``session`` at a glance.

    Args:
        house: The parts.
        session: Which.
        agent: The agent it is for; None for its customer, who is told
            neither whose it is nor the preview.
    """
    conversation = session.conversation
    return Summary(
        conversation=conversation.id,
        channel=conversation.channel,
        phase=conversation.phase.value,
        epoch=conversation.epoch,
        last=session.committed,
        started_at=milliseconds(conversation.started_at),
        last_at=milliseconds(conversation.last_at),
        ends_at=milliseconds(due_of(house, conversation)),
        customer_seen=_marks(session, Author.CUSTOMER),
        agent_seen=_marks(session, Author.AGENT),
        agent=agent_name(house, conversation),
        mine=agent is not None and conversation.agent == agent,
        preview=None if agent is None else session.preview,
    )


def _marks(session: Session, side: Author) -> Marks:
    progress = session.seen(side)
    return Marks(delivered=progress.delivered, read=progress.read)


def list_changed(house: House, session: Session) -> None:
    """Have the agents' lists show ``session`` as it is now."""
    if house.presence.changed(session) and not house.wake_listing.is_set():
        house.wake_listing.set()


def is_listed(conversation: Conversation, agent: AgentId) -> bool:
    """Whether it stands in the list of ``agent``."""
    return conversation.phase is Phase.WAITING or (
        conversation.phase is Phase.ACTIVE and conversation.agent == agent
    )
