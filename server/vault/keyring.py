"""The keys of all conversations: made, kept wrapped, found and destroyed.

Each conversation has a data key of its own in a slot of the key file. To
destroy the key is to destroy the conversation, wherever copies of its sealed
messages may lie.

The life of a slot

    free --new_key--> staged --flush--> kept --shred--> zeroed --release--> free
                        |
                        `--abandon--> staged as zeros --flush--> free

Which thread does what, and why there is no lock where messages pass

    the loop     new_key, key, abandon, release: never wait for the disk
    a worker     flush, shred, rewrap, reconcile, close: wait; one at a time,
                 by ``_writing``, a lock that the loop never takes

What both sides touch is touched by single steps that the interpreter makes
whole: ``append`` and ``popleft`` of a deque, ``pop`` and ``[] =`` of a dict.

    ``_staged``  the loop appends on the right; only a worker takes from the
                 left, and only what is on the medium. So it is never empty
                 while something is not, and an index cannot shift under a
                 worker that reads.
    ``_free``    either side appends; only the loop takes.
    ``_ended``   a worker writes ``slot`` here before it drops the cached key,
                 and ``key`` looks here after it cached one: whichever comes
                 second takes it out.

When the master key is changed

Every slot names the key it is under, and the header names both, so the file is
whole at every moment, whatever was re-wrapped before a crash. New keys are
under the new master key at once, so the slots under the old one only become
fewer. ``rewrap`` takes a slot as it lies there, under ``_writing``: what was
shredded is zeros and stays zeros, what was given to another conversation is
under the new key already, and what is staged is written later and wins.

    ``_rewrapping``  what a worker is writing over keys in use. The loop may
                     read a slot half old and half new; it looks here then.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import NamedTuple

from server.errors import Corrupt, Unavailable
from server.ids import Randomness
from server.vault.derivation import derived
from server.vault.master_key import MasterKey
from server.vault.sealing import SECRET_SIZE, DataKey
from server.vault.slot_file import Disk, SlotFile
from server.vault.wrappers import Wrappers, named
from server.vault.wrapping import EMPTY, place_of

#: Unwrapped keys kept at hand. An entry costs 2.7 KiB, most of it the cipher's
#: own tables: 54 MiB when full. A key that is not at hand costs 8 us.
MOST_CACHED = 20_000

#: Slots in the file: 128 MiB of them. A million live conversations are more
#: than one process carries; whoever gets here is being flooded.
MOST_SLOTS = 2**20


class _Staged(NamedTuple):
    slot: int
    record: bytes
    frees: bool  # the slot is free again once this is on the medium


class Keyring:
    """The data keys of all conversations; see ``open``."""

    def __init__(
        self,
        file: SlotFile,
        wrappers: Wrappers,
        *,
        randomness: Randomness,
        most_cached: int = MOST_CACHED,
        most_slots: int = MOST_SLOTS,
    ) -> None:
        self._file = file
        self._wrappers = wrappers
        self._rewrapping: dict[int, bytes] = {}
        self._randomness = randomness
        self._most_cached = most_cached
        self._most_slots = most_slots
        # Until ``reconcile`` has told which slots are free, none is: new keys
        # go behind the end, where they can overwrite nothing.
        self._next = file.capacity
        self._free: deque[int] = deque()
        self._staged: deque[_Staged] = deque()
        self._ended: dict[int, bool] = {}  # slot -> is it zeroed on disk?
        self._cache: OrderedDict[int, tuple[bytes, DataKey]] = OrderedDict()
        self._writing = threading.Lock()

    @classmethod
    def open(
        cls,
        path: Path,
        master: MasterKey,
        *,
        previous: MasterKey | None = None,
        randomness: Randomness,
        disk: Disk = os,
    ) -> Keyring:
        """Open the key file at ``path``, or make it; blocks.

        Call ``reconcile`` before the first ``new_key``.

        Args:
            path: Of the file.
            master: The master key.
            previous: The one before it: see ``is_rotating``.
            randomness: For keys and nonces.
            disk: Where the file lies.

        Raises:
            Misconfigured: The file belongs to another master key, is open to
                others, or in use by another process; or both keys are one.
            Corrupt: The file is not a whole key file.
        """
        wrappers = Wrappers(master, previous)
        file = SlotFile.open(
            path,
            named(master),
            previous=None if previous is None else named(previous),
            disk=disk,
        )
        if not file.is_rotating:
            wrappers.forget_previous()
        return cls(file, wrappers, randomness=randomness)

    @property
    def is_rotating(self) -> bool:
        """Whether slots may still be under the previous master key.

        Then somebody has to ``rewrap`` them all and ``finish_rotation``.
        """
        return self._wrappers.previous_id is not None

    @property
    def used(self) -> int:
        """Slots that a new key cannot have: kept, staged or being erased."""
        return self._next - len(self._free)

    @property
    def has_staged(self) -> bool:
        """Whether ``flush`` has something to write; exact at any time."""
        return bool(self._staged)

    def new_key(self, account: str, conversation: str) -> DataKey:
        """Make a key and stage it; it is not on disk before ``flush``.

        Raises:
            Unavailable: The file has as many keys as it may.
        """
        slot = self._take_slot()
        place = place_of(slot, account, conversation)
        secret = self._randomness(SECRET_SIZE)
        record = self._wrappers.wrap(
            secret, place=place, randomness=self._randomness
        )
        self._staged.append(_Staged(slot, record, frees=False))
        key = DataKey(slot, secret)
        self._remember(place, key)
        return key

    def key(self, slot: int, *, account: str, conversation: str) -> DataKey:
        """The key of ``conversation``, which lies in ``slot``.

        Raises:
            Corrupt: There is no readable key of that conversation there: it
                was shredded, altered, or is another's.
            Unavailable: The disk did not give it.
        """
        place = place_of(slot, account, conversation)
        cached = self._cache.pop(slot, None)
        if cached is not None and cached[0] == place:
            key = cached[1]
        else:
            key = DataKey(slot, self._secret(slot, place))
        self._remember(place, key)
        if slot in self._ended:
            self._cache.pop(slot, None)
            raise Corrupt("the key in this slot has been destroyed")
        return key

    def derive(
        self, slot: int, label: str, *, account: str, conversation: str
    ) -> bytes:
        """A key made of the one in ``slot``, flushed or not, for one use.

        32 bytes, always the same, whatever the master key is. They are not
        kept here: whoever has them drops them when the key is shredded.

        Raises:
            Corrupt: As ``key``.
            Unavailable: As ``key``.
        """
        place = place_of(slot, account, conversation)
        # Staged first: it leaves there only once it is in the file.
        staged = [one.record for one in self._staged.copy() if one.slot == slot]
        secret = (
            self._wrappers.unwrap(staged[-1], place=place)
            if staged
            else self._secret(slot, place)
        )
        if slot in self._ended:
            raise Corrupt("the key in this slot has been destroyed")
        return derived(secret, label)

    def abandon(self, slots: Iterable[int]) -> None:
        """Take back keys of ``new_key`` that nothing will be kept under.

        Once for each, flushed or not. The next ``flush`` zeroes them, and
        then they are free.
        """
        for slot in slots:
            self._cache.pop(slot, None)
            self._staged.append(_Staged(slot, EMPTY, frees=True))

    def release(self, slots: Iterable[int]) -> None:
        """Let shredded slots be used again; call when their rows are gone.

        Before that, a crash would have the rows' slots shredded once more,
        with somebody else's new key in them. Slots that are not zeroed on
        disk stay taken, and repeating is harmless.
        """
        for slot in slots:
            if self._ended.get(slot):
                del self._ended[slot]
                self._free.append(slot)

    def flush(self) -> None:
        """Put what is staged on the medium, with one sync; blocks.

        Raises:
            Unavailable: The disk did not take it. All of it stays staged.
        """
        with self._writing:
            # What the loop appends from here on is for the next flush.
            count = len(self._staged)
            latest = {
                staged.slot: staged
                for staged in (self._staged[at] for at in range(count))
            }
            self._file.write(
                {slot: staged.record for slot, staged in latest.items()}
            )
            self._free.extend(s.slot for s in latest.values() if s.frees)
            for _ in range(count):
                self._staged.popleft()

    def shred(self, slots: Iterable[int]) -> None:
        """Destroy keys: zero their slots on the medium; blocks.

        Safe to repeat until ``release``. Whether it succeeds or not, this
        keyring does not give these keys any more.

        Raises:
            Unavailable: The disk did not take it: do it again.
        """
        slots = frozenset(slots)
        with self._writing:
            for slot in slots:
                self._ended.setdefault(slot, False)
                self._cache.pop(slot, None)
            self._file.write(dict.fromkeys(slots, EMPTY))
            # One that was never flushed would be, later: zeros win over it.
            unflushed = slots.intersection(
                self._staged[at].slot for at in range(len(self._staged))
            )
            for slot in unflushed:
                self._staged.append(_Staged(slot, EMPTY, frees=False))
            for slot in slots:
                self._ended[slot] = True

    def rewrap(self, owners: Sequence[tuple[int, str, str]]) -> int:
        """Put keys under the new master key; blocks.

        Safe to repeat, and to be told of slots that are not theirs any more.
        What does not open stays as it is.

        Args:
            owners: Slot, account and conversation of each.

        Returns:
            How many were under the previous one.

        Raises:
            Unavailable: The disk failed: do it again, with all of them.
        """
        with self._writing:
            before = {slot: self._file.read(slot) for slot, _, _ in owners}
            after = {
                slot: self._wrappers.rewrap(
                    before[slot],
                    place=place_of(slot, account, conversation),
                    randomness=self._randomness,
                )
                for slot, account, conversation in owners
            }
            # What is under the new key already is written once more: it may
            # be of a write that failed, and then it is not on the medium.
            self._rewrapping = {
                slot: record for slot, record in after.items() if any(record)
            }
            try:
                self._file.write(self._rewrapping)
            finally:
                self._rewrapping = {}
        return sum(after[slot] != before[slot] for slot in before)

    def finish_rotation(self) -> int:
        """Forget the previous master key, if nothing is under it; blocks.

        Call after a ``rewrap`` of all rows.

        Returns:
            How many slots still are; 0 if it is forgotten.

        Raises:
            Unavailable: The disk failed: begin again with ``rewrap``.
        """
        previous = self._wrappers.previous_id
        if previous is None:
            return 0
        # Without the lock, for it takes a while: they only become fewer.
        left = self._file.key_ids()[previous]
        if not left:
            with self._writing:
                self._file.finish_rotation()
                self._wrappers.forget_previous()
        return left

    def reconcile(self, live: AbstractSet[int] | Mapping[int, object]) -> int:
        """Zero every key that no row refers to; blocks.

        Once, at start, before the first ``new_key``: a crash may have come
        between a key and its row.

        Args:
            live: The slots of all rows, also of those being erased.

        Returns:
            How many keys were zeroed.

        Raises:
            Corrupt: A row refers to a slot that the file does not have.
            Unavailable: The disk failed: do it again.
        """
        with self._writing:
            end = max(live, default=-1) + 1
            if end:
                self._file.check_holds(end - 1)
            orphans = [s for s in self._file.occupied() if s not in live]
            self._file.write(dict.fromkeys(orphans, EMPTY))
            self._free = deque(s for s in range(end) if s not in live)
            self._next = end
            return len(orphans)

    def close(self) -> None:
        """Forget all keys, close the file, unlock its folder; repeatable."""
        with self._writing:
            self._cache.clear()
            self._file.close()

    def _take_slot(self) -> int:
        if self._free:
            return self._free.popleft()
        if self._next >= self._most_slots:
            raise Unavailable("the key file has as many keys as it may")
        self._next += 1
        return self._next - 1

    def _secret(self, slot: int, place: bytes) -> bytes:
        try:
            return self._wrappers.unwrap(self._file.read(slot), place=place)
        except Corrupt:
            # Perhaps half old and half new. By now a worker still says what
            # it writes there, or it is done and the slot is whole.
            record = self._rewrapping.get(slot) or self._file.read(slot)
            return self._wrappers.unwrap(record, place=place)

    def _remember(self, place: bytes, key: DataKey) -> None:
        self._cache[key.slot] = (place, key)
        if len(self._cache) > self._most_cached:
            self._cache.popitem(last=False)
