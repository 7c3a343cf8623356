"""A package that is a file becomes another file, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import Corrupt, Misconfigured
from server.vault.chunks import CHUNK
from server.vault.package_files import header_in, open_package
from server.vault.package_header import WrongKey
from server.vault.package_key import Kind
from tests.vault.package_samples import BACKUP, EXPORT, package

CONTENTS = b"words " * CHUNK


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A package of some pieces."""
    path = tmp_path / "export"
    path.write_bytes(package(CONTENTS))
    return path


def files(folder: Path) -> list[str]:
    """What lies in ``folder``."""
    return sorted(path.name for path in folder.iterdir())


def test_what_is_opened_is_for_its_owner_only(
    source: Path, tmp_path: Path
) -> None:
    """All of it, and nothing is left beside it."""
    target = tmp_path / "export.zip"

    open_package(source, target, EXPORT)

    assert target.read_bytes() == CONTENTS
    assert target.stat().st_mode & 0o777 == 0o600
    assert files(tmp_path) == ["export", "export.zip"]


def test_half_a_package_leaves_nothing(source: Path, tmp_path: Path) -> None:
    """Although most of it could be read."""
    source.write_bytes(source.read_bytes()[:-1])

    with pytest.raises(Corrupt, match="unreadable package"):
        open_package(source, tmp_path / "export.zip", EXPORT)

    assert files(tmp_path) == ["export"]


def test_a_key_that_does_not_fit_leaves_nothing(
    source: Path, tmp_path: Path
) -> None:
    """And what it lies under can be asked."""
    source.write_bytes(package(CONTENTS, BACKUP))
    header = header_in(source)

    with pytest.raises(Corrupt):
        open_package(source, tmp_path / "out", EXPORT)

    assert (header.kind, header.key_id) == (Kind.BACKUP, BACKUP.key_id)
    assert files(tmp_path) == ["export"]
    assert issubclass(WrongKey, Corrupt)


@pytest.mark.parametrize("name", ["out", "out.part"])
def test_nothing_is_written_over(
    source: Path, tmp_path: Path, name: str
) -> None:
    """Neither the target nor what is in the way while it is made."""
    (tmp_path / name).write_text("mine")

    with pytest.raises(Misconfigured, match=name):
        open_package(source, tmp_path / "out", EXPORT)

    assert (tmp_path / name).read_text() == "mine"
    assert files(tmp_path) == sorted(["export", name])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """To be read or only looked at, or a folder to write to."""
    missing = tmp_path / "missing"

    with pytest.raises(Misconfigured, match="missing: No such file"):
        open_package(missing, tmp_path / "out", EXPORT)
    with pytest.raises(Misconfigured, match="missing: No such file"):
        header_in(missing)
    assert files(tmp_path) == []
