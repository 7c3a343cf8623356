"""Tests of server/store/sealed_attachment.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.attachment import Attachment
from server.domain.message import Author
from server.errors import Corrupt
from server.store.sealed_attachment import pack, unpack
from tests.store.samples import attachment, conversation_id

texts = st.text(st.characters(exclude_categories=["Cs"]))
GOOD = ["customer", "photo.png", "image/png", b"k" * 32]
ROW = attachment("photo")


@given(st.sampled_from(Author), texts, texts, st.binary())
def test_what_is_packed_comes_back(
    side: Author, name: str, media_type: str, secret: bytes
) -> None:
    """Packing and unpacking changes nothing of an attachment."""
    one = Attachment(
        id=ROW.id,
        conversation=ROW.conversation,
        side=side,
        name=name,
        media_type=media_type,
        size=ROW.size,
        expires_at=ROW.expires_at,
        secret=secret,
    )

    assert unpack(pack(one), ROW) == one


@given(st.binary(max_size=100))
def test_no_bytes_make_it_raise_anything_else(junk: bytes) -> None:
    """Whatever was stored, the answer is an attachment or ``Corrupt``."""
    try:
        found = unpack(junk, ROW)
    except Corrupt:
        return
    assert found.conversation == conversation_id(1)


@pytest.mark.parametrize(
    "odd",
    [
        "customer",
        {},
        GOOD[:3],
        [*GOOD, 1],
        ["nobody", *GOOD[1:]],
        [1, *GOOD[1:]],
        ["customer", b"photo.png", *GOOD[2:]],
        [*GOOD[:2], 1, GOOD[3]],
        [*GOOD[:3], "k"],
    ],
)
def test_a_list_of_anything_else_is_corrupt(odd: Any) -> None:
    """Well-formed msgpack of the wrong shape is refused, and not repeated."""
    with pytest.raises(Corrupt, match=r"^unreadable attachment$"):
        unpack(msgpack.packb(odd), ROW)


@pytest.mark.parametrize("plain", [b"", b"\xc1", b"\x91" * 2_000])
def test_bytes_that_are_no_msgpack_are_corrupt(plain: bytes) -> None:
    """Nothing, a byte that msgpack never uses, and endless nesting."""
    with pytest.raises(Corrupt) as refused:
        unpack(plain, ROW)

    assert refused.value.__cause__ is None


def test_a_row_says_where_it_belongs() -> None:
    """Id, conversation, size and time are those of the row, not packed."""
    moved = replace(ROW, id="other", size=9, expires_at=1.0)

    found = unpack(msgpack.packb(GOOD), moved)

    assert (found.id, found.size, found.expires_at) == ("other", 9, 1.0)
