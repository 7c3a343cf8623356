"""Tests of server/store/sealed_message.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.message import Author, Message
from server.errors import Corrupt
from server.store.sealed_message import pack, unpack
from tests.store.samples import conversation_id, message

# Halves of a surrogate pair are refused by ``clean``: UTF-8 cannot carry them.
texts = st.text(st.characters(exclude_categories=["Cs"]))
GOOD = ["agent", "Maria", 1.0, "It is."]


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Any message a conversation can hold."""
    row = message()
    return Message(
        conversation=row.conversation,
        number=row.number,
        client_id=row.client_id,
        author=draw(st.sampled_from(Author)),
        name=draw(st.none() | texts),
        said_at=draw(st.floats(allow_nan=False)),
        text=draw(texts),
        rich=draw(
            st.none() | st.dictionaries(texts, texts | st.integers(0, 9))
        ),
        answers=draw(st.none() | st.integers(1, 10_000)),
        postback=draw(st.none() | texts),
        is_note=draw(st.booleans()),
    )


@given(messages())
def test_what_is_packed_comes_back(said: Message) -> None:
    """Packing and unpacking changes nothing of a message."""
    assert unpack(pack(said), message()) == said


@given(messages())
def test_words_that_are_not_kept_are_not_in_it(said: Message) -> None:
    """Only that something was said, by whom and when."""
    found = unpack(pack(replace(said, is_unkept=True)), message())

    assert found == replace(
        said,
        is_unkept=True,
        text="",
        rich=None,
        answers=None,
        postback=None,
    )


@given(st.binary(max_size=100))
def test_no_bytes_make_it_raise_anything_else(junk: bytes) -> None:
    """Whatever was stored, the answer is a message or ``Corrupt``."""
    try:
        found = unpack(junk, message())
    except Corrupt:
        return
    assert found.conversation == conversation_id(1)


@pytest.mark.parametrize(
    "odd",
    [
        "agent",
        {},
        GOOD[:3],
        [*GOOD, {}, {}],
        ["nobody", *GOOD[1:]],
        [1, *GOOD[1:]],
        ["agent", 5, 1.0, "It is."],
        ["agent", None, 1, "It is."],
        ["agent", None, 1.0, b"It is."],
        [*GOOD, "extra"],
        [*GOOD, {"unknown": 1}],
        [*GOOD, {"postback": 1}],
    ],
)
def test_a_list_of_anything_else_is_corrupt(odd: Any) -> None:
    """Well-formed msgpack of the wrong shape is refused, and not repeated."""
    with pytest.raises(Corrupt, match=r"^unreadable message$"):
        unpack(msgpack.packb(odd), message())


@pytest.mark.parametrize("plain", [b"", b"\xc1", b"\x91" * 2_000])
def test_bytes_that_are_no_msgpack_are_corrupt(plain: bytes) -> None:
    """Nothing, a byte that msgpack never uses, and endless nesting."""
    with pytest.raises(Corrupt) as refused:
        unpack(plain, message())

    assert refused.value.__cause__ is None


def test_a_plain_message_packs_small() -> None:
    """A customer's words cost 20 bytes beside themselves."""
    said = Message(
        conversation=conversation_id(1),
        number=1,
        author=Author.CUSTOMER,
        client_id="client-id",
        said_at=1.5,
        text="x" * 200,
    )

    assert len(pack(said)) <= 200 + 22
