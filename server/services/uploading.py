"""Attachments on their way in.

A file is sealed while it arrives, so nothing readable of it is ever on disk.
It exists once its row is committed; before that, whatever goes wrong leaves
neither row nor file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from server.domain.attachment import (
    HEAD,
    LONGEST_LIFE,
    TAIL,
    Attachment,
    media_type,
)
from server.domain.audit import AuditEvent
from server.domain.message import Author
from server.domain.restriction import Use
from server.errors import RefusalCode, Refused, ServerError
from server.ids import ConversationId, new_id
from server.live.sessions import Session
from server.services.attachment_rows import sealed_row
from server.services.hiding import hide_in_name
from server.services.house import House
from server.store.group import Group
from server.vault.chunks import CHUNK, KEY_SIZE, ChunkCipher

#: Uploads of one conversation, and of all, under way at once; each holds two
#: pieces of 64 KiB.
MOST_AT_ONCE = 3
MOST_IN_ALL = 128


class NotTaken(StrEnum):
    """Why a file is not taken in."""

    OFF = "off"
    ENDED = "ended"
    NOTHING_SAID = "nothing_said"
    NOT_STORED = "not_stored"
    NOT_YOURS = "not_yours"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    BUSY = "busy"


class FileRefused(Exception):
    """A file is not taken in.

    Attributes:
        why: The reason.
    """

    def __init__(self, why: NotTaken) -> None:
        super().__init__(why.value)
        self.why = why


class FileWriter(Protocol):
    """One file on its way to the disk; every method blocks.

    Any thread may call any of them at any time.
    """

    def write(self, sealed: bytes) -> None:
        """Append ``sealed``."""
        ...

    def finish(self) -> None:
        """Put it on the medium."""
        ...

    def abandon(self) -> None:
        """Leave nothing of it."""
        ...


class NewFiles(Protocol):
    """Where new files come from."""

    def writer(self, attachment: str) -> FileWriter:
        """A new file; blocks."""
        ...


class Counts(Protocol):
    """What the store knows of files that are there."""

    async def room_taken(self, id: ConversationId) -> tuple[int, int]:  # noqa: A002
        """How many a conversation has, and bytes in all."""
        ...


class Uploading:
    """Takes files in.

    Args:
        house: The parts.
        counts: How many files there are.
        files: Where their pieces go.
    """

    def __init__(
        self, house: House, *, counts: Counts, files: NewFiles
    ) -> None:
        self.house = house
        self._counts = counts
        self._files = files
        self._under_way: dict[ConversationId, set[Upload]] = {}

    async def begin(
        self, session: Session, *, side: Author, name: str, size: int | None
    ) -> Upload:
        """Get ready for a file.

        Args:
            session: Where it belongs.
            side: Who sends it.
            name: What its sender calls it.
            size: How big its sender says it is, if at all.

        Raises:
            FileRefused: The channel, the conversation or a limit forbids it.
            Unavailable: The disk takes none.
        """
        most = self._check(session, size)
        attachment = Attachment(
            id=new_id(self.house.randomness),
            conversation=session.id,
            side=side,
            name=hide_in_name(self.house, session, name=name, author=side),
            media_type="",
            size=0,
            expires_at=self.house.clock.now() + LONGEST_LIFE,
            secret=self.house.randomness(KEY_SIZE),
        )
        upload = Upload(self, session, attachment, most=most)
        self._under_way.setdefault(session.id, set()).add(upload)
        try:
            await self._check_room(session)
            await upload.open(self._files)
        except BaseException:
            await upload.abandon()
            raise
        return upload

    def _check(self, session: Session, size: int | None) -> int:
        channel = self.house.channels.get(session.conversation.channel)
        if channel is None or channel.attachment_bytes == 0:
            raise FileRefused(NotTaken.OFF)
        if not session.conversation.is_live:
            raise FileRefused(NotTaken.ENDED)
        if not session.conversation.is_stored:
            # Nothing of it is on disk before the first message; a file is
            # no exception.
            raise FileRefused(NotTaken.NOTHING_SAID)
        if not session.allows(Use.STORED_WORDS):
            raise FileRefused(NotTaken.NOT_STORED)
        if size is not None and size > channel.attachment_bytes:
            raise FileRefused(NotTaken.TOO_LARGE)
        return channel.attachment_bytes

    async def _check_room(self, session: Session) -> None:
        # With this one; counted before anything is waited for, so that those
        # who come together do not all find the last place free.
        under_way = len(self._under_way[session.id])
        in_all = sum(map(len, self._under_way.values()))
        if under_way > MOST_AT_ONCE or in_all > MOST_IN_ALL:
            raise FileRefused(NotTaken.BUSY)
        channel = self.house.channels[session.conversation.channel]
        count, _ = await self._counts.room_taken(session.id)
        if count + under_way > channel.most_attachments:
            raise FileRefused(NotTaken.TOO_MANY)

    async def keep(self, attachment: Attachment) -> None:
        """Write the row of a file that is whole.

        Raises:
            Refused: Its conversation has ended meanwhile.
            Unavailable: The disk did not take it.
        """

        def decide(group: Group) -> None:
            session = self.house.sessions.get(attachment.conversation)
            if session is None or not session.allows(Use.STORED_WORDS):
                raise Refused(RefusalCode.CONVERSATION_ENDED)
            group.add_attachment(sealed_row(self.house, session, attachment))

        await self.house.records.write(decide)

    def count(self, why: NotTaken | None) -> None:
        """A file was taken in; or it was not, and this is why."""
        outcome = "taken" if why is None else why.value
        self.house.metrics.uploads[outcome].add()
        if why is not None:
            self.house.audit.note(AuditEvent.ATTACHMENT_REFUSED, detail=outcome)

    def let_go(self, upload: Upload) -> None:
        """``upload`` is over, one way or the other."""
        uploads = self._under_way.get(upload.conversation, set())
        uploads.discard(upload)
        if not uploads:
            self._under_way.pop(upload.conversation, None)

    async def give_up(self, conversations: Sequence[ConversationId]) -> None:
        """Leave nothing of what is on its way into ``conversations``."""
        for conversation in conversations:
            for upload in tuple(self._under_way.get(conversation, ())):
                await upload.abandon()


class Upload:
    """One file on its way in; ends with ``finish`` or ``abandon``."""

    def __init__(
        self,
        uploading: Uploading,
        session: Session,
        attachment: Attachment,
        *,
        most: int,
    ) -> None:
        self._uploading = uploading
        self._session = session
        self._attachment = attachment
        self._most = most
        self._cipher = ChunkCipher(attachment.secret, attachment.id)
        self._writer: FileWriter | None = None
        self._head = b""
        self._tail = b""
        self._waiting = bytearray()  # at most a piece and what came last
        self._size = 0
        self._number = 0
        self._is_over = False

    @property
    def conversation(self) -> ConversationId:
        """Where it belongs."""
        return self._attachment.conversation

    async def open(self, files: NewFiles) -> None:
        """Begin the file.

        Raises:
            FileRefused: The conversation has ended meanwhile.
            Unavailable: The disk takes none.
        """
        making = asyncio.ensure_future(
            asyncio.to_thread(files.writer, self._attachment.id)
        )
        try:
            self._writer = writer = await asyncio.shield(making)
        except asyncio.CancelledError:
            # A thread finishes what it began, and ``abandon`` has to know
            # of it.
            await asyncio.wait([making])
            if not making.exception():
                self._writer = making.result()
            raise
        if self._is_over:
            await asyncio.to_thread(writer.abandon)
            raise FileRefused(NotTaken.ENDED)

    async def write(self, data: bytes) -> None:
        """Take the next bytes of the file.

        Raises:
            FileRefused: It is bigger than it may be, or its conversation has
                ended.
            Unavailable: The disk did not take it.
        """
        self._size += len(data)
        if self._size > self._most:
            raise FileRefused(NotTaken.TOO_LARGE)
        self._head += data[: HEAD - len(self._head)]
        self._tail = (self._tail + data[-TAIL:])[-TAIL:]
        self._waiting += data
        # One piece always stays, for only the end tells which is the last.
        while len(self._waiting) > CHUNK:
            piece = bytes(self._waiting[:CHUNK])
            del self._waiting[:CHUNK]
            await self._store(piece, is_last=False)

    async def finish(self) -> Attachment:
        """The file is whole: it exists from now on.

        Raises:
            FileRefused: Its conversation has ended meanwhile.
            Unavailable: The disk did not take it; nothing is left.
        """
        await self._store(bytes(self._waiting), is_last=True)
        attachment = replace(
            self._attachment,
            media_type=media_type(self._head, self._tail, self._size),
            size=self._size,
        )
        keeping = asyncio.ensure_future(self._uploading.keep(attachment))
        try:
            await asyncio.shield(keeping)
        except Refused:
            raise FileRefused(NotTaken.ENDED) from None
        except asyncio.CancelledError:
            # The commit cannot be called back: learn how it went, for a row
            # must not lose its file.
            await asyncio.wait([keeping])
            if not keeping.exception():
                self._end()
            raise
        self._end()
        return attachment

    async def abandon(self) -> None:
        """Leave nothing of it; harmless after ``finish``."""
        if not self._is_over:
            self._end()
            if self._writer is not None:
                await asyncio.to_thread(self._writer.abandon)

    def _end(self) -> None:
        self._is_over = True
        self._waiting.clear()
        self._head = self._tail = b""
        self._uploading.let_go(self)

    async def _store(self, piece: bytes, *, is_last: bool) -> None:
        self._check_live()
        sealed = self._cipher.seal(self._number, piece, is_last=is_last)
        self._number += 1
        assert self._writer is not None  # noqa: S101 - open comes first
        try:
            await asyncio.to_thread(self._writer.write, sealed)
            if is_last:
                await asyncio.to_thread(self._writer.finish)
        except ServerError:
            self._check_live()  # was it taken away under the pen?
            raise

    def _check_live(self) -> None:
        if self._is_over or not self._session.conversation.is_live:
            raise FileRefused(NotTaken.ENDED)
