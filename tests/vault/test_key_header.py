"""The header: whose slots these are, and every damage to that."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from server.errors import Corrupt, Misconfigured
from server.vault.key_header import (
    CHECK_SIZE,
    HEADER_SIZE,
    Named,
    header_of,
    needs_previous,
)
from server.vault.master_key import MasterKey
from server.vault.wrappers import named
from server.vault.wrapping import KEY_ID_SIZE

PATH = Path("keys")
OLD, NEW, THIRD = (
    named(MasterKey.generate(Random(seed).randbytes)) for seed in range(3)
)
USED = 12 + 2 * (KEY_ID_SIZE + CHECK_SIZE)


def needs(header: bytes, now: Named, previous: Named | None = None) -> bool:
    """Whether ``previous`` is needed for a file with ``header``."""
    return needs_previous(header, PATH, now=now, previous=previous)


def test_it_lies_in_one_sector_of_a_page() -> None:
    """So that a crash leaves the old one or the new one."""
    assert len(header_of(NEW)) == len(header_of(NEW, OLD)) == HEADER_SIZE
    assert not any(header_of(NEW, OLD)[USED:])
    assert USED <= 512


def test_the_previous_key_is_needed_if_it_is_named() -> None:
    """In whichever order; not where the file is the new one's alone."""
    assert not needs(header_of(NEW), NEW)
    assert not needs(header_of(NEW), NEW, OLD)
    assert needs(header_of(OLD), NEW, OLD)
    assert needs(header_of(NEW, OLD), NEW, OLD)
    assert needs(header_of(OLD, NEW), NEW, OLD)


@pytest.mark.parametrize(
    ("header", "keys", "said"),
    [
        (header_of(OLD), (NEW,), "name the old one previous_master_key_file"),
        (header_of(OLD), (NEW, THIRD), "neither master_key_file nor"),
        (header_of(NEW, OLD), (NEW,), "being changed: name both"),
        (header_of(NEW, OLD), (OLD,), "being changed: name both"),
        (header_of(NEW, OLD), (THIRD, NEW), "neither master_key_file nor"),
        (header_of(NEW, OLD), (NEW, THIRD), "neither master_key_file nor"),
    ],
)
def test_other_keys_are_told_apart(
    header: bytes, keys: tuple[Named, ...], said: str
) -> None:
    """Each mistake has a sentence of its own."""
    with pytest.raises(Misconfigured, match=said):
        needs(header, *keys)


@pytest.mark.parametrize("byte", [*range(USED), 512, HEADER_SIZE - 1])
def test_no_bit_may_change(byte: int) -> None:
    """Of either key's part, nor of the rest of the page."""
    header = bytearray(header_of(NEW, OLD))
    header[byte] ^= 4

    with pytest.raises((Corrupt, Misconfigured)):
        needs(bytes(header), NEW, OLD)


def test_a_key_of_the_same_name_is_recognised() -> None:
    """Four bytes may be equal by chance; the check value is not."""
    double = Named(THIRD.master, OLD.key_id)

    with pytest.raises(Corrupt):
        needs(header_of(NEW, OLD), NEW, double)
