"""Rows and changes for the tests of the store."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from server.domain.conversation import Phase
from server.errors import ServerError
from server.ids import AccountId, AgentId, ChannelId, ConversationId
from server.store.group import Group
from server.store.history import BeforeCommit, History
from server.store.rows import AttachmentRow, ConversationRow, MessageRow

ACME = AccountId("acme")
MARIA = AgentId("maria")


def conversation_id(number: int) -> ConversationId:
    """The id of the sample conversation ``number``."""
    return ConversationId(f"{number:022d}")


def conversation(
    number: int = 1,
    *,
    phase: Phase = Phase.WAITING,
    agent: AgentId | None = None,
    last_number: int = 0,
    account: AccountId = ACME,
) -> ConversationRow:
    """A row as a service would make it."""
    return ConversationRow(
        id=conversation_id(number),
        account=account,
        channel=ChannelId("shop"),
        phase=phase,
        epoch="9f2c41d0",
        slot=number,
        token_hash=number.to_bytes(32, "big"),
        started_at=1_000.0 + number,
        last_at=2_000.0,
        due_at=3_800.0,
        last_number=last_number,
        agent=agent,
        ended_by=None,
        ended_at=None,
        customer=None,
        terms=None,
        held=False,
        kept_until=None,
        transcript_until=None,
        customer_delivered=0,
        customer_read=0,
        agent_delivered=0,
        agent_read=0,
    )


def message(
    number: int = 1,
    *,
    of: int = 1,
    sealed: bytes = b"sealed",
    by_customer: bool = True,
) -> MessageRow:
    """Message ``number`` of the sample conversation ``of``."""
    return MessageRow(
        conversation=conversation_id(of),
        number=number,
        client_id=f"client-id-{of}-{number}",
        by_customer=by_customer,
        sealed=sealed,
    )


def attachment(
    id_: str = "attachment-1",
    *,
    of: int = 1,
    size: int = 7,
    expires_at: float = 5_000.0,
    sealed: bytes = b"sealed",
) -> AttachmentRow:
    """A file of the sample conversation ``of``."""
    return AttachmentRow(
        id=id_,
        conversation=conversation_id(of),
        size=size,
        expires_at=expires_at,
        sealed=sealed,
    )


def damage(path: Path, table: str) -> None:
    """Overwrite the page where looking up in ``table`` begins."""
    db = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    [(page, size)] = db.execute(
        "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size"
        " WHERE name = ?",
        [table],
    )
    db.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def keeping(row: ConversationRow) -> Callable[[Group], None]:
    """The decision to keep ``row``."""
    return lambda group: group.keep(row)


def adding(*rows: MessageRow) -> Callable[[Group], None]:
    """The decision to add ``rows``."""

    def add(group: Group) -> None:
        for row in rows:
            group.add(row)

    return add


def erasing(number: int) -> Callable[[Group], None]:
    """The decision to erase the sample conversation ``number``."""
    return lambda group: group.erase(conversation_id(number))


class Note:
    """A change that writes down what becomes of it.

    Attributes:
        told: What it was told, shared with other notes if the order matters.
    """

    def __init__(
        self,
        decide: Callable[[Group], None],
        *,
        name: str = "it",
        told: list[str] | None = None,
    ) -> None:
        self._decide = decide
        self._name = name
        self.told = [] if told is None else told
        self.errors: list[ServerError] = []

    def prepare(self, group: Group, /) -> None:
        self._decide(group)

    def committed(self) -> None:
        self.told.append(f"{self._name} committed")

    def failed(self, error: ServerError, /) -> None:
        self.told.append(f"{self._name} failed")
        self.errors.append(error)


@contextlib.asynccontextmanager
async def opened(
    path: Path, *, before_commit: BeforeCommit | None = None
) -> AsyncIterator[History]:
    """A history that nobody runs; what is put waits until ``close``."""
    history = await History.open(path, before_commit=before_commit)
    try:
        yield history
    finally:
        await history.close()


@contextlib.asynccontextmanager
async def running(
    path: Path, *, before_commit: BeforeCommit | None = None
) -> AsyncIterator[History]:
    """A history with its writer."""
    async with opened(path, before_commit=before_commit) as history:
        writer = asyncio.create_task(history.run())
        try:
            yield history
        finally:
            await history.close()
            await writer
