"""Payment cards in folded text.

A card number is 13 to 19 digits, begins like one and has the right check
digit (Luhn). One in ten numbers has that by chance, so its groups must also
look as if they belonged together: a price list is not a card.

Rules of this file
    1. What is found is whole groups: no part of a longer number.
    2. Groups are one number if they stand alone, are grouped as cards print
       them, or are all divided alike; those of one or two digits only if
       they are all there is.
    3. Each group is looked at a fixed number of times, whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from server.domain.card_networks import lengths_of
from server.domain.folding import Span
from server.domain.luhn import luhn_sums

SHORTEST: Final = 13
#: What may stand between two groups, up to three of them.
DIVIDERS: Final = r"[ \t\n.,:;/|_*'~-]"

_RUN = re.compile(rf"[0-9]+(?:{DIVIDERS}{{1,3}}[0-9]+)*")
_GROUP = re.compile("[0-9]+")

#: As cards are embossed, or printed by careful people.
_PRINTED = frozenset(
    {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 3, 3, 3)}
)
_MOST_PRINTED = 5
#: Groups of so many digits are parts of a number even in a longer row.
_WIDE = 3


def cards_in(text: str) -> Iterator[Span]:
    """Where the card numbers of ``text`` stand, in order."""
    for run in _RUN.finditer(text):
        if run.end() - run.start() >= SHORTEST:
            yield from _Row(text, run.span()).cards()


class _Row:
    """Groups of digits with nothing but dividers between them."""

    def __init__(self, text: str, span: Span) -> None:
        self.groups = [one.span() for one in _GROUP.finditer(text, *span)]
        self.digits = "".join(text[start:end] for start, end in self.groups)
        self.gaps = [
            text[one[1] : two[0]]
            for one, two in zip(self.groups, self.groups[1:], strict=False)
        ]
        self.is_dialled = text[max(span[0] - 1, 0) : span[0]] == "+"
        self.sizes = [end - start for start, end in self.groups]
        #: At which digit each group begins, and behind the last one.
        self.begins = list(accumulate(self.sizes, initial=0))
        self.group_at = {digit: i for i, digit in enumerate(self.begins)}
        self.sums: tuple[list[int], list[int]] | None = None
        self.alike_to = self._alike()
        self.narrow = list(
            accumulate((size < _WIDE for size in self.sizes), initial=0)
        )

    def _alike(self) -> list[int]:
        """For each group, the last one reached by dividers like its own."""
        last = len(self.groups) - 1
        reached = [last] * (last + 1)
        for i in range(last - 2, -1, -1):
            is_same = self.gaps[i] == self.gaps[i + 1]
            reached[i] = reached[i + 1] if is_same else i + 1
        return reached

    def cards(self) -> Iterator[Span]:
        i = 0
        while i < len(self.groups):
            behind = self._card_from(i)
            if behind:
                yield self.groups[i][0], self.groups[behind - 1][1]
            i = behind or i + 1

    def _card_from(self, i: int) -> int:
        """The group behind the card that begins with group ``i``, or 0."""
        begin = self.begins[i]
        for length in lengths_of(self.digits[begin : begin + 4]):
            behind = self.group_at.get(begin + length, 0)
            if (
                behind
                and not (length == SHORTEST and i == 0 and self.is_dialled)
                and self._belong_together(i, behind)
                and self._luhn(begin, begin + length)
            ):
                return behind
        return 0

    def _belong_together(self, i: int, behind: int) -> bool:
        if behind - i == 1:
            return True
        if (
            behind - i <= _MOST_PRINTED
            and tuple(self.sizes[i:behind]) in _PRINTED
        ):
            return True
        if self.alike_to[i] < behind - 1:
            return False
        if self.narrow[behind - 1] == self.narrow[i]:
            return True  # the last group may be as narrow as it likes
        return self.alike_to[i] == behind - 1 and (
            i == 0 or self.gaps[i - 1] != self.gaps[i]
        )

    def _luhn(self, begin: int, end: int) -> bool:
        self.sums = self.sums or luhn_sums(self.digits)  # most need none
        sums = self.sums[end % 2]
        return (sums[end] - sums[begin]) % 10 == 0
