"""The files of one server: database, key file, and the master key's place.

Each missing where it should be is a refusal to start, never a fresh one: a
new key file beside old conversations would make them unreadable in silence.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from server.clock import Clock
from server.errors import Misconfigured, Unavailable
from server.ids import Randomness
from server.metrics import Metrics
from server.store.history import History
from server.vault.anchors import Anchors
from server.vault.given_keys import GivenKeys
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A data folder in use.

    Attributes:
        anchors: Seals its audit log.
        is_new: Whether its key file was made just now.
    """

    folder: DataFolder
    master: MasterKey = field(repr=False)
    keys: Keyring
    history: History
    anchors: Anchors
    is_new: bool = False


class DataFolder:
    """Where everything lies that outlives the process.

    Attributes:
        database: The history; sealed rows only.
        keys: The key file, in a folder of its own: a backup leaves that
            folder out, and with it whatever has ended meanwhile.
        blobs: Attachments, sealed.
        master_key_file: Where a master key is made and kept if the operator
            names no other place.
        restoring: While a backup is put back, what is not yet whole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.database = path / "history.db"
        self.keys = path / "keys" / "conversation.keys"
        self.blobs = path / "blobs"
        self.master_key_file = path / "master.key"
        self.restoring = path / "restoring"

    async def open(
        self,
        *,
        given: GivenKeys,
        clock: Clock,
        randomness: Randomness,
        metrics: Metrics,
    ) -> Opened:
        """Open everything in it, or make it; to be closed by the caller.

        Raises:
            Misconfigured: It cannot be used as it is.
            Corrupt: What is stored is damaged.
            Unavailable: The disk does not do its work.
        """

        is_new = not self.keys.exists()
        opening = asyncio.ensure_future(
            asyncio.to_thread(self._open_keys, given, randomness)
        )
        try:
            master, anchors, keys = await asyncio.shield(opening)
        except asyncio.CancelledError:
            # A thread finishes what it began: nobody else would unlock it.
            await asyncio.wait([opening])
            if not opening.exception():
                opening.result()[2].close()
            raise

        async def flush() -> None:
            # Most groups hold no new conversation, and wait for no thread.
            if keys.has_staged:
                await asyncio.to_thread(keys.flush)

        try:
            history = await History.open(
                self.database,
                before_commit=flush,
                clock=clock,
                metrics=metrics,
            )
        except BaseException:
            keys.close()
            raise
        return Opened(self, master, keys, history, anchors, is_new)

    def _open_keys(
        self, given: GivenKeys, randomness: Randomness
    ) -> tuple[MasterKey, Anchors, Keyring]:
        self.make()
        master = self.master_key(
            text=given.text, file=given.file, randomness=randomness
        )
        previous = given.previous()
        keys = self.open_keys(master, previous, randomness)
        if previous is not None and not keys.is_rotating:
            log.info("nothing needs the previous master key: it can go")
            previous = None
        return master, Anchors(master, previous), keys

    def make(
        self,
        sync: Callable[[Path], None] | None = None,
        *,
        has_keys: bool = True,
    ) -> None:
        """Make the folders, for this user only; blocks.

        Args:
            sync: Puts a folder on the medium.
            has_keys: Whether the one of the key file as well.

        Raises:
            Misconfigured: They cannot be made, or hold half of a backup.
        """
        if self.restoring.exists():
            raise Misconfigured(
                f"a restore into {self._path} was not finished: remove what"
                " is in that folder, and restore again"
            )
        try:
            missing = [
                one
                for one in (*self._path.parents, self._path, self.keys.parent)
                if not one.exists()
            ]
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if has_keys:
                self.keys.parent.mkdir(mode=0o700, exist_ok=True)
            # Or a power cut takes a new folder, and what was promised in it.
            for one in missing:
                (sync or _sync_folder)(one.parent)
        except OSError as error:
            raise Misconfigured(
                f"cannot keep data in {self._path}: {error.strerror}"
            ) from None

    def master_key(
        self, *, text: str | None, file: Path | None, randomness: Randomness
    ) -> MasterKey:
        """The master key; blocks.

        Args:
            text: The key itself, if the environment holds it.
            file: The file the operator named, if any.
            randomness: For a new one, made once for an empty folder.

        Raises:
            Misconfigured: It is missing, or may not be used.
        """
        if text is not None:
            return MasterKey.parse(text)
        path = file or self.master_key_file
        if file is not None or path.exists():
            return MasterKey.load_file(path)
        if self.database.exists():
            raise Misconfigured(
                f"the master key file {path} is missing, and {self._path}"
                " holds conversations that only it can open: bring it back"
            )
        master = MasterKey.generate(randomness)
        self.keep_master_key(master)
        return master

    def keep_master_key(self, master: MasterKey) -> None:
        """Put it where it is looked for if the operator names no place.

        Raises:
            Misconfigured: It cannot be kept there.
        """
        path = self.master_key_file
        try:
            write_for_good(path, f"{master.text()}\n".encode())
        except OSError as error:
            raise Misconfigured(
                f"cannot keep a master key in {path}: {error.strerror}"
            ) from None

    def take_over(self, made: DataFolder) -> None:
        """Move what is in ``made``, the folder ``restoring``, to its place.

        Killed half way, it leaves that folder, with which nobody starts.

        Raises:
            Unavailable: The disk did not do it.
        """
        try:
            if made.master_key_file.exists():
                made.master_key_file.rename(self.master_key_file)
            made.keys.parent.rename(self.keys.parent)
            made.database.rename(self.database)
            _sync_folder(self._path)
            self.restoring.rmdir()
            _sync_folder(self._path)
        except OSError as error:
            raise Unavailable(
                f"cannot restore into {self._path}: {error.strerror}"
            ) from None

    def open_keys(
        self,
        master: MasterKey,
        previous: MasterKey | None,
        randomness: Randomness,
    ) -> Keyring:
        """The key file, made if the folder is new; blocks.

        Raises:
            Misconfigured: It is missing although there are conversations, or
                belongs to another master key.
            Corrupt: It is damaged.
        """
        if self.database.exists() and not self.keys.exists():
            raise Misconfigured(
                f"{self._path} holds conversations, but their key file"
                f" {self.keys} is missing: bring it back, or remove"
                f" {self.database}, which cannot be read without it"
            )
        return Keyring.open(
            self.keys, master, previous=previous, randomness=randomness
        )


def write_for_good(path: Path, content: bytes) -> None:
    """Have ``content`` in ``path``, for this user only; blocks.

    Whole or not at all, and through to the medium: after a power cut every
    acknowledged message would be unreadable without its master key.

    Raises:
        OSError: The disk did not take it.
    """
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
