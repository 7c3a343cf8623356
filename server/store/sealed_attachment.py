"""What of an attachment is sealed, as bytes: ``attachment.sealed``.

A msgpack list of four, in this order: side ("customer", "agent" or
"application"), name, media type, and the key of the file itself.
"""

from __future__ import annotations

import msgpack

from server.domain.attachment import Attachment
from server.domain.message import Author
from server.errors import Corrupt
from server.store.rows import AttachmentRow

_AUTHORS = {author.value: author for author in Author}


def pack(attachment: Attachment) -> bytes:
    """The bytes to seal."""
    return msgpack.packb(
        (
            attachment.side.value,
            attachment.name,
            attachment.media_type,
            attachment.secret,
        )
    )


def unpack(plain: bytes, row: AttachmentRow) -> Attachment:
    """The attachment whose ``row`` holds ``plain``, sealed.

    Raises:
        Corrupt: ``plain`` is not what ``pack`` makes.
    """
    try:
        parts = msgpack.unpackb(plain)
    except ValueError:
        parts = None  # raised below: the error here carries the bytes
    match parts:
        case [str(side), str(name), str(media_type), bytes(secret)] if (
            side in _AUTHORS
        ):
            return Attachment(
                id=row.id,
                conversation=row.conversation,
                side=_AUTHORS[side],
                name=name,
                media_type=media_type,
                size=row.size,
                expires_at=row.expires_at,
                secret=secret,
            )
        case _:
            raise Corrupt("unreadable attachment")
