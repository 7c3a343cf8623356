"""Whatever is done to a keyring, in any order and by two threads at once."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from server.errors import Corrupt, Unavailable
from server.vault.key_header import HEADER_SIZE
from server.vault.keyring import Keyring
from server.vault.wrapping import EMPTY, SLOT_SIZE
from tests.fakes import FakeDisk
from tests.vault.rings import MASTER, open_ring, randomness


class AnyOrder(RuleBasedStateMachine):
    """A keyring beside a plain account of which key must be where."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "keys"
        self.disk = FakeDisk()
        self.made = 0
        self.staged: dict[int, str] = {}
        self.kept: dict[int, str] = {}
        self.ending: dict[int, str] = {}  # shredded, rows still there
        self.start()

    def start(self) -> None:
        """Open the keyring as a start of the server does."""
        self.ring = Keyring.open(
            self.path, MASTER, randomness=randomness, disk=self.disk
        )
        self.ring.reconcile(self.kept.keys() | self.ending.keys())

    @rule()
    def begin(self) -> None:
        """A conversation begins."""
        self.made += 1
        slot = self.ring.new_key("acme", f"c{self.made}").slot
        assert slot not in self.staged | self.kept | self.ending
        self.staged[slot] = f"c{self.made}"

    @rule(works=st.booleans())
    def commit(self, *, works: bool) -> None:
        """A group is committed, or the disk fails and it is abandoned."""
        self.disk.failing = {} if works else {"fdatasync": 5}
        try:
            self.ring.flush()
        except Unavailable:
            self.ring.abandon(self.staged)
        else:
            self.kept |= self.staged
        self.staged = {}
        self.disk.failing = {}

    @precondition(lambda self: self.kept)
    @rule(data=st.data(), works=st.booleans())
    def end(self, data: st.DataObject, *, works: bool) -> None:
        """A conversation ends; a failing disk makes it end again."""
        slot = data.draw(st.sampled_from(sorted(self.kept)))
        self.ending[slot] = self.kept.pop(slot)
        if not works:
            self.disk.failing = {"fdatasync": 5}
            with pytest.raises(Unavailable):
                self.ring.shred([slot])
            self.disk.failing = {}
        self.ring.shred([slot])

    @rule()
    def forget(self) -> None:
        """The rows of what has ended are gone."""
        self.ring.release(self.ending)
        self.ending = {}

    @rule()
    def restart(self) -> None:
        """The server dies and starts; what was staged never was."""
        self.ring.close()
        self.staged = {}
        self.start()
        self.ring.shred(self.ending)

    @invariant()
    def every_key_is_where_it_must_be(self) -> None:
        """What lives opens, for its owner; what has ended is zeros."""
        content = self.path.read_bytes()[HEADER_SIZE:]
        for slot, name in (self.staged | self.kept).items():
            self.ring.key(slot, account="acme", conversation=name)
        for slot in self.kept:
            assert content[slot * SLOT_SIZE :][:SLOT_SIZE] != EMPTY
        for slot, name in self.ending.items():
            assert content[slot * SLOT_SIZE :][:SLOT_SIZE] == EMPTY
            with pytest.raises(Corrupt):
                self.ring.key(slot, account="acme", conversation=name)

    def teardown(self) -> None:
        """Give the folder back."""
        self.ring.close()
        self.folder.cleanup()


AnyOrder.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None
)
TestAnyOrder = AnyOrder.TestCase


def test_the_loop_need_not_wait_for_the_workers(tmp_path: Path) -> None:
    """New keys, flushes and shreds at once: none is lost, none comes back."""
    ring = open_ring(tmp_path)
    ring.reconcile(set())
    ended: list[int] = []
    kept: dict[int, str] = {}

    with ThreadPoolExecutor(2) as workers:
        for turn in range(40):
            fresh = {
                ring.new_key(
                    "acme", f"{turn}.{number}"
                ).slot: f"{turn}.{number}"
                for number in range(20)
            }
            flushing = workers.submit(ring.flush)
            shredding = workers.submit(ring.shred, list(ended))
            for slot, name in (fresh | kept).items():
                ring.key(slot, account="acme", conversation=name)
            flushing.result()
            shredding.result()
            ring.release(ended)
            kept |= fresh
            ended = list(kept)[::2]
            for slot in ended:
                del kept[slot]

    ring.close()
    ring = open_ring(tmp_path)
    assert ring.reconcile(kept) == len(ended)
    for slot, name in kept.items():
        ring.key(slot, account="acme", conversation=name)
    ring.close()
