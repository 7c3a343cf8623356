"""What of a message is sealed, as bytes: the plaintext of ``message.sealed``.

A msgpack list of four, in this order; version 1 of the envelope says so.

    author    "customer" or "agent"
    name      the agent's display name; nil for the customer
    said_at   unix seconds, as a float
    text      what was said

Number, client id and conversation are not in here: they are columns, and the
envelope is bound to them.
"""

from __future__ import annotations

import msgpack

from server.domain.message import Author, Message
from server.errors import Corrupt
from server.ids import ConversationId
from server.store.rows import MessageRow

_AUTHORS = {author.value: author for author in Author}
_PARTS = 4


def pack(message: Message) -> bytes:
    """The bytes to seal."""
    # .value: msgpack's fast path is for str itself, not for its subclasses.
    return msgpack.packb(
        (message.author.value, message.name, message.said_at, message.text)
    )


def unpack(plain: bytes, row: MessageRow) -> Message:
    """The message whose ``row`` holds ``plain``, sealed.

    Raises:
        Corrupt: ``plain`` is not what ``pack`` makes. The seal was good, so
            this is another version's row or a fault of ours, not tampering.
    """
    author, name, said_at, text = _parts(plain)
    return Message(
        conversation=ConversationId(row.conversation),
        number=row.number,
        author=author,
        name=name,
        client_id=row.client_id,
        said_at=said_at,
        text=text,
    )


def _parts(plain: bytes) -> tuple[Author, str | None, float, str]:
    try:
        parts = msgpack.unpackb(plain, max_array_len=_PARTS, max_map_len=0)
    except ValueError:
        parts = None  # raised below: the error here carries the bytes
    match parts:
        case [str(author), str() | None as name, float(at), str(text)] if (
            author in _AUTHORS
        ):
            return _AUTHORS[author], name, at, text
        case _:
            raise Corrupt("unreadable message")
