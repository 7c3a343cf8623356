"""A refused pattern is explained; a taken one is quick."""

from __future__ import annotations

from types import ModuleType
from typing import cast

import pytest
import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.domain.folding import Span
from server.domain.own_patterns import (
    Effort,
    OwnPatterns,
    TooLargeTogether,
    TooManySteps,
    _words_of,
    check_pattern,
)
from server.errors import Misconfigured

REFUSED = {
    "ab(?=c)": "RE2 has no such group: (?= (looking ahead), at character 3",
    "(?<!a)b": "RE2 has no such group: (?<! (looking behind), at character 1",
    "a(?>b)": "RE2 has no such group: (?> (a group without backtracking), at"
    " character 2",
    r"(a)\1": r"RE2 has no such escape: \1, at character 4",
    r"x\q": r"RE2 has no such escape: \q, at character 2",
    "secret{2000}": "at most 1000 repetitions, also when nested: {2000}, at"
    " character 7",
    "a**": "one repetition after another: **, at character 2",
    "*a": "there is nothing to repeat: *, at character 1",
    "x[z-a]": "no such range of characters: z-a, at character 3",
    "secret(a": "a ( is not closed, at character 7",
    r"(\(a": "a ( is not closed, at character 1",
    "(a))b": "a ) closes nothing, at character 4",
    "a[b": "a [ is not closed, at character 2",
    "a\\": "it ends within an escape",
    "(?P<n>a)(?P<n": "a group with a wrong name: (?P<n, at character 1",
    "a?": "it is found where there is nothing",
    "[a-z]{600}": "it is too large: try ranges such as [a-z]",
    r"\pL+": "it is too large: try ranges such as [a-z]",
    r"(\pL{20}){20}": "it is too large",
    "\ud800": "a pattern must be Unicode text",
}


@pytest.mark.parametrize(("pattern", "why"), REFUSED.items(), ids=repr)
def test_what_is_refused_is_explained(pattern: str, why: str) -> None:
    """In words, with the place, and without the rest of the pattern."""
    with pytest.raises(Misconfigured) as refusal:
        check_pattern(pattern)

    assert str(refusal.value) == why
    assert "secret" not in str(refusal.value)


def test_nothing_is_printed_about_a_pattern(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """RE2 writes to stderr unless it is told not to."""
    with pytest.raises(Misconfigured):
        check_pattern("secret(")

    assert capfd.readouterr() == ("", "")


def test_patterns_that_hit_are_named_and_found() -> None:
    """Words are looked for at once; places are in characters, not bytes."""
    patterns = OwnPatterns(["bb+", "x", "é.", "b*c", "(?i)BB", r"\bé1\b"])

    assert len(patterns) == 6
    # Those that begin with anything are always worth looking for.
    assert list(patterns.worth_looking_for("äé1 bb")) == [0, 1, 2, 3, 4, 5]
    assert list(patterns.worth_looking_for("nothing")) == [1, 2, 3]
    assert places(patterns, 0, "äé1 bb") == [(4, 6)]
    assert places(patterns, 2, "äé1 bb") == [(1, 3)]
    assert patterns.may_be_in("äé1 bb")
    assert patterns.may_be_in("x")
    assert not patterns.may_be_in("nothing")
    assert not OwnPatterns(["bb"]).may_be_in("b")
    assert not OwnPatterns([]).may_be_in("b")
    assert list(OwnPatterns([]).worth_looking_for("b")) == []
    assert places(OwnPatterns([r"\b"]), 0, "ab") == []


def places(patterns: OwnPatterns, index: int, text: str) -> list[Span]:
    """Where it stands, whatever the effort."""
    return list(patterns.places(index, text, Effort()))


def test_if_the_set_gives_up_all_are_tried() -> None:
    """It says so only by not finding what is everywhere."""

    class GivesUp:
        def Match(self, _: str) -> list[int]:  # noqa: N802 - as RE2 has it
            return []

    patterns = OwnPatterns(["aa", "bb"])
    patterns._set = GivesUp()

    assert list(patterns.worth_looking_for("b")) == [0, 1]


def test_an_account_has_so_much_pattern_and_no_more() -> None:
    """For what is looked for in every text; what has words costs nothing."""
    OwnPatterns([f"case{number}-[0-9]{{6}}" for number in range(200)])
    OwnPatterns([f"ab[a-z]{{100}}{number}" for number in range(20)])

    with pytest.raises(TooLargeTogether, match="too large together") as why:
        OwnPatterns(["x", "[a-z]{20}", "[0-9]{75}", "[0-9]{74}"])

    assert why.value.index == 2
    with pytest.raises(Misconfigured, match="for one that begins with any"):
        check_pattern("[a-z]{200}")
    check_pattern("aa[a-z]{200}")


#: Patterns by how they begin, what stands before, and what they go on with.
BEGINNINGS = st.sampled_from(
    ["", r"\b", r"\B", "(?i)", r"(?i)\b", "^", "(?m)^", r"(?:\b-|\B-)"]
)
MIDDLES = st.sampled_from(
    [
        *("ab", "a-b", "(?:ab|ac)", r"(?:\Bab|ac)", "a?ab", "kS", "äö", "[a]b"),
        *("a{2}", "(?i:ab)", r"\Qab\E", r"ab\b", "ab|ac", "(?m:^|-)ab"),
    ]
)
ENDS = st.sampled_from(["", "x", "x*", "[0-9]{2}", ".", "(?:x|y)+", r"\b"])
TEXTS = st.lists(
    st.sampled_from([*"aAbBc-xk1ä\n ", "ab", "ac", "aab", "KS", "äö", "\u017f"])
).map("".join)


@given(BEGINNINGS, MIDDLES, ENDS, TEXTS)
@example("", r"(?:\Bab|ac)", "", "xab")
@example(r"(?:\b-|ac)", "x", "", "a-x")
@example("(?i)", "kS", "", "\u212a\u017f")
@example("(?m)^", "ab", "", "x\nab")
@settings(deadline=None, max_examples=400)
def test_what_is_there_is_worth_looking_for(
    beginning: str, middle: str, end: str, text: str
) -> None:
    """To look for words first changes nothing about what is found."""
    pattern = beginning + middle + end
    plain = re2.compile(pattern)
    patterns = OwnPatterns([pattern])
    there = [one.span() for one in plain.finditer(text)]

    assert not there or list(patterns.worth_looking_for(text)) == [0]
    assert not there or patterns.may_be_in(text)
    assert places(patterns, 0, text) == there


def test_without_words_a_pattern_is_looked_for_everywhere() -> None:
    """If RE2 cannot tell with what it begins, nothing is taken for granted."""

    class Plain:
        def possiblematchrange(self, _: int) -> None:
            raise re2.error(b"failed")

    class Module:
        error = re2.error
        Options = re2.Options

        def compile(self, *_: object) -> Plain:
            return Plain()

    assert _words_of(re2, "abc") == "abc"
    assert _words_of(cast("ModuleType", Module()), "abc") is None


def test_looking_for_too_much_is_given_up() -> None:
    """Before the search that might be too long, or after many short ones."""
    patterns = OwnPatterns(["ab.*x|ab", "cd"])

    with pytest.raises(TooManySteps):
        list(patterns.places(0, "ab" * 2_000, Effort()))
    with pytest.raises(TooManySteps):
        list(patterns.places(0, "ab" * 2_000, Effort(1_000)))
    short = Effort(4_000 * 10)
    with pytest.raises(TooManySteps):
        list(patterns.places(1, "cd" * 2_000, short))
    assert len(places(patterns, 1, "cd" * 2_000)) == 501


def test_without_re2_there_are_no_own_patterns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server says which package is missing; without patterns it runs."""
    monkeypatch.setitem(__import__("sys").modules, "re2", None)

    assert len(OwnPatterns([])) == 0
    with pytest.raises(Misconfigured, match="need google-re2"):
        check_pattern("a")
