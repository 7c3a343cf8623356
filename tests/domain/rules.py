"""Rules to test with."""

from __future__ import annotations

from typing import Any

from server.domain.message import Author
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Kind, Rule

CARD = "4111 1111 1111 1111"
IBAN = "DE89 3704 0044 0532 0130 00"
BUILT_IN = [kind for kind in Kind if kind is not Kind.PATTERN]


def rule(kind: Kind = Kind.CARDS, **settings: Any) -> Rule:
    """A rule named after its kind, unless ``settings`` say otherwise."""
    named = {"id": kind.value, "name": kind.value, "kind": kind}
    return Rule(**(named | settings))


def own(pattern: str, **settings: Any) -> Rule:
    """A rule with a pattern of one's own."""
    return rule(Kind.PATTERN, pattern=pattern, **settings)


def every_kind(**settings: Any) -> Redaction:
    """Each built-in rule, with ``settings``."""
    return Redaction(
        rule(
            kind,
            priority=place,
            region="DE" if kind is Kind.PHONES else None,
            **settings,
        )
        for place, kind in enumerate(BUILT_IN)
    )


def hidden(text: str, *rules: Rule) -> str:
    """What is left of a customer's ``text``."""
    return Redaction(rules).redact(text, Author.CUSTOMER).text
