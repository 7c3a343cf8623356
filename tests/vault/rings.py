"""Keyrings for the tests of the vault, and a look past them at the file."""

from __future__ import annotations

from pathlib import Path
from random import Random

from server.vault.key_header import HEADER_SIZE
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from server.vault.sealing import DataKey, open_sealed, seal
from server.vault.wrapping import SLOT_SIZE
from tests.fakes import FakeDisk

randomness = Random(1).randbytes
MASTER = MasterKey.generate(randomness)
NEW = MasterKey.generate(randomness)


def open_ring(folder: Path, disk: FakeDisk | None = None) -> Keyring:
    """The keyring of ``folder``."""
    return Keyring.open(
        folder / "keys", MASTER, randomness=randomness, disk=disk or FakeDisk()
    )


def rotating_ring(folder: Path, disk: FakeDisk | None = None) -> Keyring:
    """The keyring of ``folder`` after a start with a new master key."""
    return Keyring.open(
        folder / "keys",
        NEW,
        previous=MASTER,
        randomness=randomness,
        disk=disk or FakeDisk(),
    )


def again(ring: Keyring, folder: Path, live: set[int]) -> Keyring:
    """The keyring after a restart in which rows refer to ``live``."""
    ring.close()
    fresh = open_ring(folder)
    fresh.reconcile(live)
    return fresh


def raw(folder: Path, slot: int) -> bytes:
    """What lies in ``slot``, past all program."""
    content = (folder / "keys").read_bytes()
    return content[HEADER_SIZE:][slot * SLOT_SIZE :][:SLOT_SIZE]


def same(left: DataKey, right: DataKey) -> bool:
    """Whether what one seals the other opens."""
    envelope = seal(left, b"x", bound_to=b"", randomness=randomness)
    return open_sealed(right, envelope, bound_to=b"") == b"x"
