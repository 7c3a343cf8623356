"""What lies in the database, counted and never read: how many, since when.

Counting everything takes a while, and a long read keeps the log from being
emptied and other readers waiting, so it goes page by page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from server.ids import AccountId, ConversationId
from server.store.tallies import TALLIES

Rows = Callable[..., Awaitable[list[Any]]]

#: Conversations counted in one statement: with 20 messages each 10 ms, for
#: which somebody who wants their history waits.
PAGE = 200


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of something there are.

    Attributes:
        count: How many.
        oldest: Since when the oldest is there, unix seconds; None: unknown.
        next_at: When the first of them is due; None: none ever is.
        overdue: How many are past that for longer than they may be.
    """

    count: int = 0
    oldest: float | None = None
    next_at: float | None = None
    overdue: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.count + other.count,
            _first(self.oldest, other.oldest),
            _first(self.next_at, other.next_at),
            self.overdue + other.overdue,
        )


def _first(one: float | None, other: float | None) -> float | None:
    return min((at for at in (one, other) if at is not None), default=None)


class OfConversation(NamedTuple):
    """What lies in each table under the id of one conversation."""

    conversations: int
    by_customer: int
    by_others: int
    attachments: int
    attachments_until: float | None
    cursors: int
    notices: int
    notices_since: float | None


class OfCustomer(NamedTuple):
    """What lies in each table under the id of one customer."""

    customers: int
    since: float | None
    addresses: int
    events: int
    events_since: float | None
    requests: int
    requests_since: float | None


class OfPages(NamedTuple):
    """What belongs to conversations, of an account or of all."""

    conversations: Tally = Tally()
    by_customer: Tally = Tally()
    by_others: Tally = Tally()
    attachments: Tally = Tally()
    cursors: Tally = Tally()


_OF_CONVERSATION = """
    SELECT
    (SELECT count(*) FROM conversation WHERE id = ?1),
    (SELECT count(*) FROM message WHERE conversation = ?1 AND by_customer),
    (SELECT count(*) FROM message WHERE conversation = ?1
        AND NOT by_customer),
    (SELECT count(*) FROM attachment WHERE conversation = ?1),
    (SELECT max(expires_at) FROM attachment WHERE conversation = ?1),
    (SELECT count(*) FROM handover WHERE conversation = ?1),
    (SELECT count(*) FROM ending_notice WHERE conversation = ?1
        AND account = ?2),
    (SELECT min(ended_at) FROM ending_notice WHERE conversation = ?1
        AND account = ?2)
"""
# Another account's; but what is left without its row would be counted.
_MINE = "?1 NOT IN (SELECT id FROM customer WHERE id = ?1 AND account <> ?2)"
_OF_CUSTOMER = f"""
    SELECT
    (SELECT count(*) FROM customer WHERE id = ?1 AND account = ?2),
    (SELECT created_at FROM customer WHERE id = ?1 AND account = ?2),
    (SELECT count(*) FROM customer_address WHERE customer = ?1
        AND {_MINE}),
    (SELECT count(*) FROM customer_event WHERE customer = ?1 AND {_MINE}),
    (SELECT min(at) FROM customer_event WHERE customer = ?1 AND {_MINE}),
    (SELECT count(*) FROM privacy_request WHERE customer = ?1
        AND account = ?2),
    (SELECT min(received_at) FROM privacy_request WHERE customer = ?1
        AND account = ?2)
"""  # noqa: S608 - constants of this file, here and below
# ?1 the account or null, ?2 and ?3 between which ids, ?4 what is due before
# that is late, ?5 whether what is being erased is late as well, ?6 as ?4 for
# files by their own deadline.
_IN_PAGE = """
    c.id > ?2 AND c.id <= ?3 AND (?1 IS NULL OR c.account = ?1)
"""
_LATE = "total(c.due_at < ?4 OR (?5 AND c.phase = 'ending'))"
_LAST = """
    SELECT max(id) FROM (SELECT id FROM conversation WHERE id > ?
    ORDER BY id LIMIT ?)
"""
_CONVERSATIONS = f"""
    SELECT count(*), min(c.started_at), min(c.due_at), {_LATE}
    FROM conversation c WHERE {_IN_PAGE}
"""  # noqa: S608
_MESSAGES = f"""
    SELECT m.by_customer, count(*), min(c.started_at), min(c.due_at), {_LATE}
    FROM conversation c JOIN message m ON m.conversation = c.id
    WHERE {_IN_PAGE} GROUP BY m.by_customer
"""  # noqa: S608
_ATTACHMENTS = f"""
    SELECT count(*), min(c.started_at), min(min(c.due_at, a.expires_at)),
        total(c.due_at < ?4 OR a.expires_at < ?6
            OR (?5 AND c.phase = 'ending'))
    FROM conversation c JOIN attachment a ON a.conversation = c.id
    WHERE {_IN_PAGE}
"""  # noqa: S608
_CURSORS = f"""
    SELECT count(*), min(c.started_at), min(c.due_at), {_LATE}
    FROM conversation c JOIN handover h ON h.conversation = c.id
    WHERE {_IN_PAGE}
"""  # noqa: S608


class Stock:
    """Counts; as ``Reading``, it sees what is committed.

    Args:
        rows: ``Reading``'s way to ask.
        page: Conversations counted in one statement.
    """

    def __init__(self, rows: Rows, *, page: int = PAGE) -> None:
        self._rows = rows
        self._page = page

    async def of_conversation(
        self, account: AccountId, conversation: ConversationId
    ) -> OfConversation:
        """What lies under that id, whether or not there is such a row."""
        rows = await self._rows(_OF_CONVERSATION, conversation, account)
        return OfConversation(*rows[0])

    async def of_customer(
        self, account: AccountId, customer: str
    ) -> OfCustomer:
        """What lies under that id, whether or not there is such a row."""
        rows = await self._rows(_OF_CUSTOMER, customer, account)
        return OfCustomer(*rows[0])

    async def about(self, subject: str) -> int:
        """How many rows of the audit log are about that pseudonym."""
        rows = await self._rows(
            # The second half is for the index, which has no empty ones.
            "SELECT count(*) FROM audit WHERE subject = ? AND subject <> ''",
            subject,
        )
        count: int = rows[0][0]
        return count

    async def of_pages(
        self,
        account: AccountId | None,
        *,
        late: float,
        files_late: float,
        is_stuck: bool,
    ) -> OfPages:
        """Everything that belongs to conversations, counted page by page.

        Args:
            account: Whose; None for everybody's.
            late: Unix seconds; what was due before that is overdue.
            files_late: The same for files by their own deadline.
            is_stuck: Whether what is being erased is overdue, too.
        """
        whole, after = OfPages(), ""
        while True:
            last = (await self._rows(_LAST, after, self._page))[0][0]
            if last is None:
                return whole
            asked = (account, after, last, late, is_stuck)
            found = OfPages(
                await self._tally(_CONVERSATIONS, *asked),
                *await self._messages(*asked),
                await self._tally(_ATTACHMENTS, *asked, files_late),
                await self._tally(_CURSORS, *asked),
            )
            whole = OfPages(
                *(one + more for one, more in zip(whole, found, strict=True))
            )
            after = last

    async def of_records(
        self,
        name: str,
        account: AccountId | None,
        *,
        life: float = 0.0,
        late: float = 0.0,
    ) -> Tally:
        """Operational records of one type.

        Args:
            name: Of the record type; one of ``TALLIES``.
            account: Whose; None for everybody's.
            life: Seconds they are kept, where they are not kept for good.
            late: Unix seconds; what was due before that is overdue.
        """
        statement = TALLIES[name]
        values = (account, life, late)
        # A statement refuses values that it has no mark for.
        marks = 3 if "?3" in statement else 1
        return await self._tally(statement, *values[:marks])

    async def _tally(self, statement: str, *values: object) -> Tally:
        rows = await self._rows(statement, *values)
        return _tally(rows[0])

    async def _messages(self, *asked: object) -> tuple[Tally, Tally]:
        rows = await self._rows(_MESSAGES, *asked)
        sides = {bool(row[0]): _tally(row[1:]) for row in rows}
        return sides.get(True, Tally()), sides.get(False, Tally())


def _tally(row: Sequence[Any]) -> Tally:
    count, oldest, next_at, overdue = row
    return Tally(count, oldest, next_at, int(overdue))
