"""At start the file is made to agree with the rows."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from server.errors import Corrupt, Unavailable
from server.vault.keyring import Keyring
from server.vault.slot_file import STEP
from server.vault.wrapping import EMPTY
from tests.fakes import FakeDisk
from tests.vault.rings import again, open_ring, raw, same


def test_orphans_are_zeroed_at_start(ring: Keyring, tmp_path: Path) -> None:
    """Keys whose rows never came, or are gone; the others stay."""
    keys = [ring.new_key("acme", f"c{number}") for number in range(6)]
    ring.flush()
    ring.close()
    fresh = open_ring(tmp_path)

    assert fresh.reconcile({1: "row", 4: "row"}) == 4
    assert fresh.reconcile({1, 4}) == 0

    for slot in range(6):
        assert (raw(tmp_path, slot) == EMPTY) is (slot not in {1, 4})
    assert same(fresh.key(4, account="acme", conversation="c4"), keys[4])
    assert fresh.used == 2
    assert [fresh.new_key("acme", "n").slot for _ in range(5)] == [
        0,
        2,
        3,
        5,
        6,
    ]
    fresh.close()


def test_a_slot_of_a_row_being_erased_is_not_given_away(
    ring: Keyring, tmp_path: Path
) -> None:
    """Empty already, but to be shredded once more: no new key goes there."""
    ring.new_key("acme", "c0")
    ring.flush()
    ring.shred([0])
    fresh = again(ring, tmp_path, {0})

    assert fresh.new_key("acme", "c1").slot == 1
    fresh.shred([0])
    fresh.release([0])

    assert fresh.new_key("acme", "c2").slot == 0
    fresh.close()


def test_no_key_is_overwritten_before_reconciling(
    ring: Keyring, tmp_path: Path
) -> None:
    """Until it is known which slots are free, new keys go behind the end."""
    ring.new_key("acme", "c0")
    ring.flush()
    ring.close()

    fresh = open_ring(tmp_path)

    assert fresh.new_key("acme", "c1").slot == STEP
    fresh.close()


def test_a_row_without_its_slot_is_reported(ring: Keyring) -> None:
    """A key file from an older backup is too short for the database."""
    with pytest.raises(Corrupt, match="shorter than the database says"):
        ring.reconcile({STEP})


def test_a_failing_disk_at_start_zeroes_nothing_wrong(
    ring: Keyring, disk: FakeDisk, tmp_path: Path
) -> None:
    """Unreadable slots are not taken for empty ones."""
    ring.new_key("acme", "c0")
    ring.flush()
    disk.failing = {"pread": errno.EIO}

    with pytest.raises(Unavailable):
        ring.reconcile({0})
    with pytest.raises(Unavailable):
        ring.key(0, account="emca", conversation="c0")

    assert raw(tmp_path, 0) != EMPTY
