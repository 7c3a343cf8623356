"""What is hidden, in whose words, and what stands in its place instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from server.domain.message import Author
from server.domain.phones import knows_region
from server.errors import Misconfigured

#: Characters of a pattern, and of what replaces something.
LONGEST_PATTERN: Final = 1_000
LONGEST_REPLACEMENT: Final = 100
#: Characters that a mask may leave to be seen.
MOST_KEPT: Final = 8


class Kind(StrEnum):
    """What a rule looks for."""

    CARDS = "cards"
    IBAN = "iban"
    NATIONAL_NUMBERS = "national_numbers"
    PHONES = "phones"
    EMAIL = "email"
    SECRETS = "secrets"
    PATTERN = "pattern"


class Action(StrEnum):
    """What is done with it."""

    REMOVE = "remove"
    REPLACE = "replace"
    MASK = "mask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing to hide.

    Attributes:
        id: As the operator named it; what is counted is counted under it.
        name: As people call it.
        kind: What it looks for.
        pattern: What a ``PATTERN`` looks for, in the syntax of RE2.
        action: What is done with it.
        replacement: What stands there afterwards, for ``REPLACE``.
        keep: How many of the last characters ``MASK`` leaves.
        roles: In whose words.
        region: Where phone numbers without a country are from; None if only
            those with one are looked for.
        priority: Of two rules that find overlapping things the lower decides.
        enabled: Whether it is applied at all.
    """

    id: str
    name: str
    kind: Kind
    pattern: str | None = field(default=None, repr=False)
    action: Action = Action.REPLACE
    replacement: str = "[hidden]"
    keep: int = 0
    roles: frozenset[Author] = frozenset(Author)
    region: str | None = None
    priority: int = 100
    enabled: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            Misconfigured: Saying what is wrong, without the pattern.
        """
        if (self.kind is Kind.PATTERN) != bool(self.pattern):
            raise Misconfigured("a rule needs a built-in kind or a pattern")
        if len(self.pattern or "") > LONGEST_PATTERN:
            raise Misconfigured(
                f"a pattern has at most {LONGEST_PATTERN} characters"
            )
        if len(self.replacement) > LONGEST_REPLACEMENT:
            raise Misconfigured(
                f"a replacement has at most {LONGEST_REPLACEMENT} characters"
            )
        if not 0 <= self.keep <= MOST_KEPT:
            raise Misconfigured(f"keep must be from 0 to {MOST_KEPT}")
        if self.region is not None and not knows_region(self.region):
            raise Misconfigured("region must be two letters such as DE")
