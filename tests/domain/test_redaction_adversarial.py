"""Nothing stalls, and nothing slips through by being too much."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.redaction import BUSY, HOSTILE, filled, with_own
from server.domain import national_numbers, phones
from server.domain.message import MOST_CHARACTERS, Author
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Kind
from server.errors import Misconfigured
from tests.domain.rules import every_kind, own, rule

REDACTION = every_kind()


@pytest.mark.parametrize("piece", BUSY)
def test_the_longest_texts_come_back_clean(piece: str) -> None:
    """Those made to keep a rule busy, too."""
    text = (piece * MOST_CHARACTERS)[:MOST_CHARACTERS]

    left = REDACTION.redact(text, Author.CUSTOMER)

    assert REDACTION.redact(left.text, Author.CUSTOMER).counts == {}


@given(
    st.lists(st.sampled_from([*BUSY, "x", "\n", "[hidden]"]), max_size=4),
    st.integers(1, 60),
)
@settings(max_examples=60, deadline=None)
def test_their_mixtures_come_back_clean(pieces: list[str], times: int) -> None:
    """In any order, any number of times."""
    left = REDACTION.redact("".join(pieces) * times, Author.CUSTOMER)

    assert REDACTION.redact(left.text, Author.CUSTOMER).counts == {}


def test_beyond_the_budget_what_looks_like_a_number_counts_as_one() -> None:
    """So that a crowd of wrong numbers does not hide a right one."""
    wrong = "000-12-3456 "
    most = national_numbers.MOST_CHECKED
    text = wrong * (most + 3)

    assert len(list(national_numbers.national_numbers_in(wrong * most))) == 0
    assert len(list(national_numbers.national_numbers_in(text))) == 3


def test_beyond_the_budget_what_looks_like_a_phone_counts_as_one() -> None:
    """The same for phones."""
    text = "+99912345678x " * (phones.MOST_CHECKED + 2)

    assert len(list(phones.Phones()(text))) == 2


def test_a_pattern_that_hits_everywhere_is_bounded() -> None:
    """From the last one counted on all is hidden."""
    left = Redaction([own("a", replacement="-")]).redact(
        "ab" * 2_000, Author.CUSTOMER
    )

    assert left.text == "-b" * 500 + "-"
    assert left.counts == {"pattern": 501}


def test_a_hundred_rules_are_one_look() -> None:
    """Only those that hit are searched for."""
    redaction = Redaction(
        own(f"case{number}-[0-9]+", id=f"r{number}", replacement="-")
        for number in range(100)
    )

    left = redaction.redact("case7-1 and case99-2", Author.CUSTOMER)

    assert left.text == "- and -"
    assert left.counts == {"r7": 1, "r99": 1}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_rules_hide_rather_than_stall(name: str) -> None:
    """As many as there may be; what is too much to look for is hidden whole."""
    patterns, piece = HOSTILE[name]
    rules = with_own(patterns)

    left = rules.redact(filled(piece), Author.CUSTOMER)

    assert rules.redact(left.text, Author.CUSTOMER).counts == {}


def test_what_is_too_much_to_look_for_is_hidden_and_counted() -> None:
    """A rule is named, so that its owner may notice."""
    rules = Redaction([own("ab.*x|ab", replacement="-")])

    assert rules.redact("ab" * 2_000, Author.CUSTOMER).text == ""
    assert rules.redact("ab" * 2_000, Author.CUSTOMER).counts == {"pattern": 1}
    assert rules.redact("ab" * 20, Author.CUSTOMER).text == "-" * 20


def test_rules_that_would_take_too_long_are_refused_by_name() -> None:
    """Too large together, or looking for the same again and again."""
    with pytest.raises(Misconfigured, match="rule big: the patterns that"):
        Redaction(
            [own("[a-z]{60}", id="small"), own("[a-z]{120}", id="big")],
        )
    with pytest.raises(Misconfigured, match="rule b: too many rules of the"):
        Redaction([rule(id="a"), rule(id="b")])
    regions = ("DE", "FR", "GB", "IT")
    phones = [rule(Kind.PHONES, id=one, region=one) for one in regions]
    Redaction(phones[:3])
    with pytest.raises(Misconfigured, match="kind phones"):
        Redaction(phones)


def test_an_account_has_so_many_rules_and_no_more() -> None:
    """Two hundred, disabled ones included."""
    rules = [own(f"case{n}-", id=f"r{n}", enabled=n < 1) for n in range(201)]
    Redaction(rules[:200])

    with pytest.raises(Misconfigured, match="at most 200 rules"):
        Redaction(rules)


def test_a_rule_for_each_author_is_no_rule_too_many() -> None:
    """What counts is how many look through the same words."""
    Redaction(
        rule(id=author.value, roles=frozenset({author})) for author in Author
    )
