"""What is read back from the database: small pages, each its own snapshot.

Every method is one statement and one trip to the reading connection's thread.
The transaction ends with the statement, so none stands in the way of a
checkpoint for longer than a page takes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any

import aiosqlite

from server.domain.conversation import EndedBy, Phase
from server.errors import Unavailable
from server.ids import AccountId, AgentId, ChannelId, ConversationId
from server.store.audited import Audited
from server.store.connection import damage, is_damage
from server.store.customers import Customers
from server.store.erasures import Erasures
from server.store.handed import Handed
from server.store.requests import Requests
from server.store.resources import Resources
from server.store.rows import (
    AttachmentRow,
    ConversationRow,
    LiveRow,
    MessageRow,
    SignInRow,
)
from server.store.statements import columns
from server.store.stock import Stock

_PHASES = {phase.value: phase for phase in Phase}
_ENDED_BY = {None: None} | {by.value: by for by in EndedBy}

_CONVERSATION = columns(ConversationRow)
_MESSAGE = columns(MessageRow)
# Only names of this program's own fields are put into the statements.
_CONVERSATIONS = f"SELECT {', '.join(_CONVERSATION)} FROM conversation"  # noqa: S608
_ATTACHMENT = columns(AttachmentRow)
_ATTACHMENTS = f"SELECT {', '.join(_ATTACHMENT)} FROM attachment"  # noqa: S608
_MESSAGES = f"SELECT {', '.join(_MESSAGE)} FROM message"  # noqa: S608
_OF_PHASE = f"{_CONVERSATIONS} WHERE account = ? AND phase = ?"
_IN_ORDER = "ORDER BY started_at LIMIT ?"
# One statement, so that nobody is taken or released between its two halves.
_LISTED = f"""
    SELECT * FROM ({_OF_PHASE} AND channel NOT IN
        (SELECT value FROM json_each(?)) {_IN_ORDER})
    UNION ALL
    SELECT * FROM ({_OF_PHASE} AND agent = coalesce(?, agent) {_IN_ORDER})
"""  # noqa: S608


class Reading:
    """Rows by what is known of them; sees what is committed, and no more.

    Every method raises ``Unavailable`` if the disk does not answer, and
    ``Corrupt`` if what it answers is not what was written.

    Attributes:
        handed: What applications have been handed.
        audited: What stands in the audit log.
        customers: Who is known, and what happened to their records.
        resources: What accounts are made of.
        requests: What people have asked accounts for.
        erasures: Who is being erased, and what is left of those who were.
        stock: How much of everything there is.
    """

    def __init__(self, db: aiosqlite.Connection, path: Path) -> None:
        self._reader = db
        self._path = path
        self.handed = Handed(self._rows, path)
        self.audited = Audited(self._rows)
        self.customers = Customers(self._rows)
        self.resources = Resources(self._rows)
        self.requests = Requests(self._rows)
        self.erasures = Erasures(self._rows)
        self.stock = Stock(self._rows)

    async def conversation(self, id: ConversationId) -> ConversationRow | None:  # noqa: A002
        """The row of that conversation."""
        rows = await self._rows(f"{_CONVERSATIONS} WHERE id = ?", id)
        return self._conversation(rows[0]) if rows else None

    async def conversation_of(
        self, token_hash: bytes
    ) -> ConversationRow | None:
        """The row of the conversation that such a token opens."""
        rows = await self._rows(
            f"{_CONVERSATIONS} WHERE token_hash = ?", token_hash
        )
        return self._conversation(rows[0]) if rows else None

    async def client_ids(self, id: ConversationId) -> list[tuple[str, int]]:  # noqa: A002
        """Each client message id and its number."""
        return await self._rows(
            "SELECT client_id, number FROM message WHERE conversation = ?", id
        )

    async def messages(
        self,
        id: ConversationId,  # noqa: A002
        after: int,
        limit: int,
    ) -> list[MessageRow]:
        """The ``limit`` rows after number ``after``, in order."""
        rows = await self._rows(
            f"{_MESSAGES} WHERE conversation = ? AND number > ?"
            " ORDER BY number LIMIT ?",
            id,
            after,
            limit,
        )
        return list(starmap(_message, rows))

    async def last_customer_message(
        self,
        id: ConversationId,  # noqa: A002
    ) -> MessageRow | None:
        """The customer's newest message."""
        rows = await self._rows(
            f"{_MESSAGES} WHERE conversation = ? AND by_customer"
            " ORDER BY number DESC LIMIT 1",
            id,
        )
        return _message(*rows[0]) if rows else None

    async def listed(
        self,
        account: AccountId,
        limit: int,
        *,
        agent: AgentId | None = None,
        but: Sequence[ChannelId] = (),
    ) -> tuple[list[ConversationRow], list[ConversationRow]]:
        """What agents of ``account`` see.

        Args:
            account: Whose.
            limit: How many of each, at most.
            agent: Whose active ones; None for everybody's.
            but: Of these channels none of the waiting ones.

        Returns:
            The waiting ones and the active ones, both oldest first.
        """
        rows = await self._rows(
            _LISTED,
            *(account, Phase.WAITING.value, json.dumps(but), limit),
            *(account, Phase.ACTIVE.value, agent, limit),
        )
        found = [self._conversation(row) for row in rows]
        return (
            [row for row in found if row.phase is Phase.WAITING],
            [row for row in found if row.phase is Phase.ACTIVE],
        )

    async def kept(
        self, account: AccountId, *, after: str, limit: int
    ) -> list[ConversationRow]:
        """Those of ``account`` that are closed or on hold, by id.

        Args:
            account: Whose.
            after: The last id of the page before; empty for the first.
            limit: How many.
        """
        rows = await self._rows(
            f"{_CONVERSATIONS} WHERE account = ? AND id > ?"
            " AND (phase = 'closed' OR held) ORDER BY id LIMIT ?",
            account,
            after,
            limit,
        )
        return [self._conversation(row) for row in rows]

    async def of_account(
        self,
        account: AccountId,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
    ) -> list[ConversationRow]:
        """The conversations of ``account`` by id, in every phase.

        Args:
            account: Whose.
            after: The last id of the page before; empty for the first.
            limit: How many.
            customer: Only those of that person; None: everybody's.
        """
        rows = await self._rows(
            f"{_CONVERSATIONS} WHERE account = ?1 AND id > ?2"
            " AND (?3 IS NULL OR customer = ?3) ORDER BY id LIMIT ?4",
            account,
            after,
            customer,
            limit,
        )
        return [self._conversation(row) for row in rows]

    async def attachments_of(
        self,
        id: ConversationId,  # noqa: A002
    ) -> list[AttachmentRow]:
        """The attachments of that conversation, by id."""
        rows = await self._rows(
            f"{_ATTACHMENTS} WHERE conversation = ? ORDER BY id", id
        )
        return list(map(_attachment, rows))

    async def newest(
        self, account: AccountId, *, limit: int
    ) -> list[ConversationRow]:
        """Those of ``account`` in which something can be said, newest first."""
        rows = await self._rows(
            f"{_CONVERSATIONS} WHERE account = ?"
            " AND phase IN ('served', 'waiting', 'active')"
            " ORDER BY started_at DESC, id LIMIT ?",
            account,
            limit,
        )
        return [self._conversation(row) for row in rows]

    async def all_live(self) -> list[LiveRow]:
        """Every conversation there is, those still being erased included.

        For the start only: 100,000 take a fifth of a second and 35 MB.
        """
        rows = await self._rows(
            "SELECT id, account, slot, phase, due_at, started_at,"
            " transcript_until IS NOT NULL FROM conversation"
        )
        try:
            return [
                LiveRow._make(
                    (*row[:3], _PHASES[row[3]], *row[4:6], bool(row[6]))
                )
                for row in rows
            ]
        except KeyError:
            raise damage(self._path) from None

    async def attachment(self, id: str) -> AttachmentRow | None:  # noqa: A002
        """The row of that attachment."""
        rows = await self._rows(f"{_ATTACHMENTS} WHERE id = ?", id)
        return _attachment(rows[0]) if rows else None

    async def attachment_ids(
        self, of: Sequence[ConversationId] | None
    ) -> list[str]:
        """The ids of conversations' attachments; None: of all there are."""
        if of is None:
            rows = await self._rows("SELECT id FROM attachment")
        else:
            rows = await self._rows(
                "SELECT id FROM attachment WHERE conversation IN"
                " (SELECT value FROM json_each(?))",
                json.dumps(of),
            )
        return [row[0] for row in rows]

    async def room_taken(self, id: ConversationId) -> tuple[int, int]:  # noqa: A002
        """How many attachments that conversation has, and bytes in all."""
        rows = await self._rows(
            "SELECT count(*), coalesce(sum(size), 0) FROM attachment"
            " WHERE conversation = ?",
            id,
        )
        return rows[0][0], rows[0][1]

    async def expired_attachments(
        self, now: float, limit: int
    ) -> list[AttachmentRow]:
        """Attachments that are due at ``now``, at most ``limit``."""
        rows = await self._rows(
            f"{_ATTACHMENTS} WHERE expires_at <= ? LIMIT ?", now, limit
        )
        return [_attachment(row) for row in rows]

    async def sign_in(self, hash: bytes) -> SignInRow | None:  # noqa: A002
        """The sign-in with that hash, expired or not."""
        rows = await self._rows(
            "SELECT agent, expires_at FROM sign_in WHERE hash = ?", hash
        )
        return (
            SignInRow(hash=hash, agent=rows[0][0], expires_at=rows[0][1])
            if rows
            else None
        )

    async def _rows(self, statement: str, *values: object) -> list[Any]:
        try:
            return list(await self._reader.execute_fetchall(statement, values))
        except sqlite3.Error as error:
            if is_damage(error):
                raise damage(self._path) from None
            raise Unavailable("the database does not answer") from None
        except ValueError:  # aiosqlite's word for a closed connection
            raise Unavailable("the database is closed") from None

    def _conversation(self, row: Iterable[Any]) -> ConversationRow:
        values = dict(zip(_CONVERSATION, row, strict=True))
        try:
            values["phase"] = _PHASES[values["phase"]]
            values["ended_by"] = _ENDED_BY[values["ended_by"]]
            values["held"] = bool(values["held"])
        except KeyError:
            raise damage(self._path) from None
        return ConversationRow(**values)


def _attachment(row: Iterable[Any]) -> AttachmentRow:
    return AttachmentRow(**dict(zip(_ATTACHMENT, row, strict=True)))


def _message(
    conversation: ConversationId,
    number: int,
    client_id: str,
    by_customer: int,
    sealed: bytes,
) -> MessageRow:
    return MessageRow(
        conversation=conversation,
        number=number,
        client_id=client_id,
        by_customer=bool(by_customer),
        sealed=sealed,
    )
