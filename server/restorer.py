"""Puts a backup into an empty data folder, or leaves that as it was.

What is made lies in a folder ``restoring`` within it until it is whole: then
it is moved into its place, and that folder goes. Whoever finds it (a start,
another restore) knows that nothing there may be used. It is made there and not
beside, for a data folder is often a mount of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from server.data_folder import DataFolder
from server.errors import Misconfigured
from server.ids import Randomness
from server.services.erased_list import ErasedList, listed, opened_list
from server.services.restoring import Outcome, restore
from server.store.snapshot import snapshot
from server.vault.master_key import MasterKey
from server.vault.slot_copies import make_key_file

_READ_SIZE = 256 * 1024
#: What may lie in a folder that is empty: nothing there is data.
_NO_DATA = frozenset({"dayfly.toml", "lost+found", "master.key"})


def put_back(  # noqa: PLR0913 - what a restore needs
    package: Path,
    data: Path,
    master: MasterKey,
    *,
    erased: ErasedList,
    keeps_master: bool,
    now: float,
    randomness: Randomness,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Make the data folder ``data`` of ``package``; blocks.

    Args:
        package: The backup.
        data: A folder that is empty, or not there.
        master: The master key under which the backup was made.
        erased: What is known besides of who was erased since.
        keeps_master: Whether to put the master key there as well, where a
            start without settings looks for it.
        now: Unix seconds.
        randomness: For nonces.
        progress: Told how many rows there are by now.

    Raises:
        Misconfigured: ``data`` is not empty, or cannot be made.
        Corrupt: The package is no backup, or not as it was made.
        Unavailable: The disk is full or failing.
    """
    if not package.is_file():
        raise Misconfigured(f"there is no backup {package}")
    final = DataFolder(data)
    if keeps_master:
        _check_no_other(final.master_key_file, master)
    is_new = not data.exists()
    made = DataFolder(staged := _begun(final, data))
    try:
        made.make()
        outcome = restore(
            pieces_of(package),
            made.database,
            master,
            erased=erased,
            now=now,
            randomness=randomness,
            progress=progress,
        )
        make_key_file(made.keys, master, outcome.copies)
        if keeps_master and not final.master_key_file.exists():
            made.keep_master_key(master)
    except BaseException:
        shutil.rmtree(data if is_new else staged, ignore_errors=True)
        raise
    # From here on a failure leaves the mark: parts are in their places.
    final.take_over(made)
    return outcome


def _check_no_other(path: Path, master: MasterKey) -> None:
    if path.exists() and MasterKey.load_file(path).text() != master.text():
        raise Misconfigured(f"{path} is another master key: move it away")


def erased_since(
    path: Path | None, master: MasterKey, now: float
) -> ErasedList:
    """Who was erased, as a list says, or the data folder of old; blocks.

    Args:
        path: Either; None: nothing is known.
        master: The master key of the list.
        now: Unix seconds.

    Raises:
        ServerError: It is neither, or cannot be read.
    """
    if path is None:
        return ErasedList()
    if path.is_dir():
        with snapshot(DataFolder(path).database) as found:
            return listed(found, now=now)
    if not path.is_file():
        raise Misconfigured(f"there is no list {path}, and no data folder")
    return opened_list(pieces_of(path), master)


def pieces_of(path: Path) -> Iterator[bytes]:
    """What is in a file, some at a time.

    Raises:
        Misconfigured: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            while content := file.read(_READ_SIZE):
                yield content
    except OSError as error:
        raise Misconfigured(f"cannot read {path}: {error.strerror}") from None


def _begun(final: DataFolder, data: Path) -> Path:
    final.make(has_keys=False)
    if found := {one.name for one in data.iterdir()} - _NO_DATA:
        raise Misconfigured(
            f"{data} holds {min(found)}: a backup is restored into an"
            " empty folder; stop the server and move the old one away"
        )
    try:
        # Of two restores at once, one fails here.
        final.restoring.mkdir(mode=0o700)
    except OSError as error:
        raise Misconfigured(
            f"cannot restore into {data}: {error.strerror}"
        ) from None
    return final.restoring
