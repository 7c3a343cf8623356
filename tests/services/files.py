"""A folder of files in memory, and a world in which files may be sent."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any

from server.domain.attachment import Attachment
from server.domain.message import Author
from server.errors import Corrupt, Unavailable
from server.services.attaching import Attaching
from server.vault.addresses import AddressSigner
from server.vault.master_key import MasterKey
from tests.services.worlds import World

MOST_BYTES = 400_000
MOST_FILES = 4


class FakeWriter:
    """One file on its way into ``FakeFiles``."""

    def __init__(self, files: FakeFiles, id_: str) -> None:
        self._files = files
        self._id = id_
        files.parts[id_] = b""

    def write(self, sealed: bytes) -> None:
        self._files.reach("write")
        if self._id not in self._files.parts:
            raise Unavailable
        self._files.parts[self._id] += sealed

    def finish(self) -> None:
        self._files.reach("finish")
        if self._id not in self._files.parts:
            raise Unavailable
        self._files.whole[self._id] = self._files.parts.pop(self._id)

    def abandon(self) -> None:
        self._files.parts.pop(self._id, None)
        self._files.whole.pop(self._id, None)


class FakeFiles:
    """Files in memory; fails, or stands still, where a test wants it.

    Attributes:
        parts: What is on its way, sealed, by id.
        whole: What is there.
        failing: The calls that fail.
        held: The call that waits until ``go_on`` is set.
        is_held: Set when somebody waits there.
    """

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.whole: dict[str, bytes] = {}
        self.failing: set[str] = set()
        self.held = ""
        self.is_held = threading.Event()
        self.go_on = threading.Event()

    def reach(self, call: str) -> None:
        """Somebody asks for ``call``."""
        if self.held == call:
            self.is_held.set()
            assert self.go_on.wait(10)
        if call in self.failing:
            raise Unavailable

    def writer(self, attachment: str) -> FakeWriter:
        self.reach("writer")
        return FakeWriter(self, attachment)

    def read(self, attachment: str, offset: int, size: int) -> bytes:
        self.reach("read")
        if attachment not in self.whole:
            raise Corrupt
        return self.whole[attachment][offset : offset + size]

    def erase(self, attachments: Iterable[str]) -> None:
        self.reach("erase")
        for attachment in attachments:
            self.whole.pop(attachment, None)

    def keep_only(self, attachments: frozenset[str]) -> int:
        left = (set(self.whole) | set(self.parts)) - attachments
        for attachment in left:
            self.whole.pop(attachment, None)
            self.parts.pop(attachment, None)
        return len(left)

    @property
    def everything(self) -> bytes:
        """Every byte there is."""
        return b"".join([*self.parts.values(), *self.whole.values()])


class Filing(World):
    """A world whose channel takes files."""

    def __init__(self) -> None:
        self.files = FakeFiles()
        super().__init__()

    def start(self) -> None:
        super().start()
        self.house.channels = {
            id_: replace(
                one, attachment_bytes=MOST_BYTES, most_attachments=MOST_FILES
            )
            for id_, one in self.house.channels.items()
        }
        self.attaching = Attaching(
            self.house,
            self.remembering,
            rows=self.records,
            files=self.files,
            signer=AddressSigner(MasterKey(Random(9).randbytes(32))),
        )
        self.house.attachments = self.attaching

    async def upload(
        self,
        which: str,
        *pieces: bytes,
        side: Author = Author.CUSTOMER,
        **about: Any,
    ) -> Attachment:
        """A file of ``pieces`` in the conversation ``which``."""
        upload = await self.attaching.uploading.begin(
            self.session(which),
            side=side,
            **({"name": "photo.png", "size": None} | about),
        )
        for piece in pieces:
            await upload.write(piece)
        return await upload.finish()

    async def read(
        self, one: Attachment, start: int = 0, stop: int | None = None
    ) -> bytes:
        """A part of a file, or all of it."""
        stop = one.size if stop is None else stop
        pieces = self.attaching.read(one, start, stop)
        return b"".join([piece async for piece in pieces])

    @property
    def is_empty(self) -> bool:
        """Whether there is neither row nor file, nor one on its way."""
        return not (
            self.files.parts
            or self.files.whole
            or self.records.attachments
            or self.attaching.uploading._under_way
        )
