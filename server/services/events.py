"""What applications are told, as the maps they get; docs/application.md.

An event is made when it is handed over and never kept: a repeat is made anew
from the history, under the same id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.domain.conversation import NEVER
from server.domain.customer_event import Consent
from server.domain.message import Author, Message
from server.live.sessions import Session
from server.services.telling import milliseconds
from server.store.rows import NoticeRow

#: The server has restarted: what lived in its memory is gone.
RESUMED = "session.resumed"

#: What there was of a customer of whom nothing is in memory.
NOTHING_HELD: Mapping[str, bool] = {
    "context": False,
    "cookies": False,
    "private_data": False,
}

Event = dict[str, Any]
#: What is known of the customer; kept in memory only, so it may be empty.
Surroundings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened and is no message.

    Attributes:
        kind: The type of its event.
        fields: What the event says; never what somebody typed.
        after: The number of the newest message when it happened.
        at: Unix seconds.
        name: Part of its event's id; no other notice has it.
        is_fleeting: Whether it is tried once only.
    """

    kind: str
    fields: Mapping[str, Any]
    after: int
    at: float
    name: str
    is_fleeting: bool = False


def surroundings_of(session: Session) -> Surroundings:
    """Context, cookies and private data, as they are now."""
    context = session.context
    return {
        "context": {} if context is None else context.as_map(),
        "cookies": dict(session.cookies or {}),
        "customer_private_data": dict(session.private or {}),
    }


def held_of(session: Session) -> dict[str, bool]:
    """Which of them there are; said when they are purged."""
    known = surroundings_of(session)
    return {
        "context": bool(known["context"]),
        "cookies": bool(known["cookies"]),
        "private_data": bool(known["customer_private_data"]),
    }


def consent_fields(consent: Consent) -> dict[str, Any]:
    """What ``consent.changed`` says."""
    return {
        "purpose": consent.purpose,
        "level": consent.level.word,
        "source": consent.source.value,
        "version": consent.version,
    }


def message_event(session: Session, message: Message) -> Event:
    """Somebody said something."""
    event = _event(
        session,
        "message",
        name=f"msg_{message.conversation}_{message.number}",
        at=message.said_at,
    )
    event["message"] = _item(message)
    if message.author is Author.CUSTOMER:
        event |= surroundings_of(session)
    return event


def started_event(session: Session) -> Event:
    """The customer has begun; comes before message 1."""
    return (
        _event(
            session,
            "session.started",
            name=f"evt_{session.id}_started",
            at=session.conversation.started_at,
        )
        | {"phase": session.conversation.phase.value}
        | surroundings_of(session)
    )


def noticed_event(session: Session, notice: Notice) -> Event:
    """Something else happened: ``agent.joined``, ``event.taken`` and so on."""
    event = _event(
        session,
        notice.kind,
        name=f"evt_{session.id}_{notice.name}",
        at=notice.at,
    )
    if notice.kind == RESUMED:
        event |= surroundings_of(session)
        event["phase"] = session.conversation.phase.value
        is_known = bool(event["customer_private_data"])
        event["private_data"] = "known" if is_known else "lost"
    return {**event, **notice.fields}


def transcript_event(
    session: Session, messages: Sequence[Message], *, part: int, is_last: bool
) -> Event:
    """A part of all that was said, before it is erased."""
    conversation = session.conversation
    event = _event(
        session,
        "session.transcript",
        name=f"evt_{session.id}_transcript_{part}",
        at=conversation.ended_at or conversation.last_at,
    )
    event["messages"] = [_item(message) for message in messages]
    event["more"] = not is_last
    return event


def ended_event(row: NoticeRow, held: Mapping[str, bool]) -> Event:
    """It is over; nothing of what was said is in this."""
    is_kept = row.kept_until is not None
    event: Event = {
        "id": f"evt_{row.conversation}_ended",
        "type": "session.ended",
        "at": milliseconds(row.ended_at),
        "account": row.account,
        "channel": row.channel,
        "conversation": row.conversation,
        "by": row.ended_by.value,
        "purged": {"messages": 0 if is_kept else row.messages, **held},
        "undelivered": row.undelivered,
    }
    if row.kept_until is not None:
        event["kept"] = {"messages": row.messages}
        if row.kept_until < NEVER:
            event["kept"]["until"] = milliseconds(row.kept_until)
    return event


def _event(session: Session, kind: str, *, name: str, at: float) -> Event:
    conversation = session.conversation
    event = {
        "id": name,
        "type": kind,
        "at": milliseconds(at),
        "account": conversation.account,
        "channel": conversation.channel,
        "conversation": conversation.id,
    }
    if session.customer_id is not None:
        event["customer_id"] = session.customer_id
    return event


def _item(message: Message) -> dict[str, Any]:
    """``message`` with the fields of a message in a history frame."""
    item = {
        "number": message.number,
        "id": message.client_id,
        "author": message.author.value,
        "at": milliseconds(message.said_at),
        "text": message.text,
    }
    if message.name is not None:
        item["name"] = message.name
    if message.rich is not None:
        item["rich"] = dict(message.rich)
    if message.answers is not None:
        item["answers"] = message.answers
    if message.postback is not None:
        item["postback"] = message.postback
    if message.is_note:
        item["note"] = True
    if message.is_unkept:
        item["unkept"] = True
    return item
