"""Restriction: what may not be done with somebody's data, as a matrix.

The four flags of the privacy guide, each turned into rules that the path of a
message asks at the places where it would do the thing. docs/privacy.md prints
``MATRIX``; a test walks it through a running server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Restriction(StrEnum):
    """What somebody does not want, or may not be done."""

    DO_NOT_PROCESS = "do_not_process"
    DO_NOT_PROFILE = "do_not_profile"
    DO_NOT_LOCATE = "do_not_locate"
    DO_NOT_STORE = "do_not_store"


class Use(StrEnum):
    """One thing the server does with what it learns."""

    CONTEXT = "context"  # device, page, language, time zone, tags
    PLACE = "place"  # address and the place looked up from it
    COOKIES = "cookies"
    PRIVATE_DATA = "private data"
    APPLICATION = "application"  # handing anything to applications
    STORED_WORDS = "stored words"  # text and files on the disk
    BUSINESS_MESSAGE = "business message"  # what the business begins
    AGENT_ANSWER = "agent answer"  # being answered by people


#: What each restriction forbids. Being answered is forbidden by none: whoever
#: writes wants an answer, and giving it is why the data were given.
MATRIX: Mapping[Restriction, frozenset[Use]] = {
    Restriction.DO_NOT_PROCESS: frozenset(
        {
            Use.CONTEXT,
            Use.PLACE,
            Use.COOKIES,
            Use.PRIVATE_DATA,
            Use.APPLICATION,
            Use.BUSINESS_MESSAGE,
        }
    ),
    Restriction.DO_NOT_PROFILE: frozenset(
        {Use.CONTEXT, Use.PLACE, Use.COOKIES, Use.PRIVATE_DATA}
    ),
    Restriction.DO_NOT_LOCATE: frozenset({Use.PLACE}),
    Restriction.DO_NOT_STORE: frozenset({Use.STORED_WORDS}),
}


#: As they are kept in ``customer.flags``. A bit is never given another
#: meaning, so they are not numbered by their order.
_BITS: Mapping[Restriction, int] = {
    Restriction.DO_NOT_PROCESS: 1,
    Restriction.DO_NOT_PROFILE: 2,
    Restriction.DO_NOT_LOCATE: 4,
    Restriction.DO_NOT_STORE: 8,
}


def flags_of(restrictions: Iterable[Restriction]) -> int:
    """``restrictions`` as one number; 0 for none."""
    return sum(_BITS[one] for one in frozenset(restrictions))


def restrictions_of(flags: int) -> frozenset[Restriction]:
    """The restrictions in ``flags``; bits that nobody knows are left out."""
    return frozenset(one for one, bit in _BITS.items() if flags & bit)


def allows(restrictions: Iterable[Restriction], use: Use) -> bool:
    """Whether ``use`` is allowed under all of ``restrictions``."""
    return not any(use in MATRIX[one] for one in restrictions)
