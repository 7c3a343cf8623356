"""What text must be like to become a message, and what a message hides."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.message import MOST_CHARACTERS, Author, Message, clean
from server.errors import RefusalCode, Refused
from server.ids import ConversationId

anything = st.text(st.characters(exclude_categories=()), max_size=200)


def test_the_words_and_the_name_stay_out_of_logs() -> None:
    """repr() contains neither what was said nor who said it."""
    message = Message(
        conversation=ConversationId("c"),
        number=1,
        author=Author.AGENT,
        client_id="id-00001",
        said_at=1.0,
        text="my card is 4111",
        name="Maria",
    )

    assert "4111" not in repr(message)
    assert "Maria" not in repr(message)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hello", "hello"),
        ("  hello \n", "hello"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("a\ud800b", "ab"),
        ("\u2067\u05e9\u05dc\u05d5\u05dd\u2069", None),
        ("\U0001f44d", None),
        ("e\x00\u0301", "\u00e9"),
        ("one\rtwo", "one\ntwo"),
    ],
)
def test_text_is_kept_as_meant(typed: str, kept: str | None) -> None:
    """Control characters and half characters go; the words stay."""
    assert clean(typed) == (typed if kept is None else kept)


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "\n\t", "\x00", "\u200b\u200d", "\u2003", "\ufeff", "\u3164"],
)
def test_text_without_a_visible_character_is_refused(typed: str) -> None:
    """Spaces, joiners and control characters say nothing."""
    with pytest.raises(Refused) as refused:
        clean(typed)

    assert refused.value.code is RefusalCode.TEXT_EMPTY
    assert refused.value.path == "$.text"


def test_length_is_counted_after_normalisation() -> None:
    """An accent typed as two characters counts as the one it becomes."""
    assert len(clean("e\u0301" * MOST_CHARACTERS)) == MOST_CHARACTERS

    with pytest.raises(Refused) as refused:
        clean("x" * (MOST_CHARACTERS + 1))
    assert refused.value.code is RefusalCode.TEXT_TOO_LONG
    assert refused.value.path == "$.text"


@given(anything)
def test_clean_text_is_clean(typed: str) -> None:
    """Whatever comes, what is kept is bounded, encodable and stays as it is."""
    try:
        text = clean(typed)
    except Refused:
        return

    text.encode()
    assert clean(text) == text
    assert unicodedata.is_normalized("NFC", text)
    assert text.strip() == text
    assert all(
        character in "\n\t" or unicodedata.category(character) != "Cc"
        for character in text
    )
