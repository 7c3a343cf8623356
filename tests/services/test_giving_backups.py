"""Giving backups: one at a time, written down, and whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from server.domain.permission import operator
from server.errors import Conflict, Unavailable
from server.services.giving_backups import GivingBackups
from server.vault.package_key import PackageKey
from server.vault.packages import opened_package
from tests.services.backups import filled, source_of
from tests.services.worlds import World


@dataclass
class Keys:
    """A key file that is being put under another master key, or not."""

    is_rotating: bool = False


OPERATOR = operator("socket")


def names(folder: Path) -> set[str]:
    """What lies there, but for SQLite's own files."""
    return {
        one.name
        for one in folder.iterdir()
        if one.suffix not in {".db-wal", ".db-shm"}
    }


async def test_the_package_opens(tmp_path: Path) -> None:
    """And nothing of it stays in the data folder."""
    await filled(tmp_path)
    source = source_of(tmp_path)
    giving = GivingBackups(World().house, source, Keys())
    before = names(tmp_path)

    package = [piece async for piece in giving.stream(OPERATOR)]

    key = PackageKey.of_backups(source.master)
    assert b'"customer-2"' in b"".join(opened_package(key, package))
    assert names(tmp_path) == before


async def test_one_is_made_at_a_time(tmp_path: Path) -> None:
    """Whoever asks for another meanwhile is told so."""
    await filled(tmp_path)
    giving = GivingBackups(World().house, source_of(tmp_path), Keys())

    async with giving._making:
        with pytest.raises(Conflict):
            await anext(giving.stream(OPERATOR))


async def test_none_is_made_while_the_master_key_is_changed(
    tmp_path: Path,
) -> None:
    """Some slots would be under a key that is soon destroyed."""
    await filled(tmp_path)
    giving = GivingBackups(
        World().house, source_of(tmp_path), Keys(is_rotating=True)
    )

    with pytest.raises(Conflict):
        await anext(giving.stream(OPERATOR))


async def test_a_disk_without_room_is_told(tmp_path: Path) -> None:
    """The folder in which it would wait takes nothing."""
    await filled(tmp_path / "data")
    source = source_of(tmp_path / "data")
    (tmp_path / "data").rename(tmp_path / "moved")
    giving = GivingBackups(World().house, source, Keys())

    with pytest.raises(Unavailable):
        await anext(giving.stream(OPERATOR))
