"""What is read back of hand-overs: cursors, what is behind them, notices.

Every statement is short, as those of ``reading``, whose trip to the reading
connection's thread it uses.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from server.domain.conversation import EndedBy
from server.ids import AccountId, ApplicationId, ChannelId, ConversationId
from server.store.connection import damage
from server.store.rows import LastRow, NoticeRow
from server.store.statements import columns

Rows = Callable[..., Awaitable[list[Any]]]

_ENDED_BY = {by.value: by for by in EndedBy}
_NOTICE = columns(NoticeRow)

# Only names of this program's own fields are put into the statements.
_NOTICES = f"""
    SELECT {", ".join(_NOTICE)} FROM ending_notice
    WHERE application = ? AND NOT EXISTS (
        SELECT 1 FROM conversation WHERE id = ending_notice.conversation
        AND (phase <> 'closed' OR transcript_until IS NOT NULL)
    ) ORDER BY ended_at LIMIT ?
"""  # noqa: S608
# Of the customer, or of everybody.
_COUNT = """
    SELECT count(*) FROM message
    WHERE conversation = ? AND number > ? AND number <= ?
    AND (by_customer OR ?)
"""
_PENDING = """
    SELECT c.id, c.channel FROM conversation c LEFT JOIN handover h
    ON h.conversation = c.id AND h.application = ?
    WHERE c.account = ? AND c.id > ? AND c.phase NOT IN ('closed', 'ending')
    AND coalesce(h.cursor, -1) < c.last_number ORDER BY c.id LIMIT ?
"""
_LAST = """
    SELECT c.id, c.account, c.channel, c.ended_by, c.started_at, c.last_at,
        c.last_number, (
            SELECT count(*) FROM message m WHERE m.conversation = c.id
            AND m.number > coalesce(h.cursor, 0) AND (m.by_customer OR ?)
        ), c.kept_until, c.customer
    FROM conversation c LEFT JOIN handover h
    ON h.conversation = c.id AND h.application = ?
    WHERE c.account = ? AND c.id IN ({})
"""


class Handed:
    """Hand-overs by what is known of them; sees what is committed.

    Every method raises ``Unavailable`` if the disk does not answer, and
    ``Corrupt`` if what it answers is not what was written.

    Args:
        rows: ``Reading``'s way to ask.
        path: The database, for complaints.
    """

    def __init__(self, rows: Rows, path: Path) -> None:
        self._rows = rows
        self._path = path

    async def cursor(
        self, conversation: ConversationId, application: ApplicationId
    ) -> int | None:
        """The number up to which it was handed; None for not at all."""
        rows = await self._rows(
            "SELECT cursor FROM handover"
            " WHERE conversation = ? AND application = ?",
            conversation,
            application,
        )
        return rows[0][0] if rows else None

    async def count(
        self,
        conversation: ConversationId,
        after: int,
        up_to: int,
        *,
        of_all: bool,
    ) -> int:
        """How many messages lie between; of the customer, or ``of_all``."""
        rows = await self._rows(_COUNT, conversation, after, up_to, of_all)
        count: int = rows[0][0]
        return count

    async def pending(
        self,
        application: ApplicationId,
        account: AccountId,
        *,
        after: str,
        limit: int,
    ) -> list[tuple[ConversationId, ChannelId]]:
        """Live conversations that it has not been handed whole, by id.

        Args:
            application: Which.
            account: Whose.
            after: The last id of the page before; empty for the first.
            limit: How many.
        """
        return await self._rows(_PENDING, application, account, after, limit)

    async def last(
        self,
        application: ApplicationId,
        account: AccountId,
        conversations: Sequence[ConversationId],
        *,
        of_all: bool,
    ) -> list[LastRow]:
        """What there is to say of conversations that are to be erased."""
        marks = ", ".join("?" * len(conversations))
        rows = await self._rows(
            _LAST.format(marks), of_all, application, account, *conversations
        )
        return [
            LastRow._make((*row[:3], self._ended_by(row[3]), *row[4:]))
            for row in rows
        ]

    async def notices(
        self, application: ApplicationId, limit: int
    ) -> list[NoticeRow]:
        """Ends that it is still to be told, the oldest first.

        None of a conversation that is not yet erased, or is kept and has its
        transcript still to be handed: it has not come to that.
        """
        return [
            NoticeRow(**{**values, "ended_by": self._by(values["ended_by"])})
            for row in await self._rows(_NOTICES, application, limit)
            for values in [dict(zip(_NOTICE, row, strict=True))]
        ]

    def _ended_by(self, text: str | None) -> EndedBy | None:
        return None if text is None else self._by(text)

    def _by(self, text: str) -> EndedBy:
        try:
            return _ENDED_BY[text]
        except KeyError:
            raise damage(self._path) from None
