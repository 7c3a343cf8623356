"""What is sealed opens only with its key, in its row, unaltered."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Corrupt, RefusalCode, Refused
from server.vault.sealing import (
    MOST_SEALS,
    NONCE_SIZE,
    OVERHEAD,
    SECRET_SIZE,
    DataKey,
    bound_to,
    open_sealed,
    seal,
)

SECRET = Random(1).randbytes(SECRET_SIZE)
ROW = bound_to("acme", "c1", table="message", column="sealed", row=7)
randomness = Random(2).randbytes


def sealed(plaintext: bytes = b"blue") -> bytes:
    """An envelope in ROW."""
    return seal(
        DataKey(3, SECRET), plaintext, bound_to=ROW, randomness=randomness
    )


def refuses(envelope: bytes, *, row: bytes = ROW) -> bool:
    """Whether ``envelope`` does not open in ``row``."""
    with pytest.raises(Corrupt, match=r"^unreadable envelope$"):
        open_sealed(DataKey(3, SECRET), envelope, bound_to=row)
    return True


@given(st.binary(max_size=2_000))
def test_what_is_sealed_opens_again(plaintext: bytes) -> None:
    """Any bytes come back, and the envelope is as long as promised."""
    envelope = sealed(plaintext)

    assert len(envelope) == len(plaintext) + OVERHEAD
    opened = open_sealed(DataKey(3, SECRET), envelope, bound_to=ROW)
    assert opened == plaintext


def test_no_bit_of_an_envelope_can_be_flipped() -> None:
    """Version, nonce, ciphertext and tag: every single bit is guarded."""
    envelope = sealed()

    for bit in range(len(envelope) * 8):
        altered = bytearray(envelope)
        altered[bit // 8] ^= 1 << bit % 8
        assert refuses(bytes(altered))


def test_an_envelope_cannot_be_cut_or_lengthened() -> None:
    """Every shorter one is refused, and one with more behind it."""
    envelope = sealed()

    for length in range(len(envelope)):
        assert refuses(envelope[:length])
    assert refuses(envelope + b"\0")


@given(st.binary(max_size=200))
def test_no_bytes_open_by_chance(junk: bytes) -> None:
    """Whatever lies in the row, the answer is Corrupt and nothing else."""
    assert refuses(junk)


@pytest.mark.parametrize(
    "other",
    [
        bound_to("acmf", "c1", table="message", column="sealed", row=7),
        bound_to("acme", "c2", table="message", column="sealed", row=7),
        bound_to("acme", "c1", table="sign_in", column="sealed", row=7),
        bound_to("acme", "c1", table="message", column="name", row=7),
        bound_to("acme", "c1", table="message", column="sealed", row=8),
        bound_to("c1", "acme", table="message", column="sealed", row=7),
        bound_to("acme", "c1", table="sealed", column="message", row=7),
        b"",
    ],
)
def test_an_envelope_opens_in_its_own_row_only(other: bytes) -> None:
    """Account, conversation, table, column and row are all bound."""
    assert refuses(sealed(), row=other)


def test_another_key_does_not_open_it() -> None:
    """Not even one of the same slot."""
    key = DataKey(3, SECRET[::-1])

    with pytest.raises(Corrupt):
        open_sealed(key, sealed(), bound_to=ROW)


parts = st.tuples(*[st.text(max_size=4)] * 5)


@given(parts, parts)
def test_two_identities_never_read_the_same(
    left: tuple[str, ...], right: tuple[str, ...]
) -> None:
    """Equal bytes mean equal parts, whatever their parts consist of."""
    assert (identity(left) == identity(right)) is (left == right)


@given(st.text(max_size=9), st.integers(0, 9), st.integers(0, 9))
def test_text_cannot_wander_from_one_part_to_the_next(
    text: str, left: int, right: int
) -> None:
    """The border between account and conversation is part of the identity."""
    first = (text[:left], text[left:], "t", "c", "1")
    second = (text[:right], text[right:], "t", "c", "1")

    assert (identity(first) == identity(second)) is (first == second)


def identity(of: tuple[str, ...]) -> bytes:
    """``bound_to`` of five parts."""
    account, conversation, table, column, row = of
    return bound_to(account, conversation, table=table, column=column, row=row)


def test_each_envelope_has_a_nonce_of_its_own() -> None:
    """The same words sealed twice do not look the same."""
    nonces = {sealed()[1 : 1 + NONCE_SIZE] for _ in range(1_000)}

    assert len(nonces) == 1_000


def test_a_key_is_used_so_often_and_no_more() -> None:
    """The last seal is number 2**20; the next is refused for good."""
    key = DataKey(3, SECRET)
    key.seals = MOST_SEALS - 1

    seal(key, b"last", bound_to=ROW, randomness=randomness)
    with pytest.raises(Refused) as refusal:
        seal(key, b"more", bound_to=ROW, randomness=randomness)

    assert refusal.value.code is RefusalCode.CONVERSATION_FULL
    assert not refusal.value.retry
    assert key.seals == MOST_SEALS


def test_a_key_shows_its_slot_and_nothing_else() -> None:
    """Neither repr() nor any attribute has the secret in it."""
    key = DataKey(3, SECRET)

    assert repr(key) == "DataKey(slot=3)"
    assert SECRET not in [getattr(key, name) for name in key.__slots__]
