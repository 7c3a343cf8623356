"""A slot gives its key to the conversation it was made for, and no other."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Corrupt
from server.vault.master_key import MASTER_SIZE, MasterKey
from server.vault.sealing import NONCE_SIZE, SECRET_SIZE
from server.vault.wrapping import (
    COMMITMENT_SIZE,
    EMPTY,
    PADDING,
    SLOT_SIZE,
    KeyWrapper,
    place_of,
)

chance = Random(1)
WRAPPER = KeyWrapper(MasterKey.generate(chance.randbytes))
SECRET = chance.randbytes(SECRET_SIZE)
NONCE = chance.randbytes(NONCE_SIZE)
PLACE = place_of(5, "acme", "c1")
RECORD = WRAPPER.wrap(SECRET, place=PLACE, nonce=NONCE)


def refuses(
    record: bytes, *, place: bytes = PLACE, wrapper: KeyWrapper = WRAPPER
) -> bool:
    """Whether no key comes out of ``record``."""
    with pytest.raises(Corrupt, match=r"^no readable key in this slot$"):
        wrapper.unwrap(record, place=place)
    return True


def test_a_wrapped_key_comes_out_again() -> None:
    """And fills its slot exactly."""
    assert len(RECORD) == SLOT_SIZE == 128
    assert SECRET not in RECORD
    assert WRAPPER.unwrap(RECORD, place=PLACE) == SECRET


def test_no_bit_of_a_slot_can_be_flipped() -> None:
    """All 1,024 of them, those of the padding too."""
    for bit in range(SLOT_SIZE * 8):
        altered = bytearray(RECORD)
        altered[bit // 8] ^= 1 << bit % 8
        assert refuses(bytes(altered))


def test_a_slot_cannot_be_cut_lengthened_or_empty() -> None:
    """Every shorter one, one with more behind it, and zeros."""
    for length in range(SLOT_SIZE):
        assert refuses(RECORD[:length])
    assert refuses(RECORD + b"\0")
    assert refuses(EMPTY)


@pytest.mark.parametrize(
    "place",
    [
        place_of(6, "acme", "c1"),
        place_of(5, "acmf", "c1"),
        place_of(5, "acme", "c2"),
        place_of(5, "acmec", "1"),
        place_of(15, "acme", "c"),
    ],
)
def test_a_slot_opens_for_its_own_conversation_only(place: bytes) -> None:
    """Slot number, account and conversation are all bound."""
    assert refuses(RECORD, place=place)


def test_another_master_key_opens_nothing() -> None:
    """Its name differs, so nothing is even decrypted."""
    other = KeyWrapper(MasterKey.generate(chance.randbytes))

    assert other.key_id != WRAPPER.key_id
    assert refuses(RECORD, wrapper=other)


def test_a_key_must_fit_its_commitment() -> None:
    """A slot that decrypts, with another key's commitment, gives nothing."""
    other = WRAPPER.wrap(
        chance.randbytes(SECRET_SIZE), place=PLACE, nonce=NONCE
    )
    cut = SLOT_SIZE - len(PADDING) - COMMITMENT_SIZE

    assert refuses(RECORD[:cut] + other[cut:])


def test_the_commitment_alone_does_not_confirm_a_place() -> None:
    """The same key in two slots has two commitments."""
    other = WRAPPER.wrap(SECRET, place=place_of(6, "acme", "c1"), nonce=NONCE)
    cut = SLOT_SIZE - len(PADDING) - COMMITMENT_SIZE

    assert RECORD[cut:] != other[cut:]


def test_the_same_master_key_always_has_the_same_name() -> None:
    """A restart recognises its own slots."""
    secret = chance.randbytes(MASTER_SIZE)

    again = KeyWrapper(MasterKey(secret)).wrap(SECRET, place=PLACE, nonce=NONCE)

    wrapper = KeyWrapper(MasterKey(secret))
    assert wrapper.unwrap(again, place=PLACE) == SECRET


@given(st.binary(min_size=SLOT_SIZE, max_size=SLOT_SIZE))
def test_no_bytes_unwrap_by_chance(junk: bytes) -> None:
    """Whatever lies in the slot, the answer is Corrupt and nothing else."""
    assert refuses(junk)
    assert refuses(RECORD[:5] + junk[5:97] + PADDING)
