"""Trying an account's rules, with one among them that is not kept yet."""

from __future__ import annotations

from server.domain.message import Author
from server.domain.permission import Principal
from server.domain.redaction_rules import Rule
from server.domain.resource import ResourceKind
from server.errors import Invalid, InvalidCode, Misconfigured
from server.ids import AccountId
from server.protocol.forms import RuleForm
from server.services.directory import Directory
from server.services.dry_run import DryReport, DryRun
from server.services.trying_rules import Fault, Trial, try_rules


class RuleTrials:
    """Tries what would be in force.

    Args:
        directory: The rules that are kept.
        dry_run: Counts in what is being said.
    """

    def __init__(self, directory: Directory, dry_run: DryRun) -> None:
        self._directory = directory
        self._dry_run = dry_run

    def on_text(
        self,
        account: AccountId,
        text: str,
        author: Author,
        *,
        rule: RuleForm | None = None,
    ) -> Trial:
        """What would be hidden in ``text``, were it by ``author``.

        Args:
            account: Whose rules.
            text: Nothing of it is kept.
            author: Whose words it is taken for.
            rule: In place of the one of its id, or beside them all.

        Raises:
            Refused: The text is too long.
        """
        try:
            rules = self._with(account, rule)
        except Misconfigured as fault:
            return Trial(text, faults=(Fault(_name(rule), str(fault)),))
        return try_rules(rules, text, author)

    async def on_what_is_said(
        self,
        principal: Principal,
        account: AccountId,
        *,
        rule: RuleForm | None = None,
    ) -> DryReport:
        """How much would be hidden in the account's conversations.

        Args:
            principal: Who wants to know; it stands in the audit log.
            account: Whose.
            rule: As ``on_text``.

        Raises:
            Invalid: The rules cannot be put in force; says why.
            Refused: ``TOO_FAST``: another one is under way.
            Unavailable: The store cannot be read.
        """
        try:
            rules = self._with(account, rule)
            return await self._dry_run.dry_run(account, rules, by=principal)
        except Misconfigured as fault:
            # Its text is for whoever wrote the rule, and quotes none of it.
            raise Invalid(
                "$.rule", InvalidCode.NOT_ALLOWED, str(fault)
            ) from None

    def _with(self, account: AccountId, rule: RuleForm | None) -> list[Rule]:
        kept = self._directory.forms(ResourceKind.RULE, account)
        forms = [
            one
            for one in kept
            if isinstance(one, RuleForm) and one.id != _name(rule)
        ]
        if rule is not None:
            forms.append(rule)
        return [one.as_rule() for one in forms]


def _name(rule: RuleForm | None) -> str | None:
    return None if rule is None else rule.id
