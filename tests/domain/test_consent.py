"""What people agree to, and the words that say so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.consent import (
    NO_CONSENT_RULES,
    ConsentRules,
    Keywords,
    Level,
    Wish,
    after,
    asked,
    folded,
    least,
    reply,
    suffices,
)

ENGLISH = Keywords(
    language="en",
    words={
        Wish.OPT_IN: frozenset({"start", "yes"}),
        Wish.CONFIRM: frozenset({"yes", "confirm"}),
        Wish.OPT_OUT: frozenset({"stop", "ende"}),
        Wish.HELP: frozenset({"help"}),
    },
    answers={Wish.OPT_IN: "Welcome.", Wish.HELP: "Write STOP to stop."},
    opt_in_prompt="May we?",
    double_opt_in_prompt="Sure?",
)
GERMAN = Keywords(
    language="de-at",
    words={Wish.OPT_IN: frozenset({"ende", "ja"})},
    answers={},
)
RULES = ConsentRules(required=Level.DOUBLE, keywords=(ENGLISH, GERMAN))


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("STOP", Wish.OPT_OUT),
        ("  stop. ", Wish.OPT_OUT),
        ("\uff33\uff34\uff2f\uff30!!", Wish.OPT_OUT),
        ("Help?", Wish.HELP),
        ("start", Wish.OPT_IN),
        ("Ja", Wish.OPT_IN),
        ("confirm", Wish.CONFIRM),
        # Two languages share it: the cautious one wins.
        ("Ende", Wish.OPT_OUT),
    ],
)
def test_a_keyword_is_known_however_it_is_written(
    text: str, wish: Wish
) -> None:
    """Case, width and what stands around it do not count."""
    found = RULES.wish_in(text)

    assert found is not None
    assert found[0] is wish


@pytest.mark.parametrize(
    "text", ["please stop the delivery", "stopp", "", " ", "...", "st op"]
)
def test_a_keyword_is_the_whole_message(text: str) -> None:
    """Everything else is talk."""
    assert RULES.wish_in(text) is None


def test_the_same_word_says_yes_twice() -> None:
    """The first is the first step, the second the second."""
    first = RULES.wish_in("yes", Level.IMPLICIT)
    second = RULES.wish_in("yes", Level.EXPLICIT)

    assert first == (Wish.OPT_IN, ENGLISH)
    assert second == (Wish.CONFIRM, ENGLISH)
    # Where there is a word for one step only, that is what it means.
    assert RULES.wish_in("start", Level.EXPLICIT) == (Wish.OPT_IN, ENGLISH)


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("en", ENGLISH),
        ("de-AT", GERMAN),
        ("de_AT", GERMAN),
        ("de", GERMAN),
        ("pt-BR", ENGLISH),
        (None, ENGLISH),
    ],
)
def test_everybody_is_asked_in_a_language(
    language: str | None, found: Keywords
) -> None:
    """That one, one of the same tongue, or the first."""
    assert RULES.keywords_for(language) is found
    assert NO_CONSENT_RULES.keywords_for(language) is None


@given(st.sampled_from(Level), st.sampled_from(Wish), st.sampled_from(Level))
def test_a_word_does_what_it_says_and_no_more(
    level: Level, wish: Wish, required: Level
) -> None:
    """Out is out; in never lowers; nobody is doubly in by one word."""
    now = after(level, wish, required)

    if wish is Wish.OPT_OUT:
        assert now is Level.OPTED_OUT
    else:
        assert now >= level
    if now is Level.DOUBLE and level is not Level.DOUBLE:
        assert (level, wish, required) == (
            Level.EXPLICIT,
            Wish.CONFIRM,
            Level.DOUBLE,
        )
    if wish is Wish.HELP:
        assert now is level
    assert after(now, wish, required) is now


@given(st.lists(st.sampled_from(Wish), max_size=8))
def test_two_words_are_needed_for_the_highest_level(said: list[Wish]) -> None:
    """Whatever else is said in between."""
    level = Level.IMPLICIT
    for wish in said:
        level = after(level, wish, Level.DOUBLE)

    if level is Level.DOUBLE:
        rest = said[len(said) - said[::-1].index(Wish.CONFIRM) - 1 :]
        assert Wish.OPT_IN in said
        assert Wish.OPT_OUT not in rest


@pytest.mark.parametrize(
    ("wish", "level", "required", "answer"),
    [
        (Wish.OPT_IN, Level.IMPLICIT, Level.DOUBLE, "Sure?"),
        (Wish.OPT_IN, Level.IMPLICIT, Level.EXPLICIT, "Welcome."),
        (Wish.OPT_IN, Level.DOUBLE, Level.DOUBLE, "Welcome."),
        (Wish.CONFIRM, Level.IMPLICIT, Level.DOUBLE, "May we?"),
        (Wish.CONFIRM, Level.EXPLICIT, Level.DOUBLE, ""),
        (Wish.HELP, Level.IMPLICIT, Level.IMPLICIT, "Write STOP to stop."),
        (Wish.OPT_OUT, Level.IMPLICIT, Level.IMPLICIT, ""),
    ],
)
def test_the_channel_answers_a_word(
    wish: Wish, level: Level, required: Level, answer: str
) -> None:
    """With what it says to it, or what is still missing."""
    assert reply(ENGLISH, wish, level=level, required=required) == answer


def test_without_a_second_question_the_first_answer_is_given() -> None:
    """Better than saying nothing to somebody who said yes."""
    plain = Keywords(language="en", words={}, answers={Wish.OPT_IN: "Welcome."})

    answer = reply(
        plain, Wish.OPT_IN, level=Level.IMPLICIT, required=Level.DOUBLE
    )

    assert answer == "Welcome."


@pytest.mark.parametrize(
    ("rules", "level", "asks"),
    [
        (RULES, Level.IMPLICIT, "May we?"),
        (RULES, Level.OPTED_OUT, ""),
        (RULES, Level.EXPLICIT, ""),
        (ConsentRules(keywords=(ENGLISH,)), Level.IMPLICIT, ""),
        (ConsentRules(required=Level.DOUBLE), Level.IMPLICIT, ""),
    ],
)
def test_who_writes_first_is_asked_if_need_be(
    rules: ConsentRules, level: Level, asks: str
) -> None:
    """And nobody who has answered already."""
    assert asked(rules, level, "en") == asks


def test_what_suffices() -> None:
    """At least as much as is needed; nothing said is never enough."""
    assert suffices(Level.EXPLICIT, Level.EXPLICIT)
    assert suffices(Level.DOUBLE, Level.EXPLICIT)
    assert not suffices(Level.IMPLICIT, Level.EXPLICIT)
    assert not suffices(Level.OPTED_OUT, Level.OPTED_OUT)
    assert not suffices(None, Level.IMPLICIT)


def test_of_several_levels_the_least_holds() -> None:
    """And implicit, where there is none."""
    assert least([Level.DOUBLE, Level.OPTED_OUT]) is Level.OPTED_OUT
    assert least([]) is Level.IMPLICIT
    assert Level.OPTED_OUT.word == "opted_out"


@pytest.mark.parametrize(
    ("required", "words", "lacks"),
    [
        (Level.IMPLICIT, {}, "opt_out"),
        (Level.IMPLICIT, {Wish.OPT_OUT: frozenset({"stop"})}, None),
        (Level.EXPLICIT, {Wish.OPT_OUT: frozenset({"stop"})}, "opt_in"),
        (
            Level.DOUBLE,
            {
                Wish.OPT_OUT: frozenset({"stop"}),
                Wish.OPT_IN: frozenset({"start"}),
            },
            "double_opt_in",
        ),
    ],
)
def test_a_channel_opens_with_every_word_it_needs(
    required: Level, words: dict[Wish, frozenset[str]], lacks: str | None
) -> None:
    """The way out first of all."""
    one = Keywords(language="en", words=words, answers={})

    assert ConsentRules(required=required, keywords=(one,)).lacks() == lacks


def test_a_channel_that_asks_for_nothing_lacks_nothing() -> None:
    """And one that needs an opt-in cannot do without words."""
    assert NO_CONSENT_RULES.lacks() is None
    assert ConsentRules(required=Level.EXPLICIT).lacks() == "opt_out"


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    """So that a word of the settings is found as it is said."""
    assert folded(folded(text)) == folded(text)
