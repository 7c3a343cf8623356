"""What customers and agents alike do in a conversation they take part in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from server.domain.conversation import Conversation
from server.domain.message import Author, Message, Said, clean
from server.errors import RefusalCode, Refused, Unavailable
from server.live.rate_limit import RateLimit
from server.live.sessions import Listener, Seat, Session
from server.protocol.client_frames import Send
from server.protocol.server_frames import TypingSeen
from server.services.hiding import hide
from server.services.house import House
from server.services.recording import Say, Speak
from server.services.telling import seen_of, tell_all, tell_side
from server.store.group import Change


def say(  # noqa: PLR0913 - who says what, where, how fast, and who is told
    house: House,
    session: Session,
    *,
    frame: Send,
    speak: Speak,
    rate: RateLimit,
    listener: Listener,
    seat: Seat | None,
    more: Callable[[Say], Change] | None = None,
) -> None:
    """Have a message written; its ack follows when it is on disk.

    Args:
        house: The parts.
        session: Where.
        frame: The message.
        speak: What saying it does.
        rate: How fast the sender may write.
        listener: Who waits for the ack.
        seat: The sender's place.
        more: What else is to be written with it.

    Raises:
        Refused: Too fast.
        Unavailable: The store takes no more.
    """
    # A repeat costs as much as a message: else it would be the way to flood.
    wait = rate.take(house.clock.elapsed())
    if wait:
        raise Refused(RefusalCode.TOO_FAST, retry_after=wait)
    if frame.id in session.accepted:
        speak = _repeat
    said = Say(
        house,
        session,
        client_id=frame.id,
        speak=speak,
        listener=listener,
        seat=seat,
        sent=frame.text,
    )
    house.records.put(said if more is None else more(said))


def _repeat(_: Conversation, __: float) -> tuple[Conversation, Message]:
    # Its words were not looked at: they must not be kept in place of those
    # that it repeats, should the disk refuse these after all.
    raise Unavailable


def said_in(
    session: Session, frame: Send, rich: Mapping[str, Any] | None = None
) -> Said:
    """What ``frame`` says in ``session``; nothing is hidden yet.

    Args:
        session: Where.
        frame: The words.
        rich: The attachment it names, if it names one.

    Raises:
        Refused: It says nothing, or too much. Of a repeat the words are not
            looked at.
    """
    if frame.id in session.accepted:
        return Said(text="")
    return Said(
        text=clean(
            frame.text,
            may_be_empty=frame.postback is not None or rich is not None,
        ),
        rich=rich,
        answers=frame.answers,
        postback=frame.postback,
    )


async def file_in(
    house: House, session: Session, frame: Send, *, side: Author
) -> Mapping[str, Any] | None:
    """The attachment that ``frame`` sends along, as a message tells of it.

    Raises:
        Refused: There is no such file of that side in ``session``.
        ServerError: What is stored cannot be read.
    """
    if frame.attachment is None or frame.id in session.accepted:
        return None  # of a repeat nothing is looked at
    return await house.attachments.rich_of(session, frame.attachment, side)


def hidden_in(
    house: House, session: Session, said: Said, *, side: Author
) -> Callable[[], Said]:
    """What is left of ``said``, found out when it is numbered.

    Not before: who writes too fast must not make the server look for numbers,
    and a number split over two messages is split in the order they get.
    """
    return lambda: hide(house, session, said, author=side)


def by_customer(
    said: Callable[[], Said],
    client_id: str,
    *,
    to_application: bool,
    agreed: Callable[[Conversation], Conversation] = lambda before: before,
) -> Speak:
    """The customer says what ``said`` returns.

    Args:
        said: What.
        client_id: The customer's own id of it.
        to_application: Whether the application answers first.
        agreed: What the customer agrees to by that; it may refuse.
    """

    def speak(
        conversation: Conversation, at: float
    ) -> tuple[Conversation, Message]:
        return agreed(conversation).write(
            said(), client_id=client_id, at=at, to_application=to_application
        )

    return speak


def mark(session: Session, seat: Seat, *, delivered: int, read: int) -> None:
    """Note how far the side of ``seat`` has got, and tell the others.

    Numbers beyond the newest message are taken for the newest: a peer cannot
    have seen what has not been said.
    """
    is_new = session.seen(seat.side).advance(
        delivered=min(delivered, session.committed),
        read=min(read, session.committed),
    )
    if is_new:
        tell_all(
            session, seen_of(session, seat.side), but=seat, is_droppable=True
        )


def show_typing(
    session: Session, seat: Seat, *, on: bool, name: str | None = None
) -> None:
    """Tell the other side that this one has begun or stopped to type."""
    other = Author.AGENT if seat.side is Author.CUSTOMER else Author.CUSTOMER
    tell_side(
        session,
        other,
        TypingSeen(
            conversation=session.id, author=seat.side.value, on=on, name=name
        ),
    )
