"""Packages for the tests of the vault."""

from __future__ import annotations

from random import Random

from server.vault.one_time_key import OneTimeKey
from server.vault.package_key import PackageKey
from server.vault.packages import opened_package, sealed_package
from tests.vault.rings import MASTER

randomness = Random(7).randbytes

EXPORT = OneTimeKey.generate(randomness).package_key()
BACKUP = PackageKey.of_backups(MASTER)


def package(contents: bytes, key: PackageKey = EXPORT) -> bytes:
    """A package with ``contents`` in it."""
    return b"".join(sealed_package(key, [contents], randomness=randomness))


def opened(sealed: bytes, key: PackageKey = EXPORT) -> bytes:
    """What is in the package ``sealed``."""
    return b"".join(opened_package(key, [sealed]))
