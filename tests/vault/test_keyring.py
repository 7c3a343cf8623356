"""Keys are durable once flushed, and never mixed up."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from server.errors import Corrupt, Misconfigured, Unavailable
from server.vault.key_header import HEADER_SIZE
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from server.vault.sealing import DataKey
from server.vault.slot_file import STEP, SlotFile
from server.vault.wrappers import Wrappers, named
from server.vault.wrapping import EMPTY, SLOT_SIZE
from tests.fakes import FakeDisk
from tests.vault.rings import MASTER, again, open_ring, randomness, raw, same


def test_a_flushed_key_survives_a_restart(
    ring: Keyring, tmp_path: Path
) -> None:
    """And is the same key, for its own conversation."""
    made = [ring.new_key("acme", f"c{number}") for number in range(3)]
    assert ring.has_staged
    ring.flush()
    assert not ring.has_staged

    fresh = again(ring, tmp_path, {0, 1, 2})

    for number, key in enumerate(made):
        found = fresh.key(key.slot, account="acme", conversation=f"c{number}")
        assert same(found, key)
    fresh.close()


def test_a_staged_key_is_not_on_disk(ring: Keyring, tmp_path: Path) -> None:
    """It is usable at once, and its slot stays empty until ``flush``."""
    key = ring.new_key("acme", "c1")

    assert raw(tmp_path, key.slot) == EMPTY
    assert ring.key(key.slot, account="acme", conversation="c1") is key


def test_a_group_of_keys_costs_one_sync(ring: Keyring, disk: FakeDisk) -> None:
    """However many conversations began; and none costs nothing."""
    for number in range(50):
        ring.new_key("acme", f"c{number}")

    ring.flush()
    ring.flush()

    assert disk.calls == ["pwrite"] * 50 + ["fdatasync"]


def test_a_key_made_during_a_flush_is_for_the_next(
    tmp_path: Path,
) -> None:
    """The loop goes on while the worker waits; what it stages stays staged."""
    made: list[DataKey] = []

    class Busy(FakeDisk):
        def fdatasync(self, fd: int, /) -> None:
            super().fdatasync(fd)
            if ring is not None:
                made.append(ring.new_key("acme", f"c{len(made)}"))

    ring: Keyring | None = None
    ring = open_ring(tmp_path, Busy())
    ring.reconcile(set())
    ring.new_key("acme", "first")
    ring.flush()

    assert ring.has_staged
    assert raw(tmp_path, made[0].slot) == EMPTY
    ring.flush()
    assert raw(tmp_path, made[0].slot) != EMPTY
    ring.close()


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_a_failed_flush_loses_nothing(
    ring: Keyring, disk: FakeDisk, tmp_path: Path, call: str
) -> None:
    """All of it stays staged and is written again, even what was taken.

    After a failed sync the system may call the next one good without having
    written the pages of the first.
    """
    keys = [ring.new_key("acme", "c0"), ring.new_key("acme", "c1")]
    disk.failing = {call: errno.EIO}
    with pytest.raises(Unavailable, match="Input/output error"):
        ring.flush()
    assert ring.has_staged
    disk.failing, disk.calls = {}, []

    ring.flush()

    assert disk.calls == ["pwrite"] * 2 + ["fdatasync"]
    fresh = again(ring, tmp_path, {0, 1})
    for key, name in zip(keys, ("c0", "c1"), strict=True):
        assert same(fresh.key(key.slot, account="acme", conversation=name), key)
    fresh.close()


@pytest.mark.parametrize("flushed", [True, False])
def test_an_abandoned_key_leaves_no_trace(
    ring: Keyring, tmp_path: Path, *, flushed: bool
) -> None:
    """Zeros after the next flush, and only then a free slot."""
    key = ring.new_key("acme", "c1")
    if flushed:
        ring.flush()

    ring.abandon([key.slot])

    assert ring.has_staged
    assert ring.new_key("acme", "c2").slot != key.slot
    ring.flush()
    assert raw(tmp_path, key.slot) == EMPTY
    with pytest.raises(Corrupt):
        ring.key(key.slot, account="acme", conversation="c1")
    assert ring.new_key("acme", "c3").slot == key.slot


def test_abandoning_on_a_full_disk_needs_no_room(
    ring: Keyring, disk: FakeDisk
) -> None:
    """A key that made the file grow can be taken back without growing."""
    slots = [ring.new_key("acme", "c").slot for _ in range(STEP + 1)]
    disk.failing = {"ftruncate": errno.ENOSPC}
    with pytest.raises(Unavailable):
        ring.flush()

    ring.abandon(slots)
    ring.flush()

    assert ring.used == 0


def test_the_file_grows_with_its_keys(ring: Keyring, tmp_path: Path) -> None:
    """The first key of the second step is as durable as any."""
    keys = [ring.new_key("acme", "c") for _ in range(STEP + 1)]
    ring.flush()

    fresh = again(ring, tmp_path, {keys[-1].slot})

    found = fresh.key(STEP, account="acme", conversation="c")
    assert same(found, keys[-1])
    fresh.close()


@pytest.mark.parametrize(
    ("slot", "account", "conversation"),
    [(0, "acme", "c2"), (0, "emca", "c1"), (1, "acme", "c1"), (9, "a", "b")],
)
def test_a_key_is_given_to_its_own_conversation_only(
    ring: Keyring, slot: int, account: str, conversation: str
) -> None:
    """Cached or not; and asking wrongly does not spoil it for the owner."""
    ring.new_key("acme", "c1")
    ring.flush()

    for _ in range(2):
        with pytest.raises(Corrupt):
            ring.key(slot, account=account, conversation=conversation)

    assert ring.key(0, account="acme", conversation="c1").slot == 0


def test_slots_that_changed_places_do_not_open(
    ring: Keyring, tmp_path: Path
) -> None:
    """Somebody who can write the file cannot swap two customers' keys."""
    ring.new_key("acme", "c0")
    ring.new_key("acme", "c1")
    ring.flush()
    ring.close()
    path = tmp_path / "keys"
    content = bytearray(path.read_bytes())
    first = slice(HEADER_SIZE, HEADER_SIZE + SLOT_SIZE)
    second = slice(HEADER_SIZE + SLOT_SIZE, HEADER_SIZE + 2 * SLOT_SIZE)
    content[first], content[second] = content[second], content[first]
    path.write_bytes(content)

    fresh = open_ring(tmp_path)
    for slot, conversation in ((0, "c0"), (1, "c1"), (0, "c1"), (1, "c0")):
        with pytest.raises(Corrupt):
            fresh.key(slot, account="acme", conversation=conversation)
    fresh.close()


def test_a_key_is_unwrapped_once(ring: Keyring, tmp_path: Path) -> None:
    """The second asking gets the same object, count of seals and all."""
    ring.new_key("acme", "c1")
    ring.flush()
    fresh = again(ring, tmp_path, {0})

    first = fresh.key(0, account="acme", conversation="c1")

    assert fresh.key(0, account="acme", conversation="c1") is first
    fresh.close()


def small_ring(folder: Path, disk: FakeDisk, **limits: int) -> Keyring:
    """A keyring with limits of its own."""
    file = SlotFile.open(
        folder / "small", named(MASTER), previous=None, disk=disk
    )
    ring = Keyring(file, Wrappers(MASTER), randomness=randomness, **limits)
    ring.reconcile(set())
    return ring


def test_the_cache_keeps_what_was_used_last(
    tmp_path: Path, disk: FakeDisk
) -> None:
    """Beyond its limit the key that nobody asked for longest goes."""
    ring = small_ring(tmp_path, disk, most_cached=2)
    made = [ring.new_key("acme", f"c{number}") for number in range(2)]
    ring.flush()
    ring.key(0, account="acme", conversation="c0")

    made.append(ring.new_key("acme", "c2"))
    ring.flush()

    assert ring.key(0, account="acme", conversation="c0") is made[0]
    assert ring.key(2, account="acme", conversation="c2") is made[2]
    found = ring.key(1, account="acme", conversation="c1")
    assert found is not made[1]
    assert same(found, made[1])
    ring.close()


def test_a_full_file_takes_no_more_keys(tmp_path: Path, disk: FakeDisk) -> None:
    """A flood of conversations ends at a limit, and at nobody's cost."""
    ring = small_ring(tmp_path, disk, most_slots=2)
    ring.new_key("acme", "c0")
    ring.new_key("acme", "c1")
    ring.flush()

    with pytest.raises(Unavailable, match="as many keys"):
        ring.new_key("acme", "c2")

    ring.shred([0])
    ring.release([0])
    assert ring.new_key("acme", "c2").slot == 0
    ring.close()


def test_another_master_key_opens_nothing(
    ring: Keyring, tmp_path: Path
) -> None:
    """It is refused at the door, with what to do."""
    ring.close()
    other = MasterKey.generate(randomness)

    with pytest.raises(Misconfigured, match="another master key"):
        Keyring.open(tmp_path / "keys", other, randomness=randomness)


def test_closing_forgets_the_keys(ring: Keyring) -> None:
    """Twice is as good as once."""
    ring.new_key("acme", "c0")
    ring.flush()

    ring.close()
    ring.close()

    with pytest.raises(Unavailable):
        ring.key(0, account="acme", conversation="c0")
