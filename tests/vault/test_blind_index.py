"""The same person is found again, in their own account only."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Corrupt
from server.vault.blind_index import INDEX_SIZE, BlindIndex
from server.vault.keyring import Keyring
from tests.vault.rings import again, randomness, rotating_ring

SECRET = bytes(range(32))

parts = st.lists(st.text(max_size=5), max_size=4)


def index_of(ring: Keyring, slot: int, account: str = "acme") -> bytes:
    """What one person's index is in ``account``."""
    index = BlindIndex.open(ring, slot, account=account)
    return index.of("shop", "customer-7")


@given(left=parts, right=parts)
def test_two_share_an_index_only_if_all_parts_are_the_same(
    left: list[str], right: list[str]
) -> None:
    """Also if their parts, put together, read the same."""
    index = BlindIndex(SECRET)

    same = index.of(*left) == index.of(*right)

    assert same == (left == right)
    assert len(index.of(*left)) == INDEX_SIZE


def test_the_border_between_parts_counts() -> None:
    """The examples that a mere concatenation would mix up."""
    index = BlindIndex(SECRET)
    tricky = [("a", "bc"), ("ab", "c"), ("abc",), ("", "abc"), ("1:a", "bc")]

    for left, right in pairwise(tricky):
        assert index.of(*left) != index.of(*right)


def test_half_a_letter_is_found_as_well() -> None:
    """What is no Unicode raises nothing that would quote it."""
    index = BlindIndex(SECRET)

    assert index.of("\ud800") != index.of("\udfff")


def test_an_index_depends_on_the_account(ring: Keyring) -> None:
    """One person of two accounts cannot be recognised across them."""
    one = ring.new_key("acme", "account").slot
    two = ring.new_key("bolt", "account").slot

    assert index_of(ring, one) != index_of(ring, two, "bolt")
    with pytest.raises(Corrupt):
        index_of(ring, one, "bolt")


def test_an_index_is_there_before_its_key_is_on_the_disk(
    ring: Keyring, tmp_path: Path
) -> None:
    """And the same after the flush, and after a restart."""
    slot = ring.new_key("acme", "account").slot
    at_first = index_of(ring, slot)
    ring.flush()

    assert index_of(ring, slot) == at_first
    fresh = again(ring, tmp_path, {slot})
    assert index_of(fresh, slot) == at_first
    fresh.close()


def test_an_index_survives_a_new_master_key(
    ring: Keyring, tmp_path: Path
) -> None:
    """Before, while and after the slots are put under it."""
    slot = ring.new_key("acme", "account").slot
    ring.flush()
    before = index_of(ring, slot)
    ring.close()

    rotating = rotating_ring(tmp_path)
    rotating.reconcile({slot})
    assert index_of(rotating, slot) == before
    rotating.rewrap([(slot, "acme", "account")])
    assert rotating.finish_rotation() == 0

    assert index_of(rotating, slot) == before
    rotating.close()


@pytest.mark.parametrize("is_flushed", [True, False])
def test_a_shredded_account_has_no_index(
    ring: Keyring, *, is_flushed: bool
) -> None:
    """Whether its key was on the disk already or only staged."""
    slot = ring.new_key("acme", "account").slot
    if is_flushed:
        ring.flush()
    ring.shred([slot])

    with pytest.raises(Corrupt):
        index_of(ring, slot)


def test_a_key_shredded_meanwhile_gives_no_index(ring: Keyring) -> None:
    """Its staged bytes may be there still: the mark is what counts."""
    slot = ring.new_key("acme", "account").slot
    ring._ended[slot] = False

    with pytest.raises(Corrupt, match="destroyed"):
        index_of(ring, slot)


def test_an_index_does_not_show_its_key() -> None:
    """Nor anything of it."""
    secret = randomness(32)

    assert repr(BlindIndex(secret)) == "BlindIndex(...)"
