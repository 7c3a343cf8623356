"""One phone number, whichever way it was written, in one spelling (E.164).

Stricter than looking for numbers in a text: what is found by it is a person,
so nothing is guessed.
"""

from __future__ import annotations

from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

#: Characters of a written number, brackets and gaps included.
LONGEST: Final = 64


def e164(text: str, *, region: str | None = None) -> str | None:
    """``text`` as a plus and digits; None if it is no full number.

    Args:
        text: With the country in front, or as people of ``region`` write it.
        region: The two letters of one (ISO 3166), if any.
    """
    # Letters would be dialled as digits, or be an extension: the number
    # without it reaches somebody else.
    if len(text) > LONGEST or any(sign.isalpha() for sign in text):
        return None
    once = _formatted(text, region)
    # Some odd ones lose another leading digit each time they are read.
    return once if once and _formatted(once, None) == once else None


def _formatted(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    # Possible, not valid: networks give out numbers faster than tables tell.
    # But whole: one without its area code is somebody else's in each town.
    possible = phonenumbers.is_possible_number_with_reason(number)
    if number.extension or possible != ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
