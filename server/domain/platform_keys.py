"""By what a person can be found again, in the one spelling that is looked up.

A person who asks for something years later writes their number or address in
another way than the network did. What reads the same to a telephone or a
mail server must be the same here, and what does not must not: a wrong match
shows, or erases, somebody else.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Final

from server.domain.phone_numbers import e164
from server.errors import RefusalCode, Refused

#: Characters. Networks' own ids have some dozens; a mail address has at most
#: 254 (RFC 5321).
LONGEST: Final = 256


class Address(StrEnum):
    """What a person is found by.

    PLATFORM is the network's own id of them on one channel, CONTACT the
    account's, in its books.
    """

    PLATFORM = "platform"
    PHONE = "phone"
    EMAIL = "email"
    CONTACT = "contact"


def normalised(
    kind: Address, text: str, *, region: str | None = None, path: str = "$"
) -> str:
    """``text`` as it is looked up; normalising it again changes nothing.

    Args:
        kind: What it is.
        text: As it was given.
        region: Where phone numbers without their country are from (ISO 3166).
        path: Where it stood, for the refusal.

    Raises:
        Refused: ``MALFORMED``; it is none of that kind.
    """
    match kind:
        case Address.PHONE:
            found = e164(text.strip(), region=region)
        case Address.EMAIL:
            found = _mailbox(text)
        case _:
            # To a network or somebody's books "A1" and "a1" may be two.
            found = text if _is_plain(text) else None
    if found is None:
        raise Refused(RefusalCode.MALFORMED, path=path)
    return found


def _mailbox(text: str) -> str | None:
    """In small letters, also before the @: nobody tells people by them.

    What stands behind a plus stays. Some servers ignore it, but on others it
    is a mailbox of its own.
    """
    text = text.strip()
    if not _is_plain(text):
        return None
    folded = unicodedata.normalize(
        "NFC", unicodedata.normalize("NFD", text).casefold()
    )
    name, at, domain = folded.rpartition("@")
    is_one = name and at and domain and " " not in folded
    return folded if is_one and _is_plain(folded) else None


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= LONGEST and text.isprintable()
