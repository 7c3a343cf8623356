"""Backup and restore, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from run import main
from server.data_folder import DataFolder
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from tests.commands.conftest import Run
from tests.commands.local import Local
from tests.services.backups import fill, randomness, source_of
from tests.vault.package_samples import BACKUP, package


def test_a_stopped_server_is_backed_up_and_restored(
    run: Run, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By two commands; a third says who must not come back."""
    fill(data)
    file, erased, new = (tmp_path / name for name in ("b", "e", "new"))
    key = str(DataFolder(data).master_key_file)

    assert run("backup", "--to", str(file), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["bytes"] == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("privacy", "erased", "--to", str(erased)) == 0
    restore = ("restore", str(file), "--data", str(new))
    assert main([*restore, "--master-key-file", key, "--json"]) == 0

    said = capsys.readouterr()
    assert '"customers": 3' in said.out
    assert (new / "master.key").exists()
    assert main([*restore, "--master-key-file", key]) == 2
    assert "empty folder" in capsys.readouterr().err


def test_what_cannot_be_done_is_said(
    run: Run, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And leaves nothing."""
    fill(data)
    file, new = tmp_path / "b", tmp_path / "new"
    file.touch()
    assert run("backup", "--to", str(file)) == 2
    assert "name another file" in capsys.readouterr().err
    file.unlink()
    assert run("backup", "--to", str(tmp_path / "no" / "b")) == 2
    other = tmp_path / "other.key"
    other.touch(mode=0o600)
    other.write_text(MasterKey.generate(randomness).text())
    assert run("backup", "--to", str(file)) == 0
    words = ("restore", str(file), "--data", str(new))

    assert main([*words, "--master-key-file", str(other)]) == 2

    assert "was made under the master key" in capsys.readouterr().err
    assert not new.exists()


def test_a_folder_in_use_without_a_socket_is_left_alone(
    run: Run, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server is just starting or stopping."""
    fill(data)
    source = source_of(data)
    ring = Keyring.open(source.keys, source.master, randomness=randomness)

    assert run("backup", "--to", str(tmp_path / "b")) == 2

    ring.close()
    assert "in use" in capsys.readouterr().err
    assert list(tmp_path.glob("b*")) == []


def test_a_running_server_gives_it(
    server: Local, run: Run, tmp_path: Path
) -> None:
    """Byte by byte; the command needs no master key."""
    sealed = package(b"backup", BACKUP)
    server.on("POST", "server/backups", sealed)
    file = tmp_path / "b"

    assert run("backup", "--to", str(file)) == 0

    assert file.read_bytes() == sealed


def test_an_answer_that_is_no_package_is_not_kept(
    server: Local, run: Run, tmp_path: Path
) -> None:
    """It would be found out too late."""
    server.on("POST", "server/backups", b"something else")

    assert run("backup", "--to", str(tmp_path / "b")) == 1
    assert list(tmp_path.glob("b*")) == []
