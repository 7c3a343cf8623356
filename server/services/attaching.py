"""Attachments: taken in, given out, and gone with their conversation.

A file is sealed while it arrives, so nothing readable of it is ever on disk.
It exists once its row is committed; before that, whatever goes wrong leaves
neither row nor file. An address that opens it lives for five minutes and not
longer than the conversation: when that has ended, its key is gone, and so is
the key of the file.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from enum import StrEnum
from typing import Any, Protocol

from server.domain.attachment import (
    HEAD,
    LONGEST_LIFE,
    Attachment,
    clean_name,
    media_type,
    picture_type,
)
from server.domain.message import Author
from server.errors import RefusalCode, Refused, ServerError
from server.ids import ConversationId, new_id
from server.live.sessions import Session
from server.services.house import House
from server.services.remembering import Remembering
from server.store import sealed_attachment
from server.store.group import Group
from server.store.rows import AttachmentRow
from server.vault.addresses import Address, AddressSigner
from server.vault.chunks import (
    CHUNK,
    KEY_SIZE,
    SEALED_CHUNK,
    ChunkCipher,
    chunks_of,
)
from server.vault.sealing import DataKey, bound_to, open_sealed, seal

log = logging.getLogger(__name__)

#: Seconds an address is good for: time to load a page of pictures.
ADDRESS_LIFE = 300
#: Uploads of one conversation, and of all, under way at once; each holds two
#: pieces of 64 KiB.
MOST_AT_ONCE = 3
MOST_IN_ALL = 128
#: Seconds between two looks for what has become too old.
ROUND = 60.0
#: Files erased in one look; the next one is a minute away.
MOST_EXPIRED = 500
MIB = 2**20


class NotTaken(StrEnum):
    """Why a file is not taken in."""

    OFF = "off"
    ENDED = "ended"
    NOTHING_SAID = "nothing_said"
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
    """One file on its way to the disk; every method blocks."""

    def write(self, sealed: bytes) -> None:
        """Append ``sealed``."""
        ...

    def finish(self) -> None:
        """Put it on the medium."""
        ...

    def abandon(self) -> None:
        """Leave nothing of it."""
        ...


class Files(Protocol):
    """What attaching needs from the folder of blobs; every method blocks."""

    def writer(self, attachment: str) -> FileWriter:
        """A new file."""
        ...

    def read(self, attachment: str, offset: int, size: int) -> bytes:
        """A part of a file."""
        ...

    def erase(self, attachments: Iterable[str]) -> None:
        """Remove files."""
        ...

    def keep_only(self, attachments: frozenset[str]) -> int:
        """Remove all others; how many there were."""
        ...


class Rows(Protocol):
    """What attaching needs from the store besides ``Records``."""

    async def attachment(self, id: str) -> AttachmentRow | None:  # noqa: A002
        """The row of that attachment."""
        ...

    async def attachment_ids(
        self, of: Sequence[ConversationId] | None
    ) -> list[str]:
        """The attachments of conversations; None: all there are."""
        ...

    async def room_taken(self, id: ConversationId) -> tuple[int, int]:  # noqa: A002
        """How many a conversation has, and bytes in all."""
        ...

    async def expired_attachments(
        self, now: float, limit: int
    ) -> list[AttachmentRow]:
        """Attachments that are too old."""
        ...


class Attaching:
    """Takes files in, gives them out, and erases them.

    Args:
        house: The parts.
        remembering: Finds sessions.
        rows: Where attachments are written down.
        files: Where their pieces lie.
        signer: Signs their addresses.
    """

    def __init__(
        self,
        house: House,
        remembering: Remembering,
        *,
        rows: Rows,
        files: Files,
        signer: AddressSigner,
    ) -> None:
        self._house = house
        self._remembering = remembering
        self._rows = rows
        self._files = files
        self._signer = signer
        self._uploading: dict[ConversationId, int] = {}

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
        self._count(session.id, 1)
        try:
            await self._check_room(session)
            id_ = new_id(self._house.randomness)
            writer = await asyncio.to_thread(self._files.writer, id_)
        except BaseException:
            self._count(session.id, -1)
            raise
        return Upload(
            self,
            session,
            Attachment(
                id=id_,
                conversation=session.id,
                side=side,
                name=clean_name(name),
                media_type="",
                size=0,
                expires_at=self._house.clock.now() + LONGEST_LIFE,
                secret=self._house.randomness(KEY_SIZE),
            ),
            writer=writer,
            most=most,
        )

    def _check(self, session: Session, size: int | None) -> int:
        channel = self._house.channels.get(session.conversation.channel)
        if channel is None or channel.attachment_bytes == 0:
            raise FileRefused(NotTaken.OFF)
        if not session.conversation.is_live:
            raise FileRefused(NotTaken.ENDED)
        if not session.conversation.is_stored:
            # Nothing of it is on disk before the first message; a file is
            # no exception.
            raise FileRefused(NotTaken.NOTHING_SAID)
        if size is not None and size > channel.attachment_bytes:
            raise FileRefused(NotTaken.TOO_LARGE)
        return channel.attachment_bytes

    async def _check_room(self, session: Session) -> None:
        under_way = self._uploading[session.id]
        if (
            under_way > MOST_AT_ONCE
            or sum(self._uploading.values()) > MOST_IN_ALL
        ):
            raise FileRefused(NotTaken.BUSY)
        channel = self._house.channels[session.conversation.channel]
        count, _ = await self._rows.room_taken(session.id)
        if count + under_way > channel.most_attachments:
            raise FileRefused(NotTaken.TOO_MANY)

    def _count(self, conversation: ConversationId, change: int) -> None:
        count = self._uploading.get(conversation, 0) + change
        if count:
            self._uploading[conversation] = count
        else:
            self._uploading.pop(conversation, None)

    async def keep(self, attachment: Attachment) -> None:
        """Write the row of a file that is whole.

        Raises:
            Refused: Its conversation has ended meanwhile.
            Unavailable: The disk did not take it.
        """

        def decide(group: Group) -> None:
            session = self._house.sessions.get(attachment.conversation)
            if session is None or not session.conversation.is_live:
                raise Refused(RefusalCode.CONVERSATION_ENDED)
            sealed = seal(
                self._key_of(session),
                sealed_attachment.pack(attachment),
                bound_to=_place(session, attachment.id),
                randomness=self._house.randomness,
            )
            group.add_attachment(
                AttachmentRow(
                    id=attachment.id,
                    conversation=attachment.conversation,
                    size=attachment.size,
                    expires_at=attachment.expires_at,
                    sealed=sealed,
                )
            )

        await self._house.records.write(decide)

    def let_go(self, conversation: ConversationId) -> None:
        """An upload of that conversation is over, one way or the other."""
        self._count(conversation, -1)

    async def find(self, id_: str) -> tuple[Attachment, Session] | None:
        """The attachment of that id, while its conversation lives.

        Raises:
            Corrupt: What is stored of it fails its check.
            Unavailable: The store cannot be read.
        """
        row = await self._rows.attachment(id_)
        if row is None or row.expires_at <= self._house.clock.now():
            return None
        session = await self._remembering.session(row.conversation)
        if session is None or session.slot is None:
            return None
        plain = open_sealed(
            self._key_of(session),
            row.sealed,
            bound_to=_place(session, row.id),
        )
        return sealed_attachment.unpack(plain, row), session

    async def rich_of(
        self, session: Session, id_: str, side: Author
    ) -> dict[str, Any]:
        """What a message of ``side`` says of the file it sends along.

        Raises:
            Refused: ``MALFORMED``: there is no such file of that side here.
            ServerError: What is stored cannot be read.
        """
        found = await self.find(id_)
        if found is None or found[1] is not session or found[0].side != side:
            raise Refused(RefusalCode.MALFORMED, path="$.attachment")
        return found[0].as_rich()

    def address_of(self, attachment: Attachment) -> tuple[str, int]:
        """Where to get it, and until when (unix seconds)."""
        path = f"/attachments/{attachment.id}"
        until = int(self._house.clock.now()) + ADDRESS_LIFE
        signature = self._signer.sign(
            Address(
                path=path,
                conversation=attachment.conversation,
                media_type=attachment.media_type,
                until=until,
            )
        )
        return f"{path}?until={until}&signature={signature}", until

    async def open(
        self, id_: str, *, until: int, signature: str
    ) -> Attachment | None:
        """The attachment, if the address opens it; None for every reason.

        Raises:
            ServerError: What is stored of it cannot be read.
        """
        found = await self.find(id_)
        if found is None:
            return None
        attachment = found[0]
        address = Address(
            path=f"/attachments/{id_}",
            conversation=attachment.conversation,
            media_type=attachment.media_type,
            until=until,
        )
        is_valid = self._signer.is_valid(
            address, signature, now=self._house.clock.now()
        )
        return attachment if is_valid else None

    async def read(
        self, attachment: Attachment, start: int, stop: int
    ) -> AsyncIterator[bytes]:
        """The bytes from ``start`` to before ``stop``, piece by piece.

        Raises:
            Corrupt: A piece is not what was stored.
            Unavailable: The file is gone, or the disk is failing.
        """
        cipher = ChunkCipher(attachment.secret, attachment.id)
        last = chunks_of(attachment.size) - 1
        for number in range(start // CHUNK, max(0, stop - 1) // CHUNK + 1):
            sealed = await asyncio.to_thread(
                self._files.read,
                attachment.id,
                number * SEALED_CHUNK,
                SEALED_CHUNK,
            )
            piece = cipher.open(number, sealed, is_last=number == last)
            begin = number * CHUNK
            yield piece[max(0, start - begin) : stop - begin]

    async def is_picture(self, attachment: Attachment) -> bool:
        """Whether a page may show it, by its first bytes as they are now."""
        async for piece in self.read(attachment, 0, min(HEAD, attachment.size)):
            return picture_type(piece) == attachment.media_type
        return False

    async def erase(self, conversations: Sequence[ConversationId]) -> None:
        """Remove the files of conversations whose keys are gone.

        Raises:
            Unavailable: The disk did not take it; repeat it.
        """
        ids = await self._rows.attachment_ids(conversations)
        if ids:
            await asyncio.to_thread(self._files.erase, ids)

    async def tidy(self) -> None:
        """Remove what a crash has left; for the start.

        Raises:
            ServerError: What is stored cannot be read.
        """
        known = frozenset(await self._rows.attachment_ids(None))
        left = await asyncio.to_thread(self._files.keep_only, known)
        if left:
            log.info("attachments without a row removed", extra={"count": left})

    async def run(self) -> None:
        """Erase what has become too old, minute by minute, until cancelled."""
        while True:
            await self._house.clock.sleep(ROUND)
            try:
                await self.expire()
            except ServerError as error:
                log.error(  # noqa: TRY400 - a traceback could quote contents
                    "old attachments could not be erased",
                    extra={"error": type(error).__name__},
                )

    async def expire(self) -> None:
        """Erase what has become too old.

        Raises:
            ServerError: A step failed; the next round repeats it.
        """
        rows = await self._rows.expired_attachments(
            self._house.clock.now(), MOST_EXPIRED
        )
        if not rows:
            return
        await asyncio.to_thread(self._files.erase, [row.id for row in rows])

        def drop(group: Group) -> None:
            for row in rows:
                group.drop_attachment(row.id)

        await self._house.records.write(drop)
        await self._house.records.checkpoint()

    def _key_of(self, session: Session) -> DataKey:
        conversation = session.conversation
        if session.slot is None:
            raise Refused(RefusalCode.CONVERSATION_ENDED)
        return self._house.keys.key(
            session.slot,
            account=conversation.account,
            conversation=conversation.id,
        )


class Upload:
    """One file on its way in; ends with ``finish`` or ``abandon``."""

    def __init__(
        self,
        attaching: Attaching,
        session: Session,
        attachment: Attachment,
        *,
        writer: FileWriter,
        most: int,
    ) -> None:
        self._attaching = attaching
        self._session = session
        self._attachment = attachment
        self._writer = writer
        self._most = most
        self._cipher = ChunkCipher(attachment.secret, attachment.id)
        self._head = b""
        self._waiting = bytearray()  # at most a piece and what came last
        self._size = 0
        self._number = 0
        self._is_over = False

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
        if not self._session.conversation.is_live:
            raise FileRefused(NotTaken.ENDED)
        if len(self._head) < HEAD:
            self._head += data[: HEAD - len(self._head)]
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
        await asyncio.to_thread(self._writer.finish)
        taken = self._attachment
        attachment = Attachment(
            id=taken.id,
            conversation=taken.conversation,
            side=taken.side,
            name=taken.name,
            media_type=media_type(self._head),
            size=self._size,
            expires_at=taken.expires_at,
            secret=taken.secret,
        )
        try:
            await self._attaching.keep(attachment)
        except Refused:
            raise FileRefused(NotTaken.ENDED) from None
        self._end()
        return attachment

    async def abandon(self) -> None:
        """Leave nothing of it; harmless after ``finish``."""
        if not self._is_over:
            self._end()
            await asyncio.to_thread(self._writer.abandon)

    def _end(self) -> None:
        self._is_over = True
        self._waiting.clear()
        self._attaching.let_go(self._attachment.conversation)

    async def _store(self, piece: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.seal(self._number, piece, is_last=is_last)
        self._number += 1
        await asyncio.to_thread(self._writer.write, sealed)


def _place(session: Session, id_: str) -> bytes:
    conversation = session.conversation
    return bound_to(
        conversation.account,
        conversation.id,
        table="attachment",
        column="sealed",
        row=id_,
    )
