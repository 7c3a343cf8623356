"""What stands in the place of what is hidden."""

from __future__ import annotations

import re
from typing import Final

from server.domain.folding import Span
from server.domain.redaction_rules import Action, Kind, Rule

#: Stands for each character that is masked.
MASK: Final = "\u2022"
#: A mask keeps the dividers of these to be seen.
NUMBERS: Final = frozenset(
    {Kind.CARDS, Kind.IBAN, Kind.NATIONAL_NUMBERS, Kind.PHONES}
)
_MASKED_BEFORE = re.compile(rf"{MASK}[\s.,:;/|_*'~-]{{0,3}}\Z")


def is_left_over(text: str, span: Span, rule: Rule) -> bool:
    """Whether ``span`` is what the mask of ``rule`` has left to be seen."""
    if rule.action is not Action.MASK:
        return False
    start, end = span
    shown = _shown(text[start:end], rule)
    return shown == 0 or (
        shown <= rule.keep
        and _MASKED_BEFORE.search(text, max(start - 4, 0), start) is not None
    )


def instead_of(text: str, rule: Rule) -> str:
    """What stands where ``text`` stood."""
    if rule.action is Action.MASK:
        return _masked(text, rule)
    return rule.replacement if rule.action is Action.REPLACE else ""


def _masked(text: str, rule: Rule) -> str:
    count = _shown(text, rule)
    # What is no longer than what may be seen is not seen at all.
    hidden = count - rule.keep if count > rule.keep else count
    pieces = []
    for sign in text:
        is_shown = _is_masked(sign, rule)
        pieces.append(MASK if is_shown and hidden > 0 else sign)
        hidden -= is_shown
    return "".join(pieces)


def _shown(text: str, rule: Rule) -> int:
    """How many characters of ``text`` a mask is about."""
    return sum(_is_masked(sign, rule) for sign in text)


def _is_masked(sign: str, rule: Rule) -> bool:
    if rule.kind in NUMBERS:
        return sign.isalnum()
    return sign != MASK and not sign.isspace()
