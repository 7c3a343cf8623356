"""The test box: what rules would hide in a text that somebody types in.

Nothing of it is kept, counted or logged: who tries a rule does so with the
very numbers that it is to hide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.domain.message import Author
from server.domain.own_patterns import check_pattern
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Rule
from server.errors import Misconfigured, RefusalCode, Refused

#: Characters of a text to try rules with.
LONGEST_TRIED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Hit:
    """What one rule hides.

    Attributes:
        rule: Its id.
        count: How many things, those among them that come to light only when
            others are gone.
        spans: Where they stand in the text as it was typed, in characters,
            the end not included. Fewer than ``count`` if some come to light
            only later; overlapping ones count for the rule that decides.
    """

    rule: str
    count: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why rules cannot be put in force.

    Attributes:
        rule: The id of the rule it is about; None if it is about several.
        why: In words, with at most the construct of a pattern that is wrong.
    """

    rule: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    Attributes:
        text: What is left of the text; the whole of it if there are faults.
        hits: What was hidden, in the order of rule ids.
        faults: What is wrong with the rules; then nothing was tried.
    """

    text: str = field(repr=False)
    hits: tuple[Hit, ...] = ()
    faults: tuple[Fault, ...] = ()


def try_rules(rules: Sequence[Rule], text: str, author: Author) -> Trial:
    """What ``rules`` would hide in ``text``, were it by ``author``.

    Args:
        rules: In any order. Those that are disabled, or not for the author,
            hide nothing here either.
        text: At most ``LONGEST_TRIED`` characters.
        author: Whose words it is taken for.

    Raises:
        Refused: ``TEXT_TOO_LONG``.
    """
    if len(text) > LONGEST_TRIED:
        raise Refused(RefusalCode.TEXT_TOO_LONG, path="$.text")
    faults = tuple(_faults_of(rules))
    if faults:
        return Trial(text, faults=faults)
    try:
        redaction = Redaction(rules)
    except Misconfigured as fault:
        return Trial(text, faults=(Fault(None, str(fault)),))
    left = redaction.redact(text, author)
    spans: dict[str, list[tuple[int, int]]] = {one: [] for one in left.counts}
    for rule, start, end in redaction.places(text, author):
        spans.setdefault(rule, []).append((start, end))
    return Trial(
        left.text,
        hits=tuple(
            Hit(rule, left.counts.get(rule, 0), tuple(places))
            for rule, places in sorted(spans.items())
        ),
    )


def _faults_of(rules: Sequence[Rule]) -> Iterator[Fault]:
    for rule in rules:
        if rule.pattern is not None:
            try:
                check_pattern(rule.pattern)
            except Misconfigured as fault:
                yield Fault(rule.id, str(fault))
