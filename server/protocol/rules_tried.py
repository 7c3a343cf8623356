"""What is asked and answered when redaction rules are tried."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server.protocol.api_answers import Told
from server.protocol.form import Form
from server.protocol.forms import RuleForm

#: As ``services.trying_rules`` has it; refused here before anything is done.
LONGEST_TRIED = 10_000

_AUTHOR = Annotated[str, Meta(pattern=r"^(customer|agent|application)\Z")]


class RuleTrial(Form, frozen=True, kw_only=True):
    """A text to try the rules on, and one rule that is not kept yet."""

    text: Annotated[str, Meta(max_length=LONGEST_TRIED)]
    author: _AUTHOR = "customer"
    rule: RuleForm | None = None


class RuleDryRun(Form, frozen=True, kw_only=True):
    """What rules are to be counted with: one that is not kept yet, or none."""

    rule: RuleForm | None = None


class RuleHit(Told, frozen=True, kw_only=True):
    """What one rule hides in the text; places are in characters."""

    rule: str
    count: int
    spans: tuple[tuple[int, int], ...]


class RuleFault(Told, frozen=True, kw_only=True):
    """Why the rules cannot be put in force."""

    rule: str | None
    why: str


class TrialTold(Told, frozen=True, kw_only=True):
    """What is left of the text, and what was hidden by which rule."""

    text: str
    hits: tuple[RuleHit, ...]
    faults: tuple[RuleFault, ...]


class RuleReach(Told, frozen=True, kw_only=True):
    """In how much one rule would hide something."""

    rule: str
    messages: int
    conversations: int


class DryRunTold(Told, frozen=True, kw_only=True):
    """What a dry run has counted; numbers, never contents."""

    messages: int
    conversations: int
    unreadable: int
    is_complete: bool
    rules: tuple[RuleReach, ...]
