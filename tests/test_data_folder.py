"""The data folder: made once, private, and never half replaced."""

from __future__ import annotations

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from server.clock import SystemClock
from server.data_folder import DataFolder, Opened
from server.errors import Misconfigured
from server.metrics import Metrics
from server.vault.given_keys import GivenKeys
from server.vault.master_key import MasterKey

randomness = Random(4).randbytes


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A new folder."""
    made = DataFolder(tmp_path / "data")
    made.make()
    return made


def mode(path: Path) -> int:
    """Who may do what with ``path``."""
    return stat.S_IMODE(path.stat().st_mode)


def own_key(folder: DataFolder) -> MasterKey:
    """The master key where the operator names no place for it."""
    return folder.master_key(text=None, file=None, randomness=randomness)


def test_the_folders_are_for_this_user_only(folder: DataFolder) -> None:
    """Making them again changes nothing."""
    folder.make()

    assert mode(folder.database.parent) == 0o700
    assert mode(folder.keys.parent) == 0o700


def test_new_folders_outlive_a_power_cut(tmp_path: Path) -> None:
    """Their names are on the medium, each; those that were there, were."""
    synced: list[Path] = []
    folder = DataFolder(tmp_path / "var" / "data")

    folder.make(synced.append)
    folder.make(synced.append)

    assert set(synced) == {tmp_path, tmp_path / "var", folder.database.parent}
    assert len(synced) == 3


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in its place, say."""
    (tmp_path / "file").touch()

    with pytest.raises(Misconfigured, match=r"cannot keep data in .*file/data"):
        DataFolder(tmp_path / "file" / "data").make()


def test_the_master_key_is_made_once(folder: DataFolder) -> None:
    """For an empty folder; the next start finds the same, private."""
    made = own_key(folder)

    assert own_key(folder).text() == made.text()
    assert mode(folder.master_key_file) == 0o600


def test_a_master_key_half_written_is_written_anew(folder: DataFolder) -> None:
    """A crash while it was made leaves nothing that stops the next start."""
    unfinished = folder.master_key_file.with_name("master.key.new")
    unfinished.write_text("half of a k")

    made = own_key(folder)

    assert own_key(folder).text() == made.text()
    assert not unfinished.exists()


def test_a_lost_master_key_is_not_replaced(folder: DataFolder) -> None:
    """A fresh one beside old conversations would make them unreadable."""
    own_key(folder)
    folder.database.touch()
    folder.master_key_file.unlink()

    with pytest.raises(Misconfigured, match=r"master key file .* is missing"):
        own_key(folder)

    assert not folder.master_key_file.exists()


def test_the_operators_own_key_is_used(
    folder: DataFolder, tmp_path: Path
) -> None:
    """From the environment, or from the file that the settings name."""
    master = MasterKey.generate(randomness)
    file = tmp_path / "elsewhere.key"
    file.touch(mode=0o600)
    file.write_text(master.text())

    by_text = folder.master_key(
        text=master.text(), file=None, randomness=randomness
    )
    by_file = folder.master_key(text=None, file=file, randomness=randomness)

    assert by_text.text() == by_file.text() == master.text()
    assert not folder.master_key_file.exists()


def test_a_named_key_that_is_missing_is_not_made(
    folder: DataFolder, tmp_path: Path
) -> None:
    """The operator meant another file, and has to be told."""
    with pytest.raises(Misconfigured):
        folder.master_key(
            text=None, file=tmp_path / "no.key", randomness=randomness
        )


def test_a_place_that_takes_no_key_is_named(folder: DataFolder) -> None:
    """Told in a sentence, not by a traceback."""
    folder.master_key_file.with_name("master.key.new").mkdir()

    with pytest.raises(Misconfigured, match="cannot keep a master key"):
        own_key(folder)


def test_lost_keys_are_not_replaced(folder: DataFolder) -> None:
    """An empty key file beside old conversations would hide the loss."""
    folder.database.touch()

    with pytest.raises(Misconfigured, match=r"key file .* is missing"):
        folder.open_keys(MasterKey.generate(randomness), None, randomness)

    assert not folder.keys.exists()


async def test_opening_that_is_called_off_leaves_the_folder_unlocked(
    folder: DataFolder,
) -> None:
    """Although a thread is at it, and finishes what it began."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    is_begun = asyncio.Event()

    def telling(size: int) -> bytes:
        loop.call_soon_threadsafe(is_begun.set)
        return randomness(size)

    async def opened() -> Opened:
        return await folder.open(
            given=GivenKeys(),
            clock=SystemClock(),
            randomness=telling,
            metrics=Metrics(),
        )

    opening = asyncio.ensure_future(opened())
    await is_begun.wait()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening

    again = await opened()
    await again.history.close()
    again.keys.close()
