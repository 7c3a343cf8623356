"""Exporting: everything that is held of somebody, in one sealed file.

Two steps. ``prepare`` says who is meant and makes a key, which is shown once;
``stream`` then writes the file while it is fetched, and nothing of it is ever
on the disk. Reading changes nothing: no session is brought back for it, no
deadline moved, no conversation counted as active.

docs/export.md says what is in the file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from server.domain.audit import AuditEvent
from server.domain.permission import Principal
from server.errors import NotFound, RefusalCode, Refused
from server.ids import AccountId, ConversationId, new_id
from server.services.audit import note_by
from server.services.export_files import ExportFiles, Subject
from server.services.house import House
from server.services.zip_stream import ZipStream
from server.store.customers import Customers
from server.vault.one_time_key import OneTimeKey
from server.vault.packages import PackageWriter

#: Seconds in which a prepared export can be fetched.
GOOD_FOR: Final = 900.0
#: Prepared and not yet fetched: of all accounts, and of one, so that none
#: keeps the others from it.
MOST_PREPARED: Final = 200
MOST_OF_ONE: Final = 20
#: Written at once, of all accounts: each reads the disk and compresses.
AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An export that can be fetched, once.

    Attributes:
        id: Names it.
        account: Whose customer it is about.
        subject: Who.
        key: What opens it.
        expires_at: Unix seconds.
    """

    id: str
    account: AccountId
    subject: Subject = field(repr=False)
    key: OneTimeKey = field(repr=False)
    expires_at: float


class Exporting:
    """Writes exports.

    Args:
        house: The parts.
        customers: The people, on the disk.
        files: Makes what is in one.
    """

    def __init__(
        self, house: House, customers: Customers, files: ExportFiles
    ) -> None:
        self._house = house
        self._customers = customers
        self._files = files
        self._prepared: dict[str, Prepared] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def prepare(
        self,
        by: Principal,
        account: AccountId,
        *,
        customer: str | None = None,
        conversation: ConversationId | None = None,
    ) -> Prepared:
        """Have an export ready to be fetched.

        Args:
            by: Who wants it.
            account: Whose customer it is about.
            customer: Everything of that person.
            conversation: Instead: that one conversation.

        Raises:
            NotFound: The account has no such customer, or conversation.
            Refused: ``MALFORMED``: neither or both were named; ``TOO_MANY``
                are prepared.
            ServerError: What is stored cannot be read.
        """
        subject = await self._subject(account, customer, conversation)
        now = self._house.clock.now()
        self._prepared = {
            id_: one
            for id_, one in self._prepared.items()
            if one.expires_at > now
        }
        of_one = sum(one.account == account for one in self._prepared.values())
        if len(self._prepared) >= MOST_PREPARED or of_one >= MOST_OF_ONE:
            raise Refused(RefusalCode.TOO_MANY)
        prepared = Prepared(
            id=new_id(self._house.randomness),
            account=account,
            subject=subject,
            key=OneTimeKey.generate(self._house.randomness),
            expires_at=now + GOOD_FOR,
        )
        self._prepared[prepared.id] = prepared
        note_by(
            self._house.audit,
            by,
            AuditEvent.PRIVACY_EXPORTED,
            subject=subject.name,
        )
        return prepared

    def take(self, account: AccountId, id_: str) -> Prepared:
        """The prepared export of that id; it is given once.

        Raises:
            NotFound: There is none, it was fetched, or it is too late.
        """
        found = self._prepared.get(id_)
        if (
            found is None
            or found.account != account
            or found.expires_at <= self._house.clock.now()
        ):
            raise NotFound
        del self._prepared[id_]
        return found

    async def stream(self, prepared: Prepared) -> AsyncIterator[bytes]:
        """The sealed file, piece by piece.

        Raises:
            ServerError: What is stored cannot be read, or is gone meanwhile:
                what was written till then does not open.
        """
        randomness = self._house.randomness
        writer = PackageWriter(
            prepared.key.package_key(), randomness=randomness
        )
        archive = ZipStream(self._house.clock.now())
        async with self._turns:
            async for file in self._files.of(
                prepared.account, prepared.subject
            ):
                yield writer.feed(archive.begin(file.name))
                async for piece in file.contents:
                    sealed = writer.feed(archive.feed(piece))
                    if sealed:
                        yield sealed
        yield writer.feed(archive.finish())
        yield writer.finish()

    async def _subject(
        self,
        account: AccountId,
        customer: str | None,
        conversation: ConversationId | None,
    ) -> Subject:
        if (customer is None) == (conversation is None):
            raise Refused(RefusalCode.MALFORMED, path="$")
        if customer is not None:
            row = await self._customers.get(account, customer)
            if row is None:
                raise NotFound
            return Subject(customer=row)
        assert conversation is not None  # noqa: S101 - see above
        session = self._house.sessions.get(conversation)
        if session is not None and session.conversation.account == account:
            return Subject(conversation=conversation)
        found = await self._house.records.conversation(conversation)
        if found is None or found.account != account:
            raise NotFound
        return Subject(conversation=conversation)
