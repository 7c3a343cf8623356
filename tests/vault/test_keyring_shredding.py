"""A shredded key is gone from disk and memory, and its slot waits."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from server.errors import Corrupt, Unavailable
from server.vault.keyring import Keyring
from server.vault.wrapping import EMPTY, SLOT_SIZE
from tests.fakes import FakeDisk
from tests.vault.rings import open_ring, raw


def test_a_shredded_key_is_gone_from_the_file(
    ring: Keyring, tmp_path: Path
) -> None:
    """Neither wrapped key nor nonce nor commitment is anywhere in it."""
    key, other = ring.new_key("acme", "c1"), ring.new_key("acme", "c2")
    ring.flush()
    before = raw(tmp_path, key.slot)
    kept = raw(tmp_path, other.slot)
    assert before != EMPTY

    ring.shred([key.slot])

    content = (tmp_path / "keys").read_bytes()
    for start, end in ((5, 17), (17, 65), (65, 97)):
        assert before[start:end] not in content
    assert raw(tmp_path, key.slot) == EMPTY
    assert raw(tmp_path, other.slot) == kept


def test_a_shredded_key_is_given_to_nobody(ring: Keyring) -> None:
    """Not out of the cache either, and not after a second shred."""
    key = ring.new_key("acme", "c1")
    ring.flush()
    ring.key(key.slot, account="acme", conversation="c1")

    for _ in range(2):
        ring.shred([key.slot])
        assert key.slot not in ring._cache
        with pytest.raises(Corrupt):
            ring.key(key.slot, account="acme", conversation="c1")


def test_a_key_read_while_it_is_shredded_is_not_kept(
    tmp_path: Path, ring: Keyring, disk: FakeDisk
) -> None:
    """The worker may come between the reading and the keeping of a key."""
    key = ring.new_key("acme", "c1")
    ring.flush()
    ring.close()

    class Interrupted(FakeDisk):
        def pread(self, fd: int, length: int, offset: int, /) -> bytes:
            found = super().pread(fd, length, offset)
            if length == SLOT_SIZE:
                fresh.shred([key.slot])
            return found

    fresh = open_ring(tmp_path, Interrupted())
    fresh.reconcile({key.slot})

    with pytest.raises(Corrupt, match="destroyed"):
        fresh.key(key.slot, account="acme", conversation="c1")
    fresh.release([key.slot])
    with pytest.raises(Corrupt, match="no readable key"):
        fresh.key(key.slot, account="acme", conversation="c1")
    fresh.close()


def test_many_keys_are_shredded_with_one_sync(
    ring: Keyring, disk: FakeDisk
) -> None:
    """Ending a thousand conversations at once costs one wait."""
    slots = [ring.new_key("acme", "c").slot for _ in range(1_000)]
    ring.flush()
    disk.calls.clear()

    ring.shred(slots)

    assert disk.calls == ["pwrite"] * 1_000 + ["fdatasync"]


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_a_failed_shred_is_done_again(
    ring: Keyring, disk: FakeDisk, tmp_path: Path, call: str
) -> None:
    """Its slot is not free before the zeros are on the medium."""
    key = ring.new_key("acme", "c1")
    ring.flush()
    disk.failing = {call: errno.EIO}
    with pytest.raises(Unavailable):
        ring.shred([key.slot])
    disk.failing, disk.calls = {}, []

    ring.release([key.slot])
    assert ring.new_key("acme", "c2").slot != key.slot
    ring.shred([key.slot])
    ring.release([key.slot])

    assert disk.calls == ["pwrite", "fdatasync"]
    assert raw(tmp_path, key.slot) == EMPTY
    assert ring.new_key("acme", "c3").slot == key.slot


def test_a_key_shredded_before_its_flush_never_reaches_the_disk(
    ring: Keyring, tmp_path: Path
) -> None:
    """The flush that comes later writes zeros, not the key."""
    key, other = ring.new_key("acme", "c1"), ring.new_key("acme", "c2")

    ring.shred([key.slot])
    ring.flush()

    assert raw(tmp_path, key.slot) == EMPTY
    assert raw(tmp_path, other.slot) != EMPTY
    ring.release([key.slot])
    assert ring.new_key("acme", "c3").slot == key.slot
    assert ring.new_key("acme", "c4").slot not in {key.slot, other.slot}


def test_a_slot_is_used_again_only_after_its_release(ring: Keyring) -> None:
    """Releasing twice, or what was never shredded, frees nothing."""
    key = ring.new_key("acme", "c1")
    ring.flush()
    ring.release([key.slot])
    ring.shred([key.slot])
    assert ring.new_key("acme", "c2").slot == 1

    ring.release([key.slot])
    ring.release([key.slot])

    assert ring.new_key("acme", "c3").slot == key.slot
    assert ring.new_key("acme", "c4").slot == 2
    found = ring.key(key.slot, account="acme", conversation="c3")
    assert found.slot == key.slot
