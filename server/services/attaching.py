"""Attachments: given out, and gone with their conversation.

An address that opens one lives for five minutes and not longer than the
conversation: when that has ended, its key is gone, and so is the key of the
file. How they come in: ``uploading``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from typing import Any, Protocol

from server.domain.attachment import HEAD, TAIL, Attachment, picture_type
from server.domain.message import Author
from server.errors import RefusalCode, Refused, ServerError
from server.ids import ConversationId
from server.live.sessions import Session
from server.services.attachment_rows import opened
from server.services.house import House
from server.services.remembering import Remembering
from server.services.uploading import Counts, NewFiles, Uploading
from server.store.group import Group
from server.store.rows import AttachmentRow
from server.vault.addresses import Address, AddressSigner
from server.vault.chunks import CHUNK, SEALED_CHUNK, ChunkCipher, chunks_of

log = logging.getLogger(__name__)

#: Seconds an address is good for: time to load a page of pictures.
ADDRESS_LIFE = 300
#: Seconds between two looks for what has become too old.
ROUND = 60.0
#: Files erased in one go.
MOST_EXPIRED = 500


class Files(NewFiles, Protocol):
    """What attaching needs from the folder of blobs; every method blocks."""

    def read(self, attachment: str, offset: int, size: int) -> bytes:
        """A part of a file."""
        ...

    def erase(self, attachments: Iterable[str]) -> None:
        """Remove files."""
        ...

    def keep_only(self, attachments: frozenset[str]) -> int:
        """Remove all others; how many there were."""
        ...


class Rows(Counts, Protocol):
    """What attaching needs from the store besides ``Records``."""

    async def attachment(self, id: str) -> AttachmentRow | None:  # noqa: A002
        """The row of that attachment."""
        ...

    async def attachment_ids(
        self, of: Sequence[ConversationId] | None
    ) -> list[str]:
        """The attachments of conversations; None: all there are."""
        ...

    async def expired_attachments(
        self, now: float, limit: int
    ) -> list[AttachmentRow]:
        """Attachments that are too old."""
        ...


class Attaching:
    """Gives files out, and erases them.

    Args:
        house: The parts.
        remembering: Finds sessions.
        rows: Where attachments are written down.
        files: Where their pieces lie.
        signer: Signs their addresses.

    Attributes:
        uploading: Takes files in.
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
        self.uploading = Uploading(house, counts=rows, files=files)

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
        if session is None:
            return None
        return opened(self._house, session, row), session

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
            Unavailable: The disk is failing.
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
        """Whether a page may show it, by its contents as they are now.

        Raises:
            Corrupt: A piece is not what was stored.
            Unavailable: The disk is failing.
        """
        size = attachment.size
        head = await self._part(attachment, 0, min(HEAD, size))
        tail = await self._part(attachment, max(0, size - TAIL), size)
        return picture_type(head, tail, size) == attachment.media_type

    async def _part(
        self, attachment: Attachment, start: int, stop: int
    ) -> bytes:
        read = self.read(attachment, start, stop)
        return b"".join([piece async for piece in read])

    async def erase(self, conversations: Sequence[ConversationId]) -> None:
        """Remove the files of conversations whose keys are gone.

        Raises:
            Unavailable: The disk did not take it; repeat it.
        """
        await self.uploading.give_up(conversations)
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
        while rows := await self._rows.expired_attachments(
            self._house.clock.now(), MOST_EXPIRED
        ):
            ids = [row.id for row in rows]
            await asyncio.to_thread(self._files.erase, ids)
            await self._house.records.write(partial(_drop, ids))
            await self._house.records.checkpoint()


def _drop(attachments: Sequence[str], group: Group) -> None:
    for attachment in attachments:
        group.drop_attachment(attachment)
