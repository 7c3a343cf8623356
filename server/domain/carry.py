"""The end of an author's last message, for a number split over two.

Somebody writes "4111 1111" and then "1111 1111". What the first message said
is said and cannot be taken back; but the second is hidden, and half a number
is none. Three quarters are remembered the same way.

Kept is only what may be the beginning of a number, and only in memory: the
value is handed in with a message and given back for the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from server.domain.cards import DIVIDERS
from server.domain.folding import Span
from server.domain.ibans import begins_iban

#: Characters kept: all but the end of the longest IBAN in groups of four.
LONGEST: Final = 40
#: Characters of the next message that are looked at.
_LOOKED_AT = 120
#: What may stand behind the first half and before the second.
_LOOSE = r"[\s.,:;/|_*'~()-]{0,5}"
_DIGITS_LAST = re.compile(rf"[0-9](?:{DIVIDERS}{{0,3}}[0-9])*(?={_LOOSE}\Z)")
_IBAN_LAST = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2} ?[0-9]{2}(?:[ .-]?[A-Za-z0-9])*"
    rf"(?={_LOOSE}\Z)"
)
_LOOSE_START = re.compile(_LOOSE)
#: Nothing but the next part, which in an IBAN may have letters.
_PART = re.compile(r"\s*(?=[^0-9]*[0-9])[A-Za-z0-9](?:[ .-]?[A-Za-z0-9])*\s*")

Finder = Callable[[str], Iterable[Span]]


@dataclass(frozen=True, slots=True)
class Carry:
    """What may be the beginning of a number.

    Attributes:
        tail: At most ``LONGEST`` characters, folded; mostly digits.
    """

    tail: str = field(default="", repr=False)


NOTHING_CARRIED: Final = Carry()


def carried(text: str, before: Carry) -> Carry:
    """What to remember of a message.

    Args:
        text: What is left of it after redaction, folded.
        before: What was remembered of the one before; a message that is
            nothing but the next part continues it.
    """
    if before.tail and len(text) <= LONGEST and _PART.fullmatch(text):
        return Carry(f"{before.tail} {text.strip()}"[-LONGEST:])
    last = text[-2 * LONGEST :]
    begun = next(_beginnings(last), None)
    if begun is None:
        return NOTHING_CARRIED
    start, end = begun
    tail = last[start:end]
    if before.tail and _LOOSE_START.fullmatch(
        text, 0, len(text) - len(last) + start
    ):
        tail = f"{before.tail} {tail}"
    return Carry(tail[-LONGEST:])


def _beginnings(last: str) -> Iterator[Span]:
    for one in _IBAN_LAST.finditer(last):
        if begins_iban(one[0]):
            yield one.span()
    for one in _DIGITS_LAST.finditer(last):
        yield one.span()


def completed(
    carry: Carry, text: str, finders: Iterable[Finder]
) -> Iterator[tuple[int, Span]]:
    """What of ``text`` ends a number that ``carry`` begins.

    Args:
        carry: The end of the message before.
        text: The message, folded.
        finders: What looks for numbers.

    Yields:
        The index of the finder, and where it stands in ``text``.
    """
    loose = _LOOSE_START.match(text)
    start = loose.end() if loose else 0
    head = text[start : start + _LOOKED_AT]
    for joint in ("", " "):
        behind = len(carry.tail) + len(joint)
        for index, finder in enumerate(finders):
            for found_from, found_to in finder(carry.tail + joint + head):
                if found_from < len(carry.tail) and found_to > behind:
                    yield index, (start, start + found_to - behind)
