"""Tests of server/vault/chunks.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Corrupt
from server.vault.chunks import (
    CHUNK,
    KEY_SIZE,
    SEALED_CHUNK,
    ChunkCipher,
    chunks_of,
)

SECRET = bytes(range(KEY_SIZE))


def cipher(secret: bytes = SECRET, attachment: str = "photo") -> ChunkCipher:
    """The cipher of one file."""
    return ChunkCipher(secret, attachment)


@given(
    piece=st.binary(max_size=200),
    number=st.integers(0, 2**40),
    is_last=st.booleans(),
)
def test_what_is_sealed_comes_back(
    piece: bytes, number: int, *, is_last: bool
) -> None:
    """Any piece at any place, and nothing of it can be read before."""
    sealed = cipher().seal(number, piece, is_last=is_last)

    assert cipher().open(number, sealed, is_last=is_last) == piece
    assert len(piece) < 4 or piece not in sealed


@pytest.mark.parametrize(
    ("key", "number", "is_last"),
    [
        (cipher(bytes(KEY_SIZE)), 3, False),
        (cipher(attachment="phot"), 3, False),
        (cipher(), 2, False),
        (cipher(), 3, True),
    ],
)
def test_a_piece_of_another_place_is_refused(
    key: ChunkCipher, number: int, *, is_last: bool
) -> None:
    """Another key, another file, another number, or not the last one."""
    sealed = cipher().seal(3, b"words", is_last=False)

    with pytest.raises(Corrupt, match=r"^unreadable attachment$") as refused:
        key.open(number, sealed, is_last=is_last)

    assert refused.value.__cause__ is None


def test_one_bit_changed_anywhere_is_refused() -> None:
    """Every bit of a short piece and its tag; and every length."""
    sealed = cipher().seal(0, b"words", is_last=True)
    for at in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[at // 8] ^= 1 << at % 8
        with pytest.raises(Corrupt):
            cipher().open(0, bytes(altered), is_last=True)
    for size in range(len(sealed)):
        with pytest.raises(Corrupt):
            cipher().open(0, sealed[:size], is_last=True)


def test_a_whole_piece_has_the_size_that_ranges_count_with() -> None:
    """Sixteen bytes more than its plain text."""
    sealed = cipher().seal(0, bytes(CHUNK), is_last=False)

    assert len(sealed) == SEALED_CHUNK


@pytest.mark.parametrize(
    ("size", "pieces"),
    [(0, 1), (1, 1), (CHUNK, 1), (CHUNK + 1, 2), (10 * CHUNK, 10)],
)
def test_a_file_has_at_least_one_piece(size: int, pieces: int) -> None:
    """An empty file as well: else its end could be cut off unseen."""
    assert chunks_of(size) == pieces


def test_a_cipher_does_not_show_its_key() -> None:
    """Not even its id."""
    assert repr(cipher()) == "ChunkCipher(...)"
