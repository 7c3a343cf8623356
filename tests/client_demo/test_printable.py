"""What others typed cannot act on the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_demo.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\r\nb", r"a\r\nb"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\u2028", r"\u2028"),
    ],
)
def test_control_characters_are_written_out(text: str, shown: str) -> None:
    """Escape sequences, their 8-bit forms, line ends, direction marks."""
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["Grüße", "日本語", "👩‍👧 ok", "a\u00a0b"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """Letters of any script, and emoji made of several."""
    assert printable(text) == text


@given(st.text())
def test_no_control_character_ever_passes(text: str) -> None:
    """Whatever the text, nothing below a space or between 7f and 9f."""
    shown = printable(text, keep="\n")
    assert not any(
        ord(one) < 32 or 0x7F <= ord(one) <= 0x9F
        for one in shown.replace("\n", "")
    )
