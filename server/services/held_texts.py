"""Every text that is held of an account, opened in memory, place by place.

For the privacy officer's search, and for nothing else. The order stays from
one call to the next, so that a search can go on where it stopped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from server.domain.message import Author
from server.ids import AccountId, ConversationId
from server.live.sessions import Session
from server.services.attachment_rows import opened as opened_attachment
from server.services.customer_rows import identity_in
from server.services.house import House
from server.services.remembering import session_from
from server.services.request_register import RequestRegister
from server.services.transcribing import pages_of
from server.store.customers import Customers
from server.store.reading import Reading
from server.store.requests import FIRST
from server.store.rows import ConversationRow

#: Rows read at once.
_PAGE: Final = 50
_MOST_REQUESTS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldText:
    """A text, and where it stands.

    Attributes:
        kind: The record type, as the registry names it.
        id: Of the conversation, customer or request.
        number: Of the message; 0: it is none.
        at: Unix seconds; 0.0 where there is no time.
        text: The words.
    """

    kind: str
    id: str
    number: int = 0
    at: float = 0.0
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Something that holds texts: where a search can stop and go on.

    Attributes:
        name: What ``places`` takes to go on behind it.
        texts: What it holds.
    """

    name: str
    texts: tuple[HeldText, ...]


class HeldTexts:
    """Opens what is held.

    Args:
        house: The parts.
        reading: What is on the disk.
        customers: The people, on the disk.
        register: The requests.
    """

    def __init__(
        self,
        house: House,
        reading: Reading,
        *,
        customers: Customers,
        register: RequestRegister,
    ) -> None:
        self._house = house
        self._reading = reading
        self._customers = customers
        self._register = register

    async def places(
        self, account: AccountId, after: str
    ) -> AsyncIterator[Place]:
        """Everything that holds texts, in an order that stays.

        What is in memory only, then conversations, people and requests, each
        by id: ``after`` is the letter of one of them, and an id.
        """
        section, _, last = after.partition(":")
        if section == "":
            yield self._memory(account)
        if section in {"", "m"}:
            section, last = "c", ""
        if section == "c":
            async for place in self._conversations(account, last):
                yield place
            section, last = "p", ""
        if section == "p":
            async for place in self._people(account, last):
                yield place
        yield await self._requests(account)

    def _memory(self, account: AccountId) -> Place:
        return Place(
            "m:",
            tuple(
                hit
                for session in self._house.sessions
                if session.conversation.account == account
                for hit in _of_session(session)
            ),
        )

    async def _conversations(
        self, account: AccountId, last: str
    ) -> AsyncIterator[Place]:
        while rows := await self._reading.of_account(
            account, after=last, limit=_PAGE
        ):
            for row in rows:
                async for place in self._conversation(row):
                    yield place
            last = rows[-1].id

    async def _conversation(self, row: ConversationRow) -> AsyncIterator[Place]:
        # Pages of one conversation bear one name: a search that stops in the
        # midst of it goes on behind it, having told what it found.
        name = f"c:{row.id}"
        reading = session_from(self._house, row)
        yield Place(
            name,
            tuple(
                HeldText(
                    kind="attachments, web",
                    id=row.id,
                    text=opened_attachment(self._house, reading, one).name,
                )
                for one in await self._reading.attachments_of(
                    ConversationId(row.id)
                )
            ),
        )
        async for page in pages_of(self._house, row):
            yield Place(
                name,
                tuple(
                    HeldText(
                        kind=_KINDS[one.author is Author.CUSTOMER],
                        id=row.id,
                        number=one.number,
                        at=one.said_at,
                        text=text,
                    )
                    for one in page
                    for text in (one.text, *_texts_in(one.rich))
                    if text
                ),
            )

    async def _people(
        self, account: AccountId, last: str
    ) -> AsyncIterator[Place]:
        channel, _, id_ = last.partition(" ")
        while rows := await self._customers.page(
            account, (channel, id_), _PAGE
        ):
            for row in rows:
                identity = asdict(identity_in(self._house, row))
                yield Place(
                    f"p:{row.channel} {row.id}",
                    tuple(
                        HeldText(
                            kind="customer messaging identities",
                            id=row.id,
                            text=text,
                        )
                        for text in _texts_in(identity)
                    ),
                )
            channel, id_ = rows[-1].channel, rows[-1].id

    async def _requests(self, account: AccountId) -> Place:
        found = await self._register.page(account, FIRST, _MOST_REQUESTS)
        return Place(
            "r:",
            tuple(
                HeldText(
                    kind="privacy requests",
                    id=one.request.id,
                    at=one.request.received_at,
                    text=text,
                )
                for one in found
                for text in (
                    one.words.subject,
                    *(note.text for note in one.words.notes),
                )
            ),
        )


_KINDS: Final = {
    True: "customer messages, web",
    False: "agent and bot messages, web",
}


def _of_session(session: Session) -> Iterator[HeldText]:
    held: tuple[tuple[str, Any], ...] = (
        (
            "chat context data",
            None if session.context is None else session.context.as_map(),
        ),
        ("chat cookie data", session.cookies),
        ("customer private data", session.private),
        ("customer private data", {"id": session.customer_id}),
    )
    for kind, value in held:
        for text in _texts_in(value):
            yield HeldText(kind=kind, id=session.id, text=text)


def _texts_in(value: object) -> Iterator[str]:
    """Every text in a value of maps and lists."""
    match value:
        case str():
            yield value
        case Mapping():
            yield from _texts_of(value.values())
        case list() | tuple():
            yield from _texts_of(value)
        case _:
            pass  # numbers and nothing are no words


def _texts_of(values: Iterable[object]) -> Iterator[str]:
    for one in values:
        yield from _texts_in(one)
