"""Operations that try redaction rules and change nothing.

A text to try them on is neither kept nor counted. How often a rule would hit
in what is being said tells something of it: so that is for those who may put
the rule in force, and stands in the audit log.
"""

from __future__ import annotations

from typing import Any

from server.domain.message import Author
from server.domain.permission import Scope
from server.gateway.api.operation import Call, Operation
from server.gateway.api.rules import KIND, TAG
from server.protocol.rules_tried import (
    DryRunTold,
    RuleDryRun,
    RuleFault,
    RuleHit,
    RuleReach,
    RuleTrial,
    TrialTold,
)
from server.services.dry_run import DryReport
from server.services.rule_trials import RuleTrials
from server.services.trying_rules import Trial


def operations(trials: RuleTrials) -> list[Operation]:
    """Both."""

    async def on_text(call: Call) -> object:
        asked: RuleTrial = call.body
        return _trial_told(
            trials.on_text(
                call.account, asked.text, Author(asked.author), rule=asked.rule
            )
        )

    async def on_what_is_said(call: Call) -> object:
        return _report_told(
            await trials.on_what_is_said(
                call.principal, call.account, rule=call.body.rule
            )
        )

    return [
        _operation(
            "try",
            "What the rules, and perhaps one more, hide in a text.",
            scope=Scope.RULES_READ,
            do=on_text,
            takes=RuleTrial,
            gives=TrialTold,
            # Nothing of the text stays here, nor does the answer.
            is_question=True,
        ),
        _operation(
            "dry-run",
            "How much they would hide in what is being said.",
            scope=Scope.RULES_WRITE,
            do=on_what_is_said,
            takes=RuleDryRun,
            gives=DryRunTold,
            problems=(429,),
        ),
    ]


def _operation(verb: str, summary: str, **more: Any) -> Operation:
    return Operation(
        method="POST",
        path=f"{KIND.all}/{verb}",
        name=f"{verb.replace('-', '_')}_redaction_rules",
        summary=summary,
        tag=TAG,
        **more,
    )


def _trial_told(trial: Trial) -> TrialTold:
    return TrialTold(
        text=trial.text,
        hits=tuple(
            RuleHit(rule=one.rule, count=one.count, spans=one.spans)
            for one in trial.hits
        ),
        faults=tuple(
            RuleFault(rule=one.rule, why=one.why) for one in trial.faults
        ),
    )


def _report_told(report: DryReport) -> DryRunTold:
    return DryRunTold(
        messages=report.messages,
        conversations=report.conversations,
        unreadable=report.unreadable,
        is_complete=report.is_complete,
        rules=tuple(
            RuleReach(
                rule=one.rule,
                messages=one.messages,
                conversations=one.conversations,
            )
            for one in report.rules
        ),
    )
