"""The master key is changed amid everything else, and through power cuts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from server.errors import Corrupt, Misconfigured, Unavailable
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from server.vault.sealing import open_sealed, seal
from server.vault.wrappers import named
from tests.vault.medium import Medium
from tests.vault.rings import MASTER, randomness
from tests.vault.test_keyring_any_order import AnyOrder


class Rotating(AnyOrder):
    """Everything that is done to a keyring, and new master keys."""

    def __init__(self) -> None:
        self.master = MASTER
        self.previous: MasterKey | None = None
        self.retired: list[MasterKey] = []
        self.sealed: dict[str, bytes] = {}
        #: As they were listed at some time; some have ended since.
        self.listed: set[tuple[int, str, str]] = set()
        self.medium: Medium | None = None
        super().__init__()

    def start(self) -> None:
        """Open the keyring with what is in the settings now."""
        self.disk = self.medium = self.medium or Medium()
        self.ring = self.opened()
        self.ring.reconcile(self.kept.keys() | self.ending.keys())

    def opened(self) -> Keyring:
        """The keyring, before it is told what lives."""
        return Keyring.open(
            self.path,
            self.master,
            previous=self.previous,
            randomness=randomness,
            disk=self.disk,
        )

    @rule()
    def begin_and_write(self) -> None:
        """A conversation begins with a message."""
        self.begin()
        slot, name = list(self.staged.items())[-1]
        key = self.ring.key(slot, account="acme", conversation=name)
        self.sealed[name] = seal(
            key, name.encode(), bound_to=b"", randomness=randomness
        )

    @rule(data=st.data())
    def lose_power(self, data: st.DataObject) -> None:
        """Everything stops; of what was not synced, some is there."""
        self.ring.close()
        assert self.medium is not None
        self.medium.cut(self.path, lambda: data.draw(st.booleans()))
        self.staged = {}
        self.start()
        self.ring.shred(self.ending)

    @rule()
    def list_owners(self) -> None:
        """The rows are read, to be worked on later."""
        self.listed = {
            (slot, "acme", name)
            for slot, name in (self.kept | self.ending).items()
        }

    @precondition(lambda self: not self.ring.is_rotating)
    @rule()
    def change_master(self) -> None:
        """The operator makes a new master key."""
        if self.previous is not None:
            self.retired.append(self.previous)
        self.previous = self.master
        self.master = MasterKey.generate(randomness)
        self.restart()
        assert self.ring.is_rotating

    @precondition(lambda self: self.ring.is_rotating)
    @rule()
    def turn_back(self) -> None:
        """The operator thinks better of it, half way."""
        assert self.previous is not None
        self.master, self.previous = self.previous, self.master
        self.restart()
        assert self.ring.is_rotating

    @precondition(lambda self: self.listed)
    @rule(data=st.data(), failing=st.sampled_from(["", "pwrite", "fdatasync"]))
    def rewrap(self, data: st.DataObject, failing: str) -> None:
        """A batch of those listed; the disk may fail."""
        batch = data.draw(
            st.lists(st.sampled_from(sorted(self.listed)), unique=True)
        )
        self.disk.failing = {failing: 5} if failing else {}
        try:
            self.ring.rewrap(batch)
        except Unavailable:
            assert failing
        self.disk.failing = {}

    @precondition(lambda self: self.ring.is_rotating)
    @rule(works=st.booleans())
    def rewrap_all_and_finish(self, *, works: bool) -> None:
        """What the server does; the disk may fail at the last step."""
        self.list_owners()
        self.ring.rewrap(sorted(self.listed))
        if not works:
            self.disk.failing = {"fdatasync": 5}
            with pytest.raises(Unavailable):
                self.ring.finish_rotation()
            self.disk.failing = {}
            return
        assert self.ring.finish_rotation() == 0
        assert self.ring._file.key_ids().keys() <= {named(self.master).key_id}
        assert not self.ring.is_rotating
        assert self.previous is not None
        self.ring.close()
        for old in [self.previous, *self.retired]:
            with pytest.raises(Misconfigured):
                Keyring.open(
                    self.path, old, randomness=randomness, disk=self.disk
                )
        self.restart()

    @invariant()
    def what_was_written_can_be_read(self) -> None:
        """Off the disk, not out of the cache."""
        for slot, name in self.kept.items():
            self.ring._cache.pop(slot, None)
            key = self.ring.key(slot, account="acme", conversation=name)
            if name in self.sealed:
                text = open_sealed(key, self.sealed[name], bound_to=b"")
                assert text == name.encode()

    @invariant()
    def what_has_ended_cannot(self) -> None:
        """Not even by a server that starts now."""
        for slot, name in self.ending.items():
            with pytest.raises(Corrupt):
                self.ring.key(slot, account="acme", conversation=name)

    def teardown(self) -> None:
        """End with nothing under an old key."""
        self.disk.failing = {}
        if self.ring.is_rotating:
            self.ring.abandon(self.staged)
            self.ring.flush()
            self.rewrap_all_and_finish(works=True)
        super().teardown()


Rotating.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)
TestRotating = Rotating.TestCase


def test_the_medium_keeps_what_was_synced_only(tmp_path: Path) -> None:
    """What the failed sync had is not in the next one either."""
    disk = Medium()
    path = tmp_path / "file"
    with path.open("w+b", buffering=0) as file:
        fd = file.fileno()
        disk.pwrite(fd, b"a" * 512, 0)
        disk.fdatasync(fd)
        disk.pwrite(fd, b"b" * 512, 0)
        disk.failing = {"fdatasync": 5}
        with pytest.raises(OSError, match="Input/output"):
            disk.fdatasync(fd)
        disk.failing = {}
        disk.pwrite(fd, b"c" * 512, 512)
        disk.fdatasync(fd)
        disk.pwrite(fd, b"d" * 1024, 1024)

    disk.cut(path, iter([True, False]).__next__)

    content = path.read_bytes()
    assert [content[at : at + 1] for at in range(0, 2048, 512)] == [
        b"a",
        b"c",
        b"d",
        b"\0",
    ]
