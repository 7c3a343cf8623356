"""Some rules for one author's words, applied together.

Rules of this file
    1. What comes out holds nothing that a rule of its author finds; so doing
       it twice is doing it once.
    2. Rules look in the order of their priority, and what one has found no
       later one looks at. What rules of one priority find may overlap: it
       is hidden as one, as the rule says that found the longest, then the
       earliest, then by id.
    3. A text in which there is always something new to find, which only a
       made-up one with made-up patterns is, is hidden as a whole.
    4. Text in which nothing can be found costs a few looks, in C.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from server.domain.cards import cards_in
from server.domain.carry import NOTHING_CARRIED, Carry, carried, completed
from server.domain.findings import Found, together, without
from server.domain.folding import Span, fold
from server.domain.ibans import ibans_in
from server.domain.mail_addresses import mail_addresses_in
from server.domain.masking import NUMBERS, instead_of, is_left_over
from server.domain.national_numbers import national_numbers_in
from server.domain.own_patterns import OwnPatterns
from server.domain.phones import Phones
from server.domain.redaction_rules import Action, Kind, Rule
from server.domain.said_secrets import secrets_in
from server.errors import Misconfigured

Finder = Callable[[str], Iterable[Span]]

#: How often what is left is looked through again before rule 3 holds.
_MOST_PASSES: Final = 4
NOTHING_HIDDEN: Mapping[str, int] = MappingProxyType({})

_FINDERS: dict[Kind, Finder] = {
    Kind.CARDS: cards_in,
    Kind.IBAN: ibans_in,
    Kind.NATIONAL_NUMBERS: national_numbers_in,
    Kind.EMAIL: mail_addresses_in,
    Kind.SECRETS: secrets_in,
}
#: A number of these may be split over two messages.
_CARRIED = frozenset({Kind.CARDS, Kind.IBAN})
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Redacted:
    """What is left of a text.

    Attributes:
        text: The text, with nothing in it that a rule finds.
        counts: How many things were hidden, by the rule's id.
    """

    text: str = field(repr=False)
    counts: Mapping[str, int]


class AppliedRules:
    """The rules for one author's words, those that are enabled.

    Raises:
        Misconfigured: A pattern is refused, or what a rule puts in would be
            found again.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted(rules, key=lambda one: (one.priority, one.id))
        self._finders: list[tuple[int, Finder]] = []
        own: list[str] = []
        self._own_finders: list[tuple[int, Finder]] = []
        for rank, rule in enumerate(self._rules):
            if rule.pattern is not None:
                place = partial(self._places, len(own))
                self._own_finders.append((rank, place))
                own.append(rule.pattern)
            elif rule.kind is Kind.PHONES:
                self._finders.append((rank, Phones(rule.region)))
            else:
                self._finders.append((rank, _FINDERS[rule.kind]))
        self._own = OwnPatterns(own)
        self._carried = [
            (rank, finder)
            for rank, finder in self._finders
            if self._rules[rank].kind in _CARRIED
        ]
        kinds = {rule.kind for rule in self._rules}
        self._has_names = Kind.EMAIL in kinds
        self._has_secrets = Kind.SECRETS in kinds
        self._has_numbers = bool(kinds & (NUMBERS | {Kind.SECRETS}))
        self._check_replacements()

    def _check_replacements(self) -> None:
        for rule in self._rules:
            put_in = rule.replacement
            if rule.action is Action.REPLACE and any(self._find(put_in)):
                raise Misconfigured(
                    f"rule {rule.id}: its replacement would be found again"
                )

    def may_find(self, text: str) -> bool:
        """Whether it is worth looking for the built-in kinds in ``text``."""
        if text.isascii():
            # Thirteen looks for one character each are 0.2 us; an expression
            # for all of them is 3.
            if self._has_numbers and (
                "0" in text or "1" in text or "2" in text or "3" in text
                or "4" in text or "5" in text or "6" in text or "7" in text
                or "8" in text or "9" in text
            ):  # fmt: skip
                return True
            probe = text
        else:
            probe = unicodedata.normalize("NFKC", text)
            if self._has_numbers and _DIGIT.search(probe):
                return True
        if self._has_names and "@" in probe:
            return True
        if self._has_secrets and (
            ":" in probe or "=" in probe or "-----" in probe or "earer" in probe
        ):
            return True
        if not self._own_finders:
            return False
        # Folding plain text changes nothing, and costs half of this look.
        plain = text if text.isascii() else fold(text).text
        return bool(self._own.hit(plain))

    def completed(self, carry: Carry, text: str) -> Iterator[Found]:
        """What ends a number that the last message began."""
        if carry.tail and self._carried:
            folded = fold(text)
            finders = [finder for _, finder in self._carried]
            for index, span in completed(carry, folded.text, finders):
                found = self._found(
                    text, folded.back(span), self._carried[index][0]
                )
                if found is not None:
                    yield found

    def carried(self, text: str, before: Carry) -> Carry:
        """What the next message may end."""
        if not self._carried:
            return NOTHING_CARRIED
        return carried(fold(text).text, before)

    def hide(self, text: str, known: Iterable[Found]) -> Redacted:
        """``text`` without ``known`` and without all that is found."""
        counts: Counter[str] = Counter()
        found = [*known, *self._find(text)]
        for _ in range(_MOST_PASSES):
            if not found:
                return Redacted(text, dict(counts) or NOTHING_HIDDEN)
            text = self._hidden(text, found, counts)
            found = list(self._find(text)) if self.may_find(text) else []
        return Redacted("" if found else text, dict(counts))

    def _find(self, text: str) -> Iterator[Found]:
        folded = fold(text)
        left = folded.text
        seen: list[Span] = []
        level = self._rules[0].priority
        for rank, finder in self._worth_asking(left):
            if self._rules[rank].priority != level:
                level = self._rules[rank].priority
                left = without(left, seen)
                seen.clear()
            for span in finder(left):
                found = self._found(text, folded.back(span), rank)
                if found is not None:
                    seen.append(span)
                    yield found

    def _worth_asking(self, text: str) -> Iterator[tuple[int, Finder]]:
        if not self._own_finders:
            return iter(self._finders)
        hit = [self._own_finders[one] for one in self._own.hit(text)]
        return iter(sorted([*self._finders, *hit], key=itemgetter(0)))

    def _places(self, index: int, text: str) -> Iterator[Span]:
        return self._own.places(index, text)

    def _found(self, text: str, span: Span, rank: int) -> Found | None:
        rule = self._rules[rank]
        if is_left_over(text, span, rule):
            return None
        start, end = span
        return Found(
            start, end, rank, (rule.priority, start - end, start, rank)
        )

    def _hidden(
        self, text: str, found: Iterable[Found], counts: Counter[str]
    ) -> str:
        pieces: list[str] = []
        at = 0
        for start, end, best in together(found):
            rule = self._rules[best.rank]
            counts[rule.id] += 1
            pieces += (
                text[at:start],
                instead_of(text[best.start : best.end], rule),
            )
            at = end
        return "".join([*pieces, text[at:]])
