"""Nothing stalls, and nothing slips through by being too much."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.redaction import BUSY
from server.domain import national_numbers, phones
from server.domain.message import MOST_CHARACTERS, Author
from server.domain.redaction import Redaction
from tests.domain.rules import every_kind, own

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
