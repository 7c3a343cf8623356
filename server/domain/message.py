"""A message, and what text must be like to become one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from server.errors import RefusalCode, Refused
from server.ids import ConversationId

#: Characters in a message. Four times the longest SMS chain, and 16 KB at
#: the very worst: a history frame still holds three of them.
MOST_CHARACTERS = 4_000


class Author(StrEnum):
    """Who said it."""

    CUSTOMER = "customer"
    AGENT = "agent"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said: words, and what may go with them.

    All of it is the speaker's, so none of it shows in ``repr``.

    Attributes:
        text: The words, normalised by ``clean``; may be empty beside ``rich``.
        rich: A menu, cards, a link or an attachment, as ``protocol.rich``
            checked it: plain maps, lists, text and numbers.
        answers: The number of the menu that this chooses from.
        postback: What the chosen item stands for.
        is_note: Whether it is for agents only.
    """

    text: str = field(repr=False)
    rich: Mapping[str, Any] | None = field(default=None, repr=False)
    answers: int | None = None
    postback: str | None = field(default=None, repr=False)
    is_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as accepted: numbered, timed, and from then on unchangeable.

    Attributes:
        conversation: Where it was said.
        number: 1 for the first message of the conversation, then 2, 3, ...
            without gaps; peers resume by number.
        author: Who said it.
        name: The agent's or application's display name; None for the
            customer.
        client_id: The sender's own id of it; a repeat finds its message.
        said_at: Unix seconds on the server's clock, not the sender's.
        text: What was said, normalised by ``clean``; kept out of ``repr`` so
            that no log line or traceback can contain it.
        rich: What goes with the words; see ``Said``, as for the rest.
        is_unkept: Whether its words are in memory only: on the disk there is
            that something was said, and nothing of what.
    """

    conversation: ConversationId
    number: int
    author: Author
    client_id: str
    said_at: float
    text: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    rich: Mapping[str, Any] | None = field(default=None, repr=False)
    answers: int | None = None
    postback: str | None = field(default=None, repr=False)
    is_note: bool = False
    is_unkept: bool = False


def clean(text: str, *, may_be_empty: bool = False) -> str:
    """``text`` as it is stored: NFC, no control characters, trimmed.

    Line feeds and tabs stay. Other control characters go, among them those
    that make a terminal or a log viewer do things; bidirectional marks stay,
    for Arabic and Hebrew need them, and the pages isolate each message.

    Args:
        text: What was typed.
        may_be_empty: Whether something else is said beside it.

    Raises:
        Refused: ``TEXT_EMPTY`` if nothing visible is left, ``TEXT_TOO_LONG``
            if it is longer than ``MOST_CHARACTERS``.
    """
    # Most messages are plain: two scans in C instead of a loop over them.
    if not (text.isascii() and text.isprintable()):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        # Normalised last: taking a character out can bring two together
        # that have a composed form.
        text = unicodedata.normalize("NFC", "".join(filter(_may_stay, text)))
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        raise Refused(RefusalCode.TEXT_TOO_LONG, path="$.text")
    if not may_be_empty and not any(map(_is_visible, text)):
        raise Refused(RefusalCode.TEXT_EMPTY, path="$.text")
    return text


def _may_stay(character: str) -> bool:
    # Cc: control characters. Cs: halves of a pair, which UTF-8 cannot carry.
    return character in "\n\t" or unicodedata.category(character) not in {
        "Cc",
        "Cs",
    }


#: Letters and signs by category that show nothing all the same.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def _is_visible(character: str) -> bool:
    # Zs, Zl, Zp: spaces. Cc, Cf: joiners and marks without a picture.
    category = unicodedata.category(character)
    return (
        category[0] != "Z"
        and category not in {"Cc", "Cf"}
        and character not in _BLANK
    )
