"""Tests of server/vault/package_key.py."""

from __future__ import annotations

from server.vault.package_key import CHECK_SIZE, CIPHER_SIZE, Kind, PackageKey
from server.vault.wrappers import named
from tests.vault.rings import MASTER, NEW

SALT = bytes(16)


def test_a_backups_key_is_named_as_its_master_key() -> None:
    """So that whoever restores knows which one to look for."""
    key = PackageKey.of_backups(MASTER)

    assert key.kind is Kind.BACKUP
    assert key.key_id == named(MASTER).key_id
    assert key.key_id != PackageKey.of_backups(NEW).key_id


def test_each_package_has_a_key_of_its_own() -> None:
    """Another salt, kind or secret; and the check value is another again."""
    secret = bytes(22)
    export = PackageKey.of_export(secret)
    made = [
        export.for_package(SALT),
        export.for_package(b"other" + SALT[5:]),
        PackageKey.of_export(b"x" * 22).for_package(SALT),
        PackageKey(secret, Kind.BACKUP, b"name").for_package(SALT),
        PackageKey.of_backups(MASTER).for_package(SALT),
    ]

    assert len({part for pair in made for part in pair}) == 10
    assert {(len(key), len(check)) for key, check in made} == {
        (CIPHER_SIZE, CHECK_SIZE)
    }


def test_a_key_shows_its_name_only() -> None:
    """Which stands in the package anyway."""
    key = PackageKey.of_export(b"this is secret, sssht!")

    assert "ssh" not in repr(key)
    assert key.key_id.hex() in repr(key)
