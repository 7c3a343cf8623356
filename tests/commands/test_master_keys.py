"""Changing the master key: the new one is made, and the old one stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from run import main
from server.commands.place import PREVIOUS
from server.config import load
from server.data_folder import DataFolder
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from tests.commands.conftest import Run
from tests.commands.local import Local
from tests.services.backups import fill, randomness, source_of


def test_a_key_in_the_folder_is_changed_there(
    run: Run, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both have their places when it is done; once, until it is finished."""
    fill(data)
    old = source_of(data).master

    assert run("key", "rotate") == 0

    new = MasterKey.load_file(DataFolder(data).master_key_file)
    previous = MasterKey.load_file(data / PREVIOUS)
    assert previous.text() == old.text() != new.text()
    assert "restart" in capsys.readouterr().err
    assert run("key", "rotate") == 2
    assert "changed already" in capsys.readouterr().err
    ring = Keyring.open(
        DataFolder(data).keys, new, previous=old, randomness=randomness
    )
    ring.close()
    assert run("key", "status") == 0
    assert "the previous master key" in capsys.readouterr().out


def test_settings_in_the_folder_name_it(run: Run, data: Path) -> None:
    """They would be read, and what else lies there would not."""
    fill(data)
    (data / "dayfly.toml").write_text("port = 1\n[limits]\n")

    assert run("key", "rotate") == 0

    config = load(data / "dayfly.toml", {})
    assert config.previous_master_key_file == (data / PREVIOUS).absolute()
    assert config.port == 1


def test_a_previous_key_is_not_written_over(
    run: Run, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever keeps it may need it; it is theirs to destroy."""
    fill(data)
    (data / PREVIOUS).touch(mode=0o600)

    assert run("key", "rotate") == 2
    assert "destroy it" in capsys.readouterr().err


def test_a_key_elsewhere_gets_one_beside_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What goes into the settings is printed."""
    fill(data)
    key = tmp_path / "master.key"
    DataFolder(data).master_key_file.rename(key)

    words = ["key", "rotate", "--data", str(data)]
    assert main([*words, "--master-key-file", str(key)]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert second == f'previous_master_key_file = "{key}"'
    made = Path(first.partition('"')[2].rstrip('"'))
    # It would be refused if others could read it.
    assert MasterKey.load_file(made).text() != key.read_text().strip()


@pytest.mark.parametrize(
    ("is_running", "slots", "said"),
    [
        (True, 7, "is being changed: since the start 7 keys"),
        (False, 7, "was changed: 7 keys"),
        (False, 0, "is not being changed"),
    ],
)
def test_a_running_server_says_how_far_it_is(
    server: Local,
    run: Run,
    capsys: pytest.CaptureFixture[str],
    *,
    is_running: bool,
    slots: int,
    said: str,
) -> None:
    """Its key file is its own."""
    answer = {"is_running": is_running, "slots": slots}
    server.on("GET", "server/rotation", answer)

    assert run("key", "status") == 0
    assert said in capsys.readouterr().out
    assert run("key", "status", "--json") == 0
    assert json.loads(capsys.readouterr().out) == answer


def test_without_a_key_file_there_is_nothing_to_change(
    run: Run, data: Path
) -> None:
    """Nor where there is no master key."""
    assert run("key", "rotate") == 2
    DataFolder(data).make()
    DataFolder(data).keep_master_key(MasterKey.generate(randomness))
    assert run("key", "rotate") == 2
