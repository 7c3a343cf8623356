"""What a rule finds is gone, the rest stays, and nobody can tell which."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.carry import NOTHING_CARRIED, Carry
from server.domain.message import Author
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Action, Kind
from server.errors import Misconfigured
from tests.domain.rules import CARD, IBAN, every_kind, hidden, own, rule

#: Pieces of which texts are made that may hold something.
PIECES = st.sampled_from(
    [
        CARD, "4111", "1111", "11", "41", IBAN, "DE89", "3704", "0044",
        "+49 170 1234567", "0170", "1234567", "536-90-4399", "44051401359",
        "maria@example.com", "@", ".com", "password", ": ", "hunter2", "[",
        "hidden", "]", " ", "-", ".", "\n", "\u200b", "\u2460", "\uff11",
        "\u2022", "4", "1", "0", "x", "bearer ", "-----BEGIN PRIVATE KEY-----",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)
EVERYTHING = {
    action: every_kind(action=action, keep=keep)
    for action, keep in [
        (Action.REMOVE, 0),
        (Action.REPLACE, 0),
        (Action.MASK, 4),
    ]
}


def test_what_is_found_is_replaced_and_counted() -> None:
    """Counts name rules; neither they nor repr say what was there."""
    redaction = Redaction([rule(), rule(Kind.IBAN)])

    left = redaction.redact(f"{CARD}, {CARD} and {IBAN}", Author.CUSTOMER)

    assert left.text == "[hidden], [hidden] and [hidden]"
    assert left.counts == {"cards": 2, "iban": 1}
    assert repr(left) == "Redacted(counts={'cards': 2, 'iban': 1})"


def test_clean_text_comes_out_as_it_is() -> None:
    """The same object, and nothing counted."""
    text = "Where is my jacket?"

    left = every_kind().redact(text, Author.CUSTOMER)

    assert left.text is text
    assert left.counts == {}


def test_what_a_mask_has_left_is_not_found_again() -> None:
    """The last four stay, though they alone would be found."""
    numbers = own("[0-9]+", action=Action.MASK, keep=4)

    assert hidden("order 12345678 of 99", numbers) == "order ••••5678 of ••"


def test_a_rule_removes_replaces_or_masks() -> None:
    """A mask keeps the dividers of a number, and the last n of its signs."""
    text = f"my card {CARD} ok"

    assert hidden(text, rule(action=Action.REMOVE)) == "my card  ok"
    assert hidden(text, rule(replacement="#")) == "my card # ok"
    assert (
        hidden(text, rule(action=Action.MASK, keep=4))
        == "my card •••• •••• •••• 1111 ok"
    )
    assert hidden("ab12 ab1", own("ab[0-9]+", action=Action.MASK, keep=3)) == (
        "•b12 •••"
    )


def test_a_rule_is_for_some_authors() -> None:
    """Whose words it does not concern pass, also if no rule is left."""
    redaction = Redaction(
        [rule(roles=frozenset({Author.AGENT})), rule(Kind.IBAN, enabled=False)]
    )

    assert redaction.redact(CARD, Author.CUSTOMER).text == CARD
    assert redaction.redact(CARD, Author.AGENT).text == "[hidden]"
    assert redaction.redact_after(CARD, Author.CUSTOMER, Carry("4")) == (
        redaction.redact(CARD, Author.CUSTOMER),
        NOTHING_CARRIED,
    )


@pytest.mark.parametrize(
    ("cards", "mail", "left"),
    [(1, 2, "CARD@example.com"), (2, 1, "MAIL"), (1, 1, "MAIL")],
)
def test_rules_look_by_priority(cards: int, mail: int, left: str) -> None:
    """What is found first is gone for the others; of equals the longest."""
    text = "4111111111111111@example.com"

    assert hidden(
        text,
        rule(replacement="CARD]", priority=cards),
        rule(Kind.EMAIL, replacement="MAIL", priority=mail),
    ) == left.replace("CARD", "CARD]")


def test_of_equals_the_longest_decides() -> None:
    """And all of what overlaps goes; in whatever order the rules are given."""
    rules = [
        own("bcd", id="a", replacement="1"),
        own("abcdef", id="b", replacement="2"),
        own("ef+", id="c", replacement="3"),
    ]

    assert hidden("xabcdefffx", *rules) == "x2x"
    assert hidden("xabcdefffx", *reversed(rules)) == "x2x"


def test_own_patterns_and_built_ins_go_by_one_order() -> None:
    """What a rule has found, no later one takes a part of."""
    text = f"{CARD} case-1234"

    assert hidden(
        text, own("[0-9]{4}", priority=1, replacement="#"), rule(priority=2)
    ) == ("# # # # case-#")
    assert hidden(
        text, own("[0-9]{4}", priority=2, replacement="#"), rule(priority=1)
    ) == ("[hidden] case-#")
    assert hidden("nothing", own("x")) == "nothing"
    assert hidden("na\u00efve\u2013x", own("-x")) == "na\u00efve[hidden]"


def test_what_removal_brings_together_is_hidden_too() -> None:
    """It is looked through again until nothing is found."""
    left = hidden("a a abab b c", own("ab| ", action=Action.REMOVE))

    assert left == "ac"


def test_a_text_that_never_comes_clean_is_hidden_whole() -> None:
    """Rather nothing than a rest that a rule would find."""
    nested = "a" * 20 + "b" * 20

    assert hidden(nested, own("ab", action=Action.REMOVE)) == ""


def test_what_rules_put_in_must_not_be_found_again() -> None:
    """It would be hidden once more by the next who looks."""
    with pytest.raises(Misconfigured, match="would be found again"):
        Redaction([own(r"\w+")])
    with pytest.raises(Misconfigured, match="two rules are called cards"):
        Redaction([rule(), rule(Kind.IBAN, id="cards")])


@pytest.mark.parametrize("action", Action)
@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_twice_is_once(action: Action, text: str) -> None:
    """What comes out holds nothing that would be found."""
    once = EVERYTHING[action].redact(text, Author.CUSTOMER)

    twice = EVERYTHING[action].redact(once.text, Author.CUSTOMER)

    assert twice.text == once.text
    assert twice.counts == {}
    assert (once.text == text) == (not once.counts)


@given(
    st.lists(st.sampled_from(["a", "ab", "b", "[", "•", " ", "aab"])).map(
        "".join
    ),
    st.sampled_from(["ab", "a+b", "(a|b)b", "a", "[ab]{2}", "a."]),
    st.sampled_from(Action),
)
@settings(deadline=None)
def test_twice_is_once_for_own_patterns(
    text: str, pattern: str, action: Action
) -> None:
    """Whatever the pattern is."""
    redaction = Redaction(
        [own(pattern, action=action, keep=1, replacement="[x]")]
    )

    once = redaction.redact(text, Author.AGENT)

    assert redaction.redact(once.text, Author.AGENT).text == once.text


DIVIDERS = st.sampled_from(
    ["", " ", "-", ".", "\u00a0", "\u2013", "\u00b7", "\u200b"]
)
DIGITS = st.sampled_from(
    [
        "0123456789",
        "".join(map(chr, range(0xFF10, 0xFF1A))),  # full width
        "".join(map(chr, range(0x0660, 0x066A))),  # Arabic
        "\u24ea" + "".join(map(chr, range(0x2460, 0x2469))),  # circled
    ]
)


@given(
    number=st.sampled_from(
        ["4111111111111111", "5555555555554444", "4012888888881881"]
    ),
    divider=DIVIDERS,
    digits=DIGITS,
    before=st.sampled_from(["", "card ", "Karte:", "(", "卡号"]),
    after=st.sampled_from(["", " thanks", ".", ")", "\n"]),
)
def test_a_card_is_found_however_it_is_written(
    number: str, divider: str, digits: str, before: str, after: str
) -> None:
    """In any script, with any divider, in any company."""
    groups = divider.join(number[i : i + 4] for i in range(0, 16, 4))
    written = "".join(
        digits[int(sign)] if sign.isdigit() else sign for sign in groups
    )

    assert hidden(f"{before}{written}{after}", rule()) == (
        f"{before}[hidden]{after}"
    )


def test_a_split_number_is_hidden_in_the_second_message() -> None:
    """What was said is said; half a card is none."""
    redaction = Redaction([rule(), rule(Kind.IBAN)])
    first, carry = redaction.redact_after(
        "my card is 4111 1111", Author.CUSTOMER, NOTHING_CARRIED
    )
    second, rest = redaction.redact_after(
        "1111 1111, thanks", Author.CUSTOMER, carry
    )

    assert first.text == "my card is 4111 1111"
    assert second.text == "[hidden], thanks"
    assert second.counts == {"cards": 1}
    assert rest == NOTHING_CARRIED
    assert "4111" not in repr(carry)


def test_rules_without_numbers_carry_nothing() -> None:
    """Only cards and IBANs are remembered for."""
    redaction = Redaction([rule(Kind.PHONES)])

    left, carry = redaction.redact_after(
        "4111 1111", Author.CUSTOMER, Carry("4111")
    )

    assert (left.text, carry) == ("4111 1111", NOTHING_CARRIED)
