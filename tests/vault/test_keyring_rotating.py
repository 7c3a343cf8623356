"""The master key is changed while the keyring is in use."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from server.errors import Corrupt, Misconfigured, Unavailable
from server.vault.key_header import key_id_of
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from server.vault.sealing import DataKey
from server.vault.wrappers import named
from server.vault.wrapping import EMPTY
from tests.fakes import FakeDisk
from tests.vault.rings import (
    MASTER,
    NEW,
    open_ring,
    randomness,
    raw,
    rotating_ring,
    same,
)

NEW_ID = named(NEW).key_id
OWNERS = [(slot, "acme", f"c{slot}") for slot in range(6)]


@pytest.fixture
def keys(tmp_path: Path) -> list[DataKey]:
    """Six keys under the old master key, in a closed file."""
    ring = open_ring(tmp_path)
    ring.reconcile(set())
    made = [ring.new_key(account, name) for _, account, name in OWNERS]
    ring.flush()
    ring.close()
    return made


@pytest.fixture
def rotating(
    tmp_path: Path, keys: list[DataKey], disk: FakeDisk
) -> Iterator[Keyring]:
    """The same file after a start with a new master key."""
    ring = rotating_ring(tmp_path, disk)
    ring.reconcile(set(range(6)))
    disk.calls.clear()
    yield ring
    ring.close()


def key_of(ring: Keyring, slot: int) -> DataKey:
    """The key in ``slot``, from the disk."""
    ring._cache.clear()
    return ring.key(slot, account="acme", conversation=f"c{slot}")


def test_every_key_opens_before_between_and_after(
    rotating: Keyring, keys: list[DataKey], tmp_path: Path
) -> None:
    """And is the same key; one sync for a batch."""
    assert rotating.is_rotating
    for batch in (OWNERS[:3], OWNERS[3:], []):
        for slot, key in enumerate(keys):
            assert same(key_of(rotating, slot), key)
        assert rotating.rewrap(batch) == len(batch)

    assert rotating.finish_rotation() == 0
    assert not rotating.is_rotating
    for slot, key in enumerate(keys):
        assert key_id_of(raw(tmp_path, slot)) == NEW_ID
        assert same(key_of(rotating, slot), key)


def test_a_batch_is_synced_once(rotating: Keyring, disk: FakeDisk) -> None:
    """Whatever its size; new conversations wait for it."""
    rotating.rewrap(OWNERS)

    assert disk.calls == ["pwrite"] * 6 + ["fdatasync"]


def test_new_keys_are_under_the_new_one_at_once(
    rotating: Keyring, tmp_path: Path
) -> None:
    """So those under the old one only become fewer."""
    rotating.new_key("acme", "c6")
    rotating.flush()

    assert key_id_of(raw(tmp_path, 6)) == NEW_ID
    assert rotating.rewrap([(6, "acme", "c6")]) == 0


def test_the_old_one_is_refused_afterwards(
    rotating: Keyring, tmp_path: Path
) -> None:
    """The new one alone does, and with the old one beside it, too."""
    rotating.rewrap(OWNERS)
    rotating.finish_rotation()
    rotating.close()

    with pytest.raises(Misconfigured, match="belongs to another master key"):
        open_ring(tmp_path)
    both = rotating_ring(tmp_path)
    assert not both.is_rotating
    both.close()
    alone = Keyring.open(tmp_path / "keys", NEW, randomness=randomness)
    assert key_of(alone, 5).slot == 5
    alone.close()


def test_the_old_one_is_forgotten(rotating: Keyring, tmp_path: Path) -> None:
    """What is put back under it does not open any more."""
    old = raw(tmp_path, 0)
    rotating.rewrap(OWNERS)
    rotating.finish_rotation()

    rotating._file.write({0: old})

    with pytest.raises(Corrupt):
        key_of(rotating, 0)


def test_it_is_not_forgotten_while_it_is_needed(rotating: Keyring) -> None:
    """The file is counted, not what was done to it."""
    rotating.rewrap(OWNERS[:4])

    assert rotating.finish_rotation() == 2
    assert rotating.is_rotating
    assert key_of(rotating, 5).slot == 5


def test_both_are_needed_until_the_end(
    rotating: Keyring, tmp_path: Path
) -> None:
    """Neither alone is taken half way, nor a third; both are, either way."""
    rotating.rewrap(OWNERS[:3])
    rotating.close()

    for alone in (MASTER, NEW):
        with pytest.raises(Misconfigured, match="is being changed"):
            Keyring.open(tmp_path / "keys", alone, randomness=randomness)
    third = MasterKey.generate(randomness)
    with pytest.raises(Misconfigured, match="neither master_key_file"):
        Keyring.open(
            tmp_path / "keys", third, previous=NEW, randomness=randomness
        )
    back = Keyring.open(
        tmp_path / "keys", MASTER, previous=NEW, randomness=randomness
    )
    assert back.rewrap(OWNERS) == 3
    assert back.finish_rotation() == 0
    back.close()
    open_ring(tmp_path).close()


def test_a_wrong_old_one_is_said_to_be(
    keys: list[DataKey], tmp_path: Path
) -> None:
    """Nothing is changed; neither is it by the same key twice."""
    before = (tmp_path / "keys").read_bytes()
    wrong = MasterKey.generate(randomness)

    with pytest.raises(Misconfigured, match="neither master_key_file"):
        Keyring.open(
            tmp_path / "keys", NEW, previous=wrong, randomness=randomness
        )
    with pytest.raises(Misconfigured, match="is the master key itself"):
        Keyring.open(
            tmp_path / "keys", MASTER, previous=MASTER, randomness=randomness
        )
    with pytest.raises(Misconfigured, match="name the old one"):
        Keyring.open(tmp_path / "keys", NEW, randomness=randomness)

    assert (tmp_path / "keys").read_bytes() == before


def test_a_new_file_needs_no_old_one(tmp_path: Path) -> None:
    """There is nothing under it."""
    ring = rotating_ring(tmp_path)

    assert not ring.is_rotating
    assert ring.finish_rotation() == 0
    ring.close()


def test_what_ended_meanwhile_stays_ended(
    rotating: Keyring, tmp_path: Path, disk: FakeDisk
) -> None:
    """The list of owners may be older than their ends."""
    rotating.shred([1])
    disk.calls.clear()

    assert rotating.rewrap(OWNERS) == 5

    assert disk.calls == ["pwrite"] * 5 + ["fdatasync"]
    assert raw(tmp_path, 1) == EMPTY
    assert rotating.finish_rotation() == 0


def test_a_slot_given_to_another_stays_theirs(rotating: Keyring) -> None:
    """It is under the new key already, whoever the list says it belongs to."""
    rotating.shred([1])
    rotating.release([1])
    key = rotating.new_key("acme", "another")
    assert key.slot == 1
    staged_only = rotating.rewrap(OWNERS)
    rotating.flush()

    assert (staged_only, rotating.rewrap(OWNERS)) == (5, 0)

    rotating._cache.clear()
    found = rotating.key(1, account="acme", conversation="another")
    assert same(found, key)


def test_what_does_not_open_is_left_as_it_is(
    rotating: Keyring, tmp_path: Path
) -> None:
    """And keeps the old key in use until its conversation ends."""
    damaged = bytearray(raw(tmp_path, 2))
    damaged[30] ^= 1
    rotating._file.write({2: bytes(damaged)})

    assert rotating.rewrap(OWNERS) == 5

    assert raw(tmp_path, 2) == damaged
    assert rotating.finish_rotation() == 1
    rotating.shred([2])
    assert rotating.finish_rotation() == 0


@pytest.mark.parametrize("call", ["pread", "pwrite", "fdatasync"])
def test_a_failed_batch_is_written_whole_again(
    rotating: Keyring, disk: FakeDisk, call: str
) -> None:
    """What the failed one wrote may not be on the medium, read or not."""
    disk.failing = {call: errno.EIO}
    with pytest.raises(Unavailable):
        rotating.rewrap(OWNERS)
    disk.failing = {}
    disk.calls.clear()

    rotating.rewrap(OWNERS)

    assert disk.calls == ["pwrite"] * 6 + ["fdatasync"]
    assert rotating.finish_rotation() == 0


def test_a_failed_end_is_tried_again(
    rotating: Keyring, disk: FakeDisk, tmp_path: Path
) -> None:
    """Until the header is on the medium, the old key is not forgotten."""
    rotating.rewrap(OWNERS)
    disk.failing = {"fdatasync": errno.EIO}
    with pytest.raises(Unavailable):
        rotating.finish_rotation()
    assert rotating.is_rotating
    disk.failing = {}

    assert rotating.finish_rotation() == 0
    assert not rotating.is_rotating


def test_the_header_names_both_before_anything_else(
    keys: list[DataKey], tmp_path: Path
) -> None:
    """Where it cannot be written, there is no start."""
    disk = FakeDisk()
    disk.failing = {"pwrite": errno.ENOSPC}

    with pytest.raises(Misconfigured, match="No space left"):
        rotating_ring(tmp_path, disk)

    ring = rotating_ring(tmp_path, disk := FakeDisk())
    assert disk.calls == ["pwrite", "fdatasync"]
    ring.close()
    rotating_ring(tmp_path, disk := FakeDisk()).close()
    assert disk.calls == []


class Watched(FakeDisk):
    """A disk that writes each record in halves, and lets somebody look."""

    def __init__(self) -> None:
        super().__init__()
        self.look: Callable[[], object] = lambda: None

    def pread(self, fd: int, length: int, offset: int, /) -> bytes:
        found = super().pread(fd, length, offset)
        look, self.look = self.look, lambda: None
        look()
        self.look = look
        return found

    def pwrite(self, fd: int, data: bytes, offset: int, /) -> int:
        half = len(data) // 2
        super().pwrite(fd, data[:half], offset)
        look, self.look = self.look, lambda: None
        look()
        self.look = look
        return half + super().pwrite(fd, data[half:], offset + half)


def test_a_key_opens_while_its_slot_is_written(
    keys: list[DataKey], tmp_path: Path
) -> None:
    """Half old and half new on the disk: the loop gets it all the same."""
    ring = rotating_ring(tmp_path, disk := Watched())
    ring.reconcile(set(range(6)))
    found: list[DataKey] = []
    disk.look = lambda: found.append(key_of(ring, 3))

    ring.rewrap(OWNERS)

    assert len(found) == 12
    assert all(same(key, keys[3]) for key in found)
    ring.close()


def test_a_key_read_too_early_is_read_again(
    keys: list[DataKey], tmp_path: Path
) -> None:
    """Read under the old key, which is forgotten before it is unwrapped."""
    ring = rotating_ring(tmp_path, disk := Watched())
    ring.reconcile(set(range(6)))

    def rotate() -> None:
        disk.look = lambda: None
        ring.rewrap(OWNERS)
        ring.finish_rotation()

    disk.look = rotate

    assert same(key_of(ring, 3), keys[3])
    ring.close()


def test_nobody_writes_between_its_reading_and_its_writing(
    keys: list[DataKey], tmp_path: Path
) -> None:
    """Or what was shredded there would come back."""
    ring = rotating_ring(tmp_path, disk := Watched())
    ring.reconcile(set(range(6)))
    was_free: list[bool] = []
    disk.look = lambda: was_free.append(ring._writing.acquire(blocking=False))

    ring.rewrap(OWNERS)

    assert was_free == [False] * 12
    ring.close()


def test_all_goes_on_meanwhile(tmp_path: Path) -> None:
    """Two threads: none is lost, none comes back, none is left behind."""
    ring = open_ring(tmp_path)
    ring.reconcile(set())
    kept = {ring.new_key("acme", f"{n}").slot: f"{n}" for n in range(400)}
    ring.flush()
    ring.close()
    ring = rotating_ring(tmp_path)
    ring.reconcile(kept)
    owners = [(slot, "acme", name) for slot, name in kept.items()]

    with ThreadPoolExecutor(3) as workers:
        for turn in range(20):
            batch = owners[turn * 20 :][:20]
            ended = list(kept)[::7]
            for slot in ended:
                del kept[slot]
            fresh = {ring.new_key("acme", f"n{turn}").slot: f"n{turn}"}
            at_work: list[Future[Any]] = [
                workers.submit(ring.rewrap, batch),
                workers.submit(ring.shred, ended),
                workers.submit(ring.flush),
            ]
            for slot, name in kept.items():
                ring._cache.pop(slot, None)
                ring.key(slot, account="acme", conversation=name)
            for one in at_work:
                one.result()
            ring.release(ended)
            kept |= fresh

    assert ring.finish_rotation() == 0
    assert ring._file.key_ids() == {NEW_ID: len(kept)}
    ring.close()
    with pytest.raises(Misconfigured):
        open_ring(tmp_path)
