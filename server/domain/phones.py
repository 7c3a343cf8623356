"""Phone numbers in folded text; the one file that knows phonenumbers.

A number with its country in front (+49 ..., 0049 ...) is found anywhere.
Numbers as people write them at home are found only for a region that was
named: without it, a date or an order number looks the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import phonenumbers

from server.domain.folding import Span

#: Numbers parsed in one text, each about 20 us; what looks like another one
#: beyond them counts as one.
MOST_CHECKED: Final = 24
#: Digits with the country's code (E.164), and the fewest worth a look.
_MOST_DIGITS, _FEWEST_DIGITS = 15, 6
#: How many readings of a row of groups are tried from one group on: all that
#: fit, then without the last group, ...
_MOST_READINGS = 4
#: Nobody divides a number into more.
_MOST_GROUPS = 12

_MORE = "(?:[ ()./~-]{0,3}[0-9])*"
_ABROAD = re.compile(
    rf"(?:\+|(?<![0-9][ .-])00)(?<![\w+]\+)(?<![\w+]00) ?\(?[1-9]{_MORE}"
)
# What a number must not follow is looked for behind its first digit: so the
# search for that runs in C.
_AT_HOME = re.compile(
    rf"[0-9](?<![\w+].)(?<![0-9][.,:/-].){_MORE}(?![\w:])", re.DOTALL
)
_DATE = re.compile(
    r"[0-9](?<![0-9].)[0-9]?([./-])[0-9]{1,2}\1(?:19|20)?[0-9]{2}(?![0-9])"
    r"|[0-9]{4}(?<![0-9].{4})([./-])[0-9]{1,2}\2[0-9]{1,2}(?![0-9])",
    re.DOTALL,
)
_GROUP = re.compile("[0-9]+")
_WORD = re.compile(
    "phone|tel|call|mobile|cell|handy|fax|whatsapp|nummer|número|numéro",
    re.IGNORECASE,
)
#: Characters before a number in which such a word must stand.
_NEAR = 30


def knows_region(region: str) -> bool:
    """Whether ``region`` is the two letters of one (ISO 3166)."""
    return region in phonenumbers.SUPPORTED_REGIONS


class _Budget:
    """How many times something may still be done."""

    def __init__(self, most: int) -> None:
        self._left = most

    def is_spent(self) -> bool:
        """Count one more; True if it was one too many."""
        self._left -= 1
        return self._left < 0


class Phones:
    """Finds phone numbers.

    Args:
        region: Where numbers without their country are from; None if they
            are not looked for.
    """

    def __init__(self, region: str | None = None) -> None:
        self._region = region
        metadata = region and phonenumbers.PhoneMetadata.metadata_for_region(
            region
        )
        self._prefix = (metadata and metadata.national_prefix) or ""

    def __call__(self, text: str) -> Iterator[Span]:
        """Where the phone numbers of ``text`` stand."""
        budget = _Budget(MOST_CHECKED)
        if "+" in text or "00" in text:
            for row in _ABROAD.finditer(text):
                groups = _groups(text, row.span())
                for one in _readings(groups, 0):
                    if budget.is_spent() or _is_abroad(text[slice(*one)]):
                        yield one
                        break
        if self._region is not None:
            text = _DATE.sub(_blank, text)
            for row in _AT_HOME.finditer(text):
                yield from self._at_home(text, row.span(), budget)

    def _at_home(self, text: str, row: Span, budget: _Budget) -> Iterator[Span]:
        groups = _groups(text, row)
        behind = 0
        for first, (start, _) in enumerate(groups):
            if start < behind or not self._may_begin(text[start]):
                continue
            for one in _readings(groups, first):
                if self._looks_at_home(text, one) and (
                    budget.is_spent() or self._is_at_home(text[slice(*one)])
                ):
                    behind = one[1]
                    yield one
                    break

    def _may_begin(self, sign: str) -> bool:
        return self._prefix != "0" or sign == "0"

    def _looks_at_home(self, text: str, span: Span) -> bool:
        start, end = span
        written = text[start:end]
        return (
            self._prefix == "0"
            or not written.isdigit()
            or bool(_WORD.search(text, max(start - _NEAR, 0), start))
        )

    def _is_at_home(self, written: str) -> bool:
        return _parsed_as(written, self._region, phonenumbers.is_valid_number)


def _is_abroad(written: str) -> bool:
    if written.startswith("+"):
        return _parsed_as(written, None, phonenumbers.is_possible_number)
    # Without the plus it may be anything: it has to be one that is given out.
    return _parsed_as("+" + written[2:], None, phonenumbers.is_valid_number)


def _blank(found: re.Match[str]) -> str:
    return "x" * len(found[0])


def _groups(text: str, row: Span) -> list[Span]:
    """The groups of a row; the first with the plus that stands before it."""
    groups = [one.span() for one in _GROUP.finditer(text, *row)]
    groups[0] = row[0], groups[0][1]
    return groups


def _readings(groups: list[Span], first: int) -> Iterator[Span]:
    """What may be one number from a group on, the longest first."""
    start = groups[first][0]
    fit = []
    digits = 0
    for one, end in groups[first : first + _MOST_GROUPS]:
        digits += end - one
        if digits > _MOST_DIGITS + 2:  # a plus or two noughts are none of it
            break
        if digits >= _FEWEST_DIGITS:
            fit.append((start, end))
    yield from reversed(fit[-_MOST_READINGS:])


def _parsed_as(
    written: str,
    region: str | None,
    test: Callable[[phonenumbers.PhoneNumber], bool],
) -> bool:
    try:
        return test(phonenumbers.parse(written, region))
    except phonenumbers.NumberParseException:
        return False
