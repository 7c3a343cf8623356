"""What ``run.py key status`` says."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from run import main
from server.data_folder import DataFolder
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from server.vault.wrappers import named

randomness = Random(6).randbytes
OLD, NEW = MasterKey.generate(randomness), MasterKey.generate(randomness)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Those of a folder whose master key is being changed."""
    folder = DataFolder(tmp_path / "data")
    folder.make()
    ring = Keyring.open(folder.keys, OLD, randomness=randomness)
    ring.reconcile(set())
    for number in range(3):
        ring.new_key("acme", f"c{number}")
    ring.flush()
    ring.close()
    ring = Keyring.open(folder.keys, NEW, previous=OLD, randomness=randomness)
    ring.reconcile({0, 1, 2})
    ring.rewrap([(1, "acme", "c1")])
    ring.close()
    return written(tmp_path, previous=OLD)


def written(folder: Path, previous: MasterKey | None = None) -> Path:
    """Settings with NEW as master key."""
    lines = [f'data = "{folder / "data"}"']
    for name, key in (("", NEW), ("previous_", previous)):
        if key is not None:
            file = folder / f"{name}master.key"
            file.touch(0o600)
            file.write_text(key.text())
            lines.append(f'{name}master_key_file = "{file}"')
    path = folder / "dayfly.toml"
    path.write_text(
        "\n".join([*lines, '[[account]]\nid = "acme"\nname = "Acme"\n'])
    )
    return path


def test_slots_are_counted_by_master_key(
    settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also of a key that the settings do not name; no key is shown."""
    assert main(["key", "status", "--settings", str(settings)]) == 0
    named_both = capsys.readouterr().out
    written(settings.parent)
    assert main(["key", "status", "--settings", str(settings)]) == 0
    named_one = capsys.readouterr().out

    old, new = (named(key).key_id.hex() for key in (OLD, NEW))
    assert named_both.splitlines() == [
        f"{new}        1 slots  the master key",
        f"{old}        2 slots  the previous master key",
    ]
    assert named_one.splitlines()[1] == (
        f"{old}        2 slots  a key that the settings do not name"
    )
    for key in (OLD, NEW):
        assert key.text() not in named_both


def test_a_folder_in_use_is_said_to_be(
    settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server has it: it is neither read nor disturbed."""
    ring = Keyring.open(
        DataFolder(settings.parent / "data").keys,
        NEW,
        previous=OLD,
        randomness=randomness,
    )

    code = main(["key", "status", "--settings", str(settings)])

    ring.close()
    told = capsys.readouterr()
    assert code == 2
    assert "in use by another process" in told.err
    assert not told.out
