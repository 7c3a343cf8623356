"""The test box: what is hit where, and what is wrong with a rule."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.message import Author
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Action, Kind
from server.errors import Refused
from server.services.trying_rules import (
    LONGEST_TRIED,
    Fault,
    Hit,
    Trial,
    try_rules,
)
from tests.domain.rules import CARD, IBAN, own, rule


def test_it_says_what_is_hit_where_and_what_is_left() -> None:
    """Places are in what was typed; what finds nothing is not named."""
    rules = [rule(), rule(Kind.IBAN), own("ca[a-z]+", id="word", priority=9)]
    text = f"a card {CARD}, {IBAN} and {CARD}"

    trial = try_rules(rules, text, Author.CUSTOMER)

    assert trial.text == "a [hidden] [hidden], [hidden] and [hidden]"
    assert trial.faults == ()
    assert [(one.rule, one.count) for one in trial.hits] == [
        ("cards", 2),
        ("iban", 1),
        ("word", 1),
    ]
    assert [text[a:b] for a, b in trial.hits[0].spans] == [CARD, CARD]
    assert [text[a:b] for a, b in trial.hits[1].spans] == [IBAN]
    assert trial.hits[2].spans == ((2, 6),)
    assert "4111" not in repr(trial)


def test_what_comes_to_light_later_is_counted_and_stands_nowhere() -> None:
    """It was not in what was typed."""
    rules = [own("ab", action=Action.REMOVE)]

    trial = try_rules(rules, "aabb", Author.AGENT)

    assert trial == Trial("", hits=(Hit("pattern", 2, ((1, 3),)),))


def test_rules_that_do_not_apply_hide_nothing() -> None:
    """Neither for another author, nor while disabled."""
    rules = [rule(roles=frozenset({Author.AGENT})), rule(Kind.IBAN)]

    assert try_rules(rules, CARD, Author.CUSTOMER) == Trial(CARD)
    assert try_rules([rule(enabled=False)], CARD, Author.AGENT) == Trial(CARD)


def test_what_is_wrong_is_explained_and_nothing_is_tried() -> None:
    """Each pattern by its rule; what is wrong with all of them, without."""
    bad = [own("(?=a)", id="one"), rule(), own("a**", id="two")]

    trial = try_rules(bad, CARD, Author.CUSTOMER)

    assert trial.text == CARD
    assert trial.hits == ()
    assert [one.rule for one in trial.faults] == ["one", "two"]
    assert "looking ahead" in trial.faults[0].why
    assert try_rules([rule(), rule()], CARD, Author.CUSTOMER).faults == (
        Fault(None, "two rules are called cards"),
    )


def test_a_text_that_is_too_much_is_hit_as_a_whole() -> None:
    """So whoever tries it sees what would become of a message."""
    trial = try_rules([own("ab.*x|ab")], "ab" * 2_000, Author.CUSTOMER)

    assert trial == Trial("", hits=(Hit("pattern", 1, ((0, 4_000),)),))


def test_a_text_has_an_end() -> None:
    """Ten thousand characters, two messages and a half."""
    assert try_rules([rule()], "x" * LONGEST_TRIED, Author.AGENT).hits == ()
    with pytest.raises(Refused):
        try_rules([rule()], "x" * (LONGEST_TRIED + 1), Author.AGENT)


@given(st.text(alphabet="ab[hiden]1- ", max_size=40))
@settings(deadline=None)
def test_it_is_what_would_happen(text: str) -> None:
    """What is left is what redaction leaves; places are in order."""
    rules = [own("a+b", id="x", replacement="[hidden]"), own("1-?a", id="y")]

    trial = try_rules(rules, text, Author.AGENT)

    left = Redaction(rules).redact(text, Author.AGENT)
    assert trial.text == left.text
    assert {one.rule: one.count for one in trial.hits} == dict(left.counts)
    for one in trial.hits:
        assert len(one.spans) <= one.count
        assert all(0 <= start < end <= len(text) for start, end in one.spans)
        assert list(one.spans) == sorted(one.spans)
