"""Some rules for one author's words, applied together.

Rules of this file
    1. What comes out holds nothing that a rule of its author finds; so doing
       it twice is doing it once.
    2. Rules look in the order of their priority, and what one has found no
       later one looks at. What rules of one priority find may overlap: it
       is hidden as one, as the rule says that found the longest, then the
       earliest, then by id.
    3. A text in which there is always something new to find, or in which own
       patterns find so much that to look for all of it would take too long, is
       hidden as a whole. Only made-up texts are, with made-up patterns.
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
from server.domain.own_patterns import (
    Effort,
    OwnPatterns,
    TooLargeTogether,
    TooManySteps,
)
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
#: How many rules there may be of a kind, where more than one makes sense.
_MOST_ALIKE = {Kind.PHONES: 3}
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


def _check_kinds(rules: Iterable[Rule]) -> None:
    # Each looks through the whole text. To look for cards twice would find
    # nothing more; phones are looked for as written in one region.
    count: Counter[Kind] = Counter()
    for rule in rules:
        if rule.kind is not Kind.PATTERN:
            count[rule.kind] += 1
            if count[rule.kind] > _MOST_ALIKE.get(rule.kind, 1):
                raise Misconfigured(
                    f"rule {rule.id}: too many rules of the kind {rule.kind}"
                    " for the same author"
                )


class AppliedRules:
    """The rules for one author's words, those that are enabled.

    Raises:
        Misconfigured: A pattern is refused, too many rules look for the same,
            or what a rule puts in would be found again.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted(rules, key=lambda one: (one.priority, one.id))
        _check_kinds(self._rules)
        self._finders: list[tuple[int, Finder]] = []
        own: list[str] = []
        self._own_ranks: list[int] = []
        for rank, rule in enumerate(self._rules):
            if rule.pattern is not None:
                self._own_ranks.append(rank)
                own.append(rule.pattern)
            elif rule.kind is Kind.PHONES:
                self._finders.append((rank, Phones(rule.region)))
            else:
                self._finders.append((rank, _FINDERS[rule.kind]))
        try:
            self._own = OwnPatterns(own)
        except TooLargeTogether as fault:
            rule = self._rules[self._own_ranks[fault.index]]
            raise Misconfigured(f"rule {rule.id}: {fault}") from None
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
            if rule.action is Action.REPLACE and any(
                self._find(put_in, Effort())
            ):
                raise Misconfigured(
                    f"rule {rule.id}: its replacement would be found again"
                )

    def may_find(self, text: str) -> bool:
        """Whether it is worth looking through ``text``."""
        if self._may_find_built_in(text):
            return True
        if not self._own_ranks:
            return False
        # Folding plain text changes nothing, and costs half of this look.
        plain = text if text.isascii() else fold(text).text
        return self._own.may_be_in(plain)

    def _may_find_built_in(self, text: str) -> bool:
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
        return self._has_secrets and (
            ":" in probe or "=" in probe or "-----" in probe or "earer" in probe
        )

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
        effort = Effort()
        try:
            found = [*known, *self._find(text, effort)]
            for _ in range(_MOST_PASSES):
                if not found:
                    return Redacted(text, dict(counts) or NOTHING_HIDDEN)
                text = self._hidden(text, found, counts)
                found = list(self._find_again(text, effort))
        except TooManySteps:
            counts[self._rules[self._own_ranks[0]].id] += 1
            return Redacted("", dict(counts))
        return Redacted("" if found else text, dict(counts))

    def places(self, text: str) -> list[tuple[str, int, int]]:
        """What is hidden in ``text`` first of all: by which rule, and where.

        What comes to light only when that is gone is not among it.
        """
        try:
            found = list(self._find(text, Effort()))
        except TooManySteps:
            return [(self._rules[self._own_ranks[0]].id, 0, len(text))]
        return [
            (self._rules[best.rank].id, start, end)
            for start, end, best in (together(found) if found else ())
        ]

    def _find_again(self, text: str, effort: Effort) -> Iterator[Found]:
        # To ask first whether own patterns may be there would cost as much.
        is_worth = self._may_find_built_in(text)
        if is_worth or self._own_ranks:
            yield from self._find(text, effort, only_own=not is_worth)

    def _find(
        self, text: str, effort: Effort, *, only_own: bool = False
    ) -> Iterator[Found]:
        folded = fold(text)
        left = folded.text
        seen: list[Span] = []
        level = self._rules[0].priority
        finders = [] if only_own else self._finders
        if self._own_ranks:
            finders = sorted(
                [*finders, *self._worth_asking(left, effort)],
                key=itemgetter(0),
            )
        for rank, finder in finders:
            if self._rules[rank].priority != level:
                level = self._rules[rank].priority
                left = without(left, seen)
                seen.clear()
            for span in finder(left):
                found = self._found(text, folded.back(span), rank)
                if found is not None:
                    seen.append(span)
                    yield found

    def _worth_asking(
        self, text: str, effort: Effort
    ) -> Iterator[tuple[int, Finder]]:
        for one in self._own.worth_looking_for(text):
            yield self._own_ranks[one], partial(self._places, one, effort)

    def _places(self, index: int, effort: Effort, text: str) -> Iterator[Span]:
        return self._own.places(index, text, effort)

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
