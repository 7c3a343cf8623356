"""Words about a request, as bytes and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.privacy_request import Note, Words
from server.errors import Corrupt
from server.store.sealed_request import pack, unpack

NOTES = st.lists(
    st.builds(Note, st.floats(0, 4e9), st.text(max_size=20)), max_size=3
)


@given(st.text(max_size=50), NOTES)
def test_words_come_back(subject: str, notes: list[Note]) -> None:
    """Whatever somebody writes, with lone surrogates left out."""
    subject = subject.encode("utf-8", "ignore").decode()
    words = Words(
        subject=subject,
        notes=tuple(
            Note(one.at, one.text.encode("utf-8", "ignore").decode())
            for one in notes
        ),
    )

    assert unpack(pack(words)) == words


@pytest.mark.parametrize(
    "plain", [b"", b"{}", b"[]", b'{"subject":"","notes":[1]}', b"\xff"]
)
def test_what_is_no_words_is_corrupt(plain: bytes) -> None:
    """It says no more than that."""
    with pytest.raises(Corrupt):
        unpack(plain)
