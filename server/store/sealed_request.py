"""What of a request is sealed, as bytes: ``privacy_request.sealed``.

The account's own words about it: who asked and how they were known, and what
was done when. JSON, because it is words.
"""

from __future__ import annotations

import json

from server.domain.privacy_request import Note, Words
from server.errors import Corrupt


def pack(words: Words) -> bytes:
    """The bytes to seal."""
    return json.dumps(
        {
            "subject": words.subject,
            "notes": [[note.at, note.text] for note in words.notes],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def unpack(plain: bytes) -> Words:
    """The words in ``plain``.

    Raises:
        Corrupt: It is not what ``pack`` makes.
    """
    try:
        found = json.loads(plain)
        return Words(
            subject=found["subject"],
            notes=tuple(Note(at, text) for at, text in found["notes"]),
        )
    except (ValueError, TypeError, KeyError):
        raise Corrupt("unreadable words about a request") from None
