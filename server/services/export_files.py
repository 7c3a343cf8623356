"""The files of an export: one for programs, pages for people, attachments.

export.json                      everything, as docs/export.md has it
index.html                       who it is about, what was agreed
conversations/<id>.html          one page a conversation
attachments/<id>/<name>          as they were sent
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from server.domain.attachment import Attachment
from server.domain.export_page import person_page
from server.domain.message import Message
from server.domain.transcript import Heading, HtmlTranscript
from server.ids import AccountId, ConversationId
from server.live.sessions import Session
from server.services.attaching import Attaching
from server.services.attachment_rows import opened as opened_attachment
from server.services.customer_rows import events_in, identity_in
from server.services.events import surroundings_of
from server.services.export_items import (
    conversation_item,
    event_item,
    identity_item,
    message_item,
    request_item,
)
from server.services.house import House
from server.services.remembering import session_from
from server.services.request_register import RequestRegister
from server.services.transcribing import pages_of
from server.store.customers import CustomerRow
from server.store.reading import Reading
from server.store.rows import ConversationRow

FORMAT: Final = "dayfly-export"
VERSION: Final = 1
_PAGE: Final = 50
_MOST_REQUESTS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who, or what, an export is about.

    Attributes:
        customer: The person; None: one conversation only.
        conversation: That one.
    """

    customer: CustomerRow | None = field(default=None, repr=False)
    conversation: ConversationId | None = None

    @property
    def name(self) -> str:
        """The id of the one or the other."""
        if self.customer is not None:
            return self.customer.id
        return self.conversation or ""


@dataclass(frozen=True, slots=True)
class File:
    """One file of it.

    Attributes:
        name: With its folders.
        contents: Piece by piece.
    """

    name: str
    contents: AsyncIterator[bytes]


class ExportFiles:
    """Makes them.

    Args:
        house: The parts.
        reading: What is on the disk.
        register: The requests.
        attaching: Reads attachments.
    """

    def __init__(
        self,
        house: House,
        reading: Reading,
        *,
        register: RequestRegister,
        attaching: Attaching,
    ) -> None:
        self._house = house
        self._reading = reading
        self._register = register
        self._attaching = attaching

    async def of(
        self, account: AccountId, subject: Subject
    ) -> AsyncIterator[File]:
        """All files about ``subject``.

        Raises:
            ServerError: What is stored cannot be read.
        """
        person = await self._person(account, subject.customer)
        yield File("index.html", _whole(person_page(person)))
        rows = [one async for one in self._rows(account, subject)]
        sessions = self._sessions(account, subject)
        yield File("export.json", self._document(person, rows, sessions))
        for row in rows:
            yield File(f"conversations/{row.id}.html", self._page(row))
            for one in await self._attachments(row):
                yield File(
                    f"attachments/{one.id}/{one.name}",
                    self._attaching.read(one, 0, one.size),
                )

    async def _person(
        self, account: AccountId, row: CustomerRow | None
    ) -> dict[str, Any]:
        about: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "account": account,
            "made_at": self._house.clock.now(),
        }
        if row is None:
            return about
        rows = await self._reading.customers.events(row.id)
        requests = await self._register.of_customer(
            account, row.id, _MOST_REQUESTS
        )
        return about | {
            "customer": identity_item(row, identity_in(self._house, row)),
            "events": [
                event_item(one) for one in events_in(self._house, row, rows)
            ],
            "requests": [request_item(one) for one in requests],
        }

    async def _rows(
        self, account: AccountId, subject: Subject
    ) -> AsyncIterator[ConversationRow]:
        if subject.customer is None:
            assert subject.conversation is not None  # noqa: S101 - one of both
            row = await self._reading.conversation(subject.conversation)
            if row is not None and row.account == account:
                yield row
            return
        last = ""
        while rows := await self._reading.of_account(
            account, after=last, limit=_PAGE, customer=subject.customer.id
        ):
            for row in rows:
                yield row
            last = rows[-1].id

    def _sessions(
        self, account: AccountId, subject: Subject
    ) -> dict[ConversationId, Session]:
        customer = None if subject.customer is None else subject.customer.id
        return {
            session.id: session
            for session in self._house.sessions
            if session.conversation.account == account
            and (
                session.id == subject.conversation
                or (
                    session.customer is not None
                    and session.customer.id == customer
                )
            )
        }

    async def _document(
        self,
        person: Mapping[str, Any],
        rows: Iterable[ConversationRow],
        sessions: dict[ConversationId, Session],
    ) -> AsyncIterator[bytes]:
        # Written by hand around its parts: a conversation may be larger than
        # what should be in memory at once.
        yield _text(person)[:-1] + b',\n"conversations":['
        mark = b"\n"
        for row in rows:
            session = sessions.pop(row.id, None)
            yield mark
            async for piece in self._conversation(row, session):
                yield piece
            mark = b",\n"
        for session in sessions.values():  # in which nothing was said yet
            yield mark + _text({"id": session.id} | surroundings_of(session))
            mark = b",\n"
        yield b"\n]}\n"

    async def _conversation(
        self, row: ConversationRow, session: Session | None
    ) -> AsyncIterator[bytes]:
        about = conversation_item(row)
        if session is not None:
            about |= surroundings_of(session)
        about["attachments"] = [
            one.as_rich() | {"expires_at": one.expires_at}
            for one in await self._attachments(row)
        ]
        yield _text(about)[:-1] + b',"messages":['
        mark = b"\n"
        async for page in pages_of(self._house, row):
            yield mark + b",\n".join(_text(message_item(one)) for one in page)
            mark = b",\n"
        yield b"\n]}"

    async def _page(self, row: ConversationRow) -> AsyncIterator[bytes]:
        channel = self._house.channels.get(row.channel)
        title = row.channel if channel is None else channel.name
        page = HtmlTranscript(
            Heading(title=title, started_at=row.started_at), with_notes=True
        )
        yield page.head().encode()
        async for said in pages_of(self._house, row):
            yield _joined(page, said)
        yield page.foot().encode()

    async def _attachments(self, row: ConversationRow) -> list[Attachment]:
        reading = session_from(self._house, row)
        return [
            opened_attachment(self._house, reading, one)
            for one in await self._reading.attachments_of(row.id)
        ]


def _joined(page: HtmlTranscript, said: Iterable[Message]) -> bytes:
    return "".join(map(page.said, said)).encode()


def _text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


async def _whole(text: str) -> AsyncIterator[bytes]:
    yield text.encode()
