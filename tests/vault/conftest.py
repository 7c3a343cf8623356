"""What the tests of the keyring begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.vault.keyring import Keyring
from tests.fakes import FakeDisk
from tests.vault.rings import open_ring


@pytest.fixture
def disk() -> FakeDisk:
    """The disk of ``ring``."""
    return FakeDisk()


@pytest.fixture
def ring(tmp_path: Path, disk: FakeDisk) -> Iterator[Keyring]:
    """A new keyring, ready for its first key."""
    ring = open_ring(tmp_path, disk)
    ring.reconcile(set())
    disk.calls.clear()
    yield ring
    ring.close()
