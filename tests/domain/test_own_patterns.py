"""A refused pattern is explained; a taken one is quick."""

from __future__ import annotations

import pytest

from server.domain.own_patterns import OwnPatterns, check_pattern
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
    """One look tells which; places are in characters, not bytes."""
    patterns = OwnPatterns(["b+", "x", "é.", "b*c"])

    assert len(patterns) == 4
    assert list(patterns.hit("äé1 bb")) == [0, 2]
    assert list(patterns.places(0, "äé1 bb")) == [(4, 6)]
    assert list(patterns.places(2, "äé1 bb")) == [(1, 3)]
    assert list(patterns.hit("nothing")) == []
    assert list(OwnPatterns([]).hit("b")) == []
    assert list(OwnPatterns([r"\b"]).places(0, "ab")) == []


def test_if_the_set_gives_up_all_are_tried() -> None:
    """It says so only by not finding what is everywhere."""

    class GivesUp:
        def Match(self, _: str) -> list[int]:  # noqa: N802 - as RE2 has it
            return []

    patterns = OwnPatterns(["a", "b"])
    patterns._set = GivesUp()

    assert list(patterns.hit("b")) == [0, 1]


def test_an_account_has_so_much_pattern_and_no_more() -> None:
    """Together they are bounded too."""
    with pytest.raises(Misconfigured, match="of the account are too large"):
        OwnPatterns([f"[a-z]{{380}}{number}" for number in range(60)])


def test_without_re2_there_are_no_own_patterns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server says which package is missing; without patterns it runs."""
    monkeypatch.setitem(__import__("sys").modules, "re2", None)

    assert len(OwnPatterns([])) == 0
    with pytest.raises(Misconfigured, match="need google-re2"):
        check_pattern("a")
