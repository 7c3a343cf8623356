"""Text as it is searched: look-alikes made one, and the way back.

A number is the same number in full-width or Arabic digits, with a no-break
space or a middle dot between its groups, or with zero-width characters in it.
Folded are digits of every script, what NFKC folds, dashes, blanks, dots and
slashes; format characters fall away. Letters are left alone: a Cyrillic A is
no Latin A, for patterns may be in Cyrillic.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

Span = tuple[int, int]

#: One sign may become this many; a few become 18, which would let a short
#: message cost as much as a long one. Those stay as they are.
_LONGEST = 3
#: Signs whose folding is remembered: some 5 MB at the very worst.
_MOST_REMEMBERED = 32_768

_SPECIAL = (
    dict.fromkeys("\u02d7\u2043\u2212\u2796", "-")
    | dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " ")
    | dict.fromkeys("\u00b7\u0387\u2022\u2027\u2219\u22c5\u3002\u30fb", ".")
    | dict.fromkeys("\u2044\u2215\u29f8", "/")
    | dict.fromkeys("\u02d0\u2236\ua789", ":")
    # What makes an emoji of a digit, and a joiner that is not one of Cf.
    | dict.fromkeys((*map(chr, range(0xFE00, 0xFE10)), "\u034f"), "")
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Text made searchable.

    Attributes:
        text: What to search.
        origins: For each character of ``text``, where it came from; None if
            it stands where it stood.
    """

    text: str = field(repr=False)
    origins: Sequence[int] | None = field(default=None, repr=False)

    def back(self, span: Span) -> Span:
        """Where ``span`` of ``text``, not empty, stood in the original."""
        if self.origins is None:
            return span
        start, end = span
        return self.origins[start], self.origins[end - 1] + 1


class _Table(dict[str, str]):
    """What each sign becomes, found out when it is first met."""

    def __missing__(self, sign: str) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        folded = self[sign] = _folded(sign)
        return folded


def _folded(sign: str) -> str:
    if (special := _SPECIAL.get(sign)) is not None:
        return special
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category in {"Cf", "Me"}:
        return ""
    if category == "Pd":
        return "-"
    if category[0] == "Z":
        return " "
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) <= _LONGEST else sign


_TABLE = _Table()


def fold(text: str) -> Folded:
    """``text`` made searchable."""
    if text.isascii():
        return Folded(text)
    pieces = [_TABLE[sign] for sign in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and "" not in pieces:
        return Folded(folded)
    return Folded(
        folded, [place for place, piece in enumerate(pieces) for _ in piece]
    )
