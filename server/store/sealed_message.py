"""What of a message is sealed, as bytes: the plaintext of ``message.sealed``.

A msgpack list, in this order; version 1 of the envelope says so.

    author    "customer", "agent" or "application"
    name      the agent's or application's display name; nil for the customer
    said_at   unix seconds, as a float
    text      what was said
    extra     only where there is any: a map of "rich" (a map), "answers" (a
              number), "postback" (a string), "note" (true), "unkept" (true:
              then there are no words, nor anything that goes with them)

Number, client id and conversation are not in here: they are columns, and the
envelope is bound to them.
"""

from __future__ import annotations

from typing import Any

import msgpack

from server.domain.message import Author, Message
from server.errors import Corrupt
from server.ids import ConversationId
from server.store.rows import MessageRow

_AUTHORS = {author.value: author for author in Author}
_EXTRA = {
    "rich": dict,
    "answers": int,
    "postback": str,
    "note": bool,
    "unkept": bool,
}


def pack(message: Message) -> bytes:
    """The bytes to seal."""
    # .value: msgpack's fast path is for str itself, not for its subclasses.
    words = (
        message.author.value,
        message.name,
        message.said_at,
        # Here, where words become bytes, so that nothing comes by another way.
        "" if message.is_unkept else message.text,
    )
    extra = _extra(message)
    return msgpack.packb((*words, extra) if extra else words)


def _extra(message: Message) -> dict[str, object]:
    parts: dict[str, object] = {"note": message.is_note or None}
    if message.is_unkept:
        parts["unkept"] = True
    else:
        parts |= {
            "rich": message.rich,
            "answers": message.answers,
            "postback": message.postback,
        }
    return {name: part for name, part in parts.items() if part is not None}


def unpack(plain: bytes, row: MessageRow) -> Message:
    """The message whose ``row`` holds ``plain``, sealed.

    Raises:
        Corrupt: ``plain`` is not what ``pack`` makes. The seal was good, so
            this is another version's row or a fault of ours, not tampering.
    """
    (author, name, said_at, text), extra = _parts(plain)
    return Message(
        conversation=ConversationId(row.conversation),
        number=row.number,
        author=author,
        name=name,
        client_id=row.client_id,
        said_at=said_at,
        text=text,
        rich=extra.get("rich"),
        answers=extra.get("answers"),
        postback=extra.get("postback"),
        is_note=extra.get("note", False),
        is_unkept=extra.get("unkept", False),
    )


_Words = tuple[Author, str | None, float, str]


def _parts(plain: bytes) -> tuple[_Words, dict[str, Any]]:
    try:
        parts = msgpack.unpackb(plain)
    except (ValueError, RecursionError):
        parts = None  # raised below: the error here carries the bytes
    match parts:
        case [
            str(author),
            str() | None as name,
            float(at),
            str(text),
            *rest,
        ] if author in _AUTHORS and (extra := _checked(rest)) is not None:
            return (_AUTHORS[author], name, at, text), extra
        case _:
            raise Corrupt("unreadable message")


def _checked(rest: list[Any]) -> dict[str, Any] | None:
    match rest:
        case []:
            return {}
        case [dict(extra)] if all(
            isinstance(extra[name], _EXTRA.get(name, ())) for name in extra
        ):
            return extra
        case _:
            return None
