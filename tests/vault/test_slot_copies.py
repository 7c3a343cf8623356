"""Copies of slots: only what is its owner's, and never in the clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import Corrupt, Misconfigured
from server.vault.keyring import Keyring
from server.vault.slot_copies import SlotCopies, make_key_file, opened_copy
from server.vault.slot_file import STEP
from server.vault.wrapping import KeyWrapper
from tests.vault.rings import (
    MASTER,
    NEW,
    again,
    open_ring,
    randomness,
    raw,
    same,
)

OWNER = ("acme", "account")


def kept(folder: Path) -> Keyring:
    """A ring with the key of an account, and one of somebody else."""
    ring = open_ring(folder)
    ring.reconcile(set())
    ring.new_key(*OWNER)
    ring.new_key("acme", "somebody")
    ring.flush()
    return ring


def copies(folder: Path) -> SlotCopies:
    """Copies of its slots."""
    return SlotCopies(folder / "keys", MASTER, randomness=randomness)


def test_a_copy_is_what_lies_there(tmp_path: Path) -> None:
    """Beside the ring that has the file open, byte for byte."""
    ring = kept(tmp_path)

    with copies(tmp_path) as copying:
        copy = copying.copy(0, *OWNER)

    assert copy is not None
    assert copy == raw(tmp_path, 0)
    opened = opened_copy(copy, KeyWrapper(MASTER), slot=0, owner=OWNER)
    key = ring.key(0, account=OWNER[0], conversation=OWNER[1])
    assert same(opened, key)


def test_a_slot_that_was_zeroed_has_no_copy(tmp_path: Path) -> None:
    """Whoever was there is being erased."""
    ring = kept(tmp_path)
    ring.shred([0])

    with copies(tmp_path) as copying:
        assert copying.copy(0, *OWNER) is None


def test_a_slot_that_is_anothers_by_now_is_not_copied(tmp_path: Path) -> None:
    """Nor is one that does not open."""
    kept(tmp_path)

    with copies(tmp_path) as copying, pytest.raises(Corrupt):
        copying.copy(1, *OWNER)


def test_a_slot_beyond_the_end_is_not_copied(tmp_path: Path) -> None:
    """The database promised more than there is."""
    kept(tmp_path)

    with copies(tmp_path) as copying, pytest.raises(Corrupt):
        copying.copy(STEP, *OWNER)


def test_copies_are_under_the_newest_master_key(tmp_path: Path) -> None:
    """Also of a slot that is not, while it is being changed."""
    kept(tmp_path).close()

    with SlotCopies(
        tmp_path / "keys", NEW, previous=MASTER, randomness=randomness
    ) as copying:
        copy = copying.copy(0, *OWNER)

    assert copy is not None
    assert copy != raw(tmp_path, 0)
    assert opened_copy(copy, KeyWrapper(NEW), slot=0, owner=OWNER).slot == 0
    with pytest.raises(Corrupt):
        opened_copy(copy, KeyWrapper(MASTER), slot=0, owner=OWNER)


def test_a_key_file_is_made_of_copies(tmp_path: Path) -> None:
    """Each lies at its number, and the others are empty."""
    ring = kept(tmp_path)
    with copies(tmp_path) as copying:
        copy = copying.copy(0, *OWNER)
    assert copy is not None
    key = ring.key(0, account=OWNER[0], conversation=OWNER[1])
    place = tmp_path / "restored"
    place.mkdir()

    make_key_file(place / "keys", MASTER, {0: copy})

    fresh = again(open_ring(place), place, {0})
    assert same(fresh.key(0, account="acme", conversation="account"), key)
    assert not any(raw(place, 1))


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """It is the operator's to find."""
    with pytest.raises(Misconfigured, match="keys"):
        copies(tmp_path)
