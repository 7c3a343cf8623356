"""The one place where sensitive text is hidden.

What people and programs say passes here before it is numbered, stored, handed
over or shown. So do the names of their files, what the page tells of itself,
what the account's back-end tells of a customer and what an application tells
the page. The account's rules decide; the log is told how much was hidden, never
what.

Names are not hidden, for they are what programs know things by: ids, keys,
names of tags, cookies and events, and what an item of a menu stands for.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from server.domain.attachment import clean_name
from server.domain.carry import NOTHING_CARRIED, Carry
from server.domain.message import MOST_CHARACTERS, Author, Said
from server.domain.redaction import Redaction
from server.ids import AccountId
from server.live.sessions import Session
from server.services.house import House

log = logging.getLogger(__name__)

#: What is said if nothing else is left of it.
NOTHING_LEFT: Final = "[hidden]"
#: Members of rich parts that are names, not words: to change one would break
#: what it names.
_NAMES: Final = frozenset(
    {"kind", "id", "media_type", "payload", "picture", "url"}
)


def hide(house: House, session: Session, said: Said, *, author: Author) -> Said:
    """``said`` as it may be kept; the end of it is remembered for the next."""
    redaction = house.redactions.get(session.conversation.account)
    if redaction is None:
        return said
    before = session.carries.get(author, NOTHING_CARRIED)
    left, counts, carry = without(redaction, said, author, before=before)
    if carry is not before:
        session.carries[author] = carry
    _note(house, counts, conversation=session.id)
    return left


def without(
    redaction: Redaction, said: Said, author: Author, *, before: Carry
) -> tuple[Said, Mapping[str, int], Carry]:
    """``said`` without what ``redaction`` hides in the words of ``author``.

    Args:
        redaction: The rules.
        said: What is said.
        author: By whom.
        before: How the author's last message ended.

    Returns:
        What is left; how much was hidden, by rule; how this one ends.
    """
    left, carry = redaction.redact_after(said.text, author, before)
    if said.rich is None and said.postback is None and not left.counts:
        return said, left.counts, carry
    more = _Counting(redaction, author, left.counts)
    rich = None if said.rich is None else more.words(said.rich)
    postback = None if said.postback is None else more.text(said.postback)
    text = left.text[:MOST_CHARACTERS]
    if left.counts and not text.strip() and rich is None and postback is None:
        text = NOTHING_LEFT
    kept = replace(said, text=text, rich=rich, postback=postback)
    return kept, more.counts, carry


def hide_in_name(
    house: House, session: Session, *, name: str, author: Author
) -> str:
    """The name of a file as it may be kept."""
    return clean_name(hider(house, session, author)(clean_name(name)))


def hider(
    house: House, session: Session, author: Author
) -> Callable[[str], str]:
    """What hides in short texts that are not messages."""
    redaction = house.redactions.get(session.conversation.account)
    if redaction is None:
        return str

    def hidden(text: str) -> str:
        left = redaction.redact(text, author)
        _note(house, left.counts, conversation=session.id)
        return left.text

    return hidden


def hide_values(
    house: House,
    account: AccountId,
    values: Mapping[str, Any],
    *,
    author: Author,
) -> Mapping[str, Any]:
    """``values`` as they may be kept: every text in them, however deep.

    Keys, numbers and the rest stay as they are. It is for the caller to have
    seen that ``values`` is not too deep, and that what comes out, in which
    what was put in may be longer than what was taken out, is not too large.
    """
    redaction = house.redactions.get(account)
    if redaction is None:
        return values
    hiding = _Counting(redaction, author, {})
    left = hiding.words(values, names=frozenset())
    _note(house, hiding.counts)
    return left


class _Counting:
    """Hides, and counts over several texts."""

    def __init__(
        self, redaction: Redaction, author: Author, counts: Mapping[str, int]
    ) -> None:
        self._redaction = redaction
        self._author = author
        self.counts = Counter(counts)

    def text(self, text: str) -> str:
        left = self._redaction.redact(text, self._author)
        self.counts.update(left.counts)
        return left.text

    def words(
        self, values: Mapping[str, Any], *, names: frozenset[str] = _NAMES
    ) -> dict[str, Any]:
        return {
            name: value if name in names else self._any(value, names)
            for name, value in values.items()
        }

    def _any(self, value: Any, names: frozenset[str]) -> Any:
        match value:
            case str():
                return self.text(value)
            case list() | tuple():
                return [self._any(one, names) for one in value]
            case dict():
                return self.words(value, names=names)
            case _:
                return value


def _note(
    house: House, counts: Mapping[str, int], *, conversation: str | None = None
) -> None:
    if counts:
        for rule, count in counts.items():
            house.metrics.redactions[rule].add(count)
        extra: dict[str, Any] = {"count": sum(counts.values())}
        if conversation is not None:
            extra["conversation"] = conversation
        log.info("redacted", extra=extra)
