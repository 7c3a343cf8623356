"""A number over several messages is hidden from the second on."""

from __future__ import annotations

import pytest

from server.domain.carry import LONGEST, NOTHING_CARRIED
from server.domain.message import Author
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Action, Kind
from tests.domain.rules import rule

REDACTION = Redaction([rule(), rule(Kind.IBAN)])


def said(*texts: str, redaction: Redaction = REDACTION) -> list[str]:
    """What is left of messages that follow each other."""
    left = []
    carry = NOTHING_CARRIED
    for text in texts:
        one, carry = redaction.redact_after(text, Author.CUSTOMER, carry)
        assert len(carry.tail) <= LONGEST
        left.append(one.text)
    return left


@pytest.mark.parametrize(
    ("texts", "last"),
    [
        (("4111 1111", "1111 1111"), "[hidden]"),
        (("it is 4111 11", "11 1111 1111 ok?"), "[hidden] ok?"),
        (("4111-1111-", "-1111-1111"), "-[hidden]"),
        (("41111111", "11111111"), "[hidden]"),
        (("4111", "1111", "1111", "1111"), "[hidden]"),
        (("4111 1111...", "... 1111 1111"), "... [hidden]"),
        (("\u0664\u0661\u0661\u0661 1111", "1111\u200b 1111"), "[hidden]"),
        (("DE89 3704 0044", "0532 0130 00 bitte"), "[hidden] bitte"),
        (("IBAN de89 3704", "0044 0532 0130 00"), "[hidden]"),
        (("GB29", "NWBK 6016", "1331 9268 19"), "[hidden]"),
        (("GB29 NWBK", "6016 1331 9268 19"), "[hidden]"),
    ],
)
def test_the_end_of_a_split_number_is_hidden(
    texts: tuple[str, ...], last: str
) -> None:
    """What was said before stays as it was."""
    assert said(*texts) == [*texts[:-1], last]


@pytest.mark.parametrize(
    "texts",
    [
        ("4111 1111", "wait", "1111 1111"),
        ("4111 1111 is the first half", "1111 1111"),
        ("4111 1111", "then comes 1111 1111"),
        ("order 41111111", "22222222"),
        ("at 10 o'clock", "11 or 12"),
        ("in 2026 NWBK", "6016"),
        ("GB29 NWBK", "no, I will call you"),
        ("4111", "ab" * LONGEST),
        ("", ""),
    ],
)
def test_what_does_not_follow_is_not_joined(texts: tuple[str, ...]) -> None:
    """Only the end of one message and the start of the next."""
    assert said(*texts) == list(texts)


def test_a_whole_number_after_a_part_is_a_whole_number() -> None:
    """What came before has nothing to do with it."""
    assert said("4111", "4111 1111 1111 1111") == ["4111", "[hidden]"]


def test_a_mask_shows_no_more_than_it_may() -> None:
    """Of the second half the last four, as of the whole."""
    masking = Redaction([rule(action=Action.MASK, keep=4)])

    assert said("4111 1111", "1111 1111", redaction=masking) == [
        "4111 1111",
        "•••• 1111",
    ]
    assert said("4111 1111 1111", "•1111", redaction=masking)[1] == "•1111"
    # All that is left of it is already as little as may be seen.
    assert said("411111111111", "1111", redaction=masking)[1] == "••••"


def test_a_hidden_number_begins_nothing() -> None:
    """What was found is not remembered."""
    left = said("4111 1111 1111 1111", "1111 1111 1111 1111")

    assert left[0] == "[hidden]"
    assert left[1] == "1111 1111 1111 1111"
