"""International bank account numbers (ISO 13616) in folded text.

An IBAN is found by its country's length and the remainder of 97, written in
one piece or in groups; what follows it on the line may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from server.domain.cards import DIVIDERS
from server.domain.folding import Span

#: Characters of each country's IBAN, from the registry of ISO 13616.
LENGTHS: Final[dict[str, int]] = {
    code: length
    for length, codes in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for code in codes.split()
}
_HEAD = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=IBAN)|(?<=iban))([A-Za-z]{2})[ -]?[0-9]{2}"
)
#: What follows the head, by the length of the whole.
_REST = {
    length: re.compile(
        rf"(?:{DIVIDERS}{{0,3}}[A-Za-z0-9]){{{length - 4}}}(?![A-Za-z0-9])"
    )
    for length in set(LENGTHS.values())
}
_DIVIDER = re.compile(DIVIDERS)
#: A = 10, B = 11, ...; each digit stands for itself.
_VALUES = {
    **{ord(sign): str(int(sign, 36)) for sign in ascii_lowercase},
    **{ord(sign): str(int(sign, 36)) for sign in ascii_uppercase},
}


def ibans_in(text: str) -> Iterator[Span]:
    """Where the account numbers of ``text`` stand, in order."""
    at = 0
    while head := _HEAD.search(text, at):
        at = head.end()
        length = LENGTHS.get(head[1].upper())
        if length is None:
            continue
        rest = _REST[length].match(text, at)
        if rest and _remainder(head[0], rest[0]) == 1:
            at = rest.end()
            yield head.start(), at


def begins_iban(text: str) -> bool:
    """Whether ``text`` begins with a country and two digits."""
    head = _HEAD.match(text)
    return head is not None and head[1].upper() in LENGTHS


def _remainder(head: str, rest: str) -> int:
    written = _DIVIDER.sub("", rest + head).translate(_VALUES)
    return int(written) % 97
