"""Hiding what must not be kept, before anybody keeps or sees it.

Every text that somebody typed goes through ``Redaction`` once, on its way in.
What is hidden is counted by rule and is nowhere else afterwards. How rules
are applied together is in ``applied_rules``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from server.domain.applied_rules import NOTHING_HIDDEN, AppliedRules, Redacted
from server.domain.carry import NOTHING_CARRIED, Carry
from server.domain.message import Author
from server.domain.redaction_rules import Rule
from server.errors import Misconfigured

#: Rules of an account.
MOST_RULES: Final = 200


class Redaction:
    """An account's rules, ready for use.

    Args:
        rules: In any order; disabled ones may be among them.

    Raises:
        Misconfigured: There are too many, two have one id, a pattern is
            refused, or what a rule puts in would be found again.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda one: one.id))
        if len(self.rules) > MOST_RULES:
            raise Misconfigured(f"an account has at most {MOST_RULES} rules")
        ids = Counter(one.id for one in self.rules)
        for twice in sorted(one for one in ids if ids[one] > 1):
            raise Misconfigured(f"two rules are called {twice}")
        self._by_author: dict[Author, AppliedRules] = {}
        # Mostly all have the same: two hundred patterns take 20 ms to compile.
        made: dict[tuple[str, ...], AppliedRules] = {}
        for author in Author:
            applied = [
                one for one in self.rules if one.enabled and author in one.roles
            ]
            names = tuple(one.id for one in applied)
            if applied and names not in made:
                made[names] = AppliedRules(applied)
            if applied:
                self._by_author[author] = made[names]

    def redact(self, text: str, author: Author) -> Redacted:
        """``text`` as it may be kept."""
        rules = self._by_author.get(author)
        if rules is None or not rules.may_find(text):
            return Redacted(text, NOTHING_HIDDEN)
        return rules.hide(text, ())

    def places(self, text: str, author: Author) -> list[tuple[str, int, int]]:
        """What is hidden in ``text``: by which rule, from where to where.

        In the order in which it stands; what overlaps is one.
        """
        rules = self._by_author.get(author)
        return [] if rules is None else rules.places(text)

    def redact_after(
        self, text: str, author: Author, carry: Carry
    ) -> tuple[Redacted, Carry]:
        """As ``redact``, knowing how the author's last message ended.

        Returns:
            What is left of ``text``, and what to hand in with the author's
            next message.
        """
        rules = self._by_author.get(author)
        if rules is None or not rules.may_find(text):
            return Redacted(text, NOTHING_HIDDEN), NOTHING_CARRIED
        done = rules.hide(text, rules.completed(carry, text))
        return done, rules.carried(done.text, carry)
