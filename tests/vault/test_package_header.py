"""Tests of server/vault/package_header.py."""

from __future__ import annotations

import pytest

from server.errors import Corrupt
from server.vault.one_time_key import OneTimeKey
from server.vault.package_header import (
    HEADER_SIZE,
    PackageHeader,
    WrongKey,
    header_for,
)
from server.vault.package_key import Kind, PackageKey
from tests.vault.package_samples import BACKUP, EXPORT, randomness
from tests.vault.rings import NEW

HEADER = header_for(BACKUP, randomness(16))


def test_a_header_says_what_it_is_of() -> None:
    """Kind and key, without the key."""
    read = PackageHeader.read(HEADER.raw)

    assert read == HEADER
    assert len(read.raw) == HEADER_SIZE
    assert (read.kind, read.key_id) == (Kind.BACKUP, BACKUP.key_id)


def test_its_key_gives_the_same_cipher_each_time() -> None:
    """Another header of the same key gives another."""
    other = header_for(BACKUP, randomness(16))

    assert HEADER.cipher_secret(BACKUP) == HEADER.cipher_secret(BACKUP)
    assert HEADER.cipher_secret(BACKUP) != other.cipher_secret(BACKUP)


def test_another_key_is_told_which_one_it_should_be() -> None:
    """That of a later master key cannot open an old backup."""
    with pytest.raises(WrongKey, match=BACKUP.key_id.hex()) as refused:
        HEADER.cipher_secret(PackageKey.of_backups(NEW))

    assert refused.value.key_id == BACKUP.key_id


def test_a_key_for_another_kind_is_refused() -> None:
    """An export's key is not tried on a backup."""
    with pytest.raises(Corrupt, match="backup, not export"):
        HEADER.cipher_secret(EXPORT)
    with pytest.raises(Corrupt, match="export, not backup"):
        header_for(
            OneTimeKey.generate(randomness).package_key(), bytes(16)
        ).cipher_secret(BACKUP)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "no package"),
        (HEADER.raw[:-1], "no package"),
        (HEADER.raw + b"x", "no package"),
        (b"\x89DAYFLY\n" + HEADER.raw[8:], "no package"),
        (HEADER.raw[:8] + b"\x02" + HEADER.raw[9:], "version"),
        (HEADER.raw[:9] + b"\x00" + HEADER.raw[10:], "version"),
        (HEADER.raw[:9] + b"\x03" + HEADER.raw[10:], "version"),
    ],
)
def test_what_is_no_header_is_refused(raw: bytes, told: str) -> None:
    """Too short, another file's, or of a version that is yet to come."""
    with pytest.raises(Corrupt, match=told):
        PackageHeader.read(raw)
