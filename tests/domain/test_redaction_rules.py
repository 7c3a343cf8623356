"""A rule that cannot work is refused."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.redaction_rules import Kind, Rule
from server.errors import Misconfigured
from tests.domain.rules import own, rule

REFUSED: dict[str, dict[str, Any]] = {
    "needs a built-in kind or a pattern": {"pattern": "a"},
    "a pattern has at most": {"kind": Kind.PATTERN, "pattern": "a" * 1_001},
    "a replacement has at most": {"replacement": "x" * 101},
    "keep must be from 0 to 8": {"keep": 9},
    "region must be two letters": {"kind": Kind.PHONES, "region": "Germany"},
}


@pytest.mark.parametrize(("why", "settings"), REFUSED.items())
def test_a_rule_that_cannot_work_is_refused(
    why: str, settings: dict[str, Any]
) -> None:
    """With the reason."""
    with pytest.raises(Misconfigured, match=why):
        rule(**settings)


def test_a_pattern_is_not_shown() -> None:
    """It may be what it is there to hide."""
    assert "4711" not in repr(own("4711"))
    with pytest.raises(Misconfigured):
        Rule(id="a", name="a", kind=Kind.PATTERN)
