"""Look-alikes become one, and every place is found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import folding
from server.domain.folding import Folded, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain 123", "plain 123"),
        ("\uff11\u0662\u06f3\u096a\u2464\u00b2", "123452"),
        ("1\u200b2\u00ad3\u20604\ufe0f\u20e3", "1234"),
        ("1\u20132\u22123\u2e3a4", "1-2-3-4"),
        ("1\u00a02\u30003\u31644", "1 2 3 4"),
        ("1\u00b72\u30023\u20224", "1.2.3.4"),
        ("1\u20442\u22153", "1/2/3"),
        ("a\uff20b\uff0ec\uff1a\u2236", "a@b.c::"),
        ("\u246b\ufb01", "12fi"),
        ("\u0430\u0412", "\u0430\u0412"),
        ("\ufdfa", "\ufdfa"),
    ],
)
def test_what_looks_alike_is_alike(text: str, folded: str) -> None:
    """Digits, dashes, blanks, dots, slashes; letters stay themselves."""
    assert fold(text).text == folded


@given(st.text(max_size=30))
def test_each_place_is_found_again(text: str) -> None:
    """What a character became lies within where it stood."""
    folded = fold(text)

    for place in range(len(folded.text)):
        start, end = folded.back((place, place + 1))
        assert end == start + 1
        assert folded.text[place] in fold(text[start]).text
    if folded.text:
        start, end = folded.back((0, len(folded.text)))
        assert fold(text[start:end]).text == folded.text


def test_what_is_remembered_is_bounded() -> None:
    """A flood of signs makes it forget, not grow."""
    table = folding._Table()
    for code in range(0x20000, 0x20000 + 40_000):
        assert table[chr(code)]

    assert len(table) <= folding._MOST_REMEMBERED
    assert "4111" not in repr(Folded("4111", [1]))
