"""Requests on the disk: what somebody asked the account for.

What the account itself wrote about it is sealed under the account's key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any

from server.ids import AccountId
from server.store.deeds import Deed, Table

Rows = Callable[..., Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request; see ``domain.privacy_request.PrivacyRequest``."""

    id: str
    account: AccountId
    kind: str
    law: str
    state: str
    received_at: float
    due_at: float
    closed_at: float | None
    customer: str | None
    sealed: bytes = field(repr=False)


REQUESTS = Table("privacy_request", RequestRow, "id")
_ALL = f"SELECT {REQUESTS.columns} FROM privacy_request"  # noqa: S608
# What is open comes first, the most pressing before the others.
_PAGE = f"""
    {_ALL} WHERE account = ?1 AND (
        (closed_at IS NOT NULL, due_at, id) > (?2, ?3, ?4)
    ) ORDER BY closed_at IS NOT NULL, due_at, id LIMIT ?5
"""

#: Where a page of requests goes on: closed or not, due when, which.
Place = tuple[bool, float, str]
FIRST: Place = (False, 0.0, "")


class Requests:
    """Requests by what is known of them; sees what is committed.

    Args:
        rows: ``Reading``'s way to ask.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def get(self, account: AccountId, request: str) -> RequestRow | None:
        """That request of that account."""
        rows = await self._rows(
            f"{_ALL} WHERE id = ? AND account = ?", request, account
        )
        return RequestRow(*rows[0]) if rows else None

    async def page(
        self, account: AccountId, after: Place, limit: int
    ) -> list[RequestRow]:
        """The ``limit`` requests behind ``after``, the open ones first."""
        rows = await self._rows(_PAGE, account, *after, limit)
        return list(starmap(RequestRow, rows))

    async def count(self, account: AccountId) -> int:
        """How many requests ``account`` has."""
        rows = await self._rows(
            "SELECT count(*) FROM privacy_request WHERE account = ?", account
        )
        return int(rows[0][0])

    async def of_customer(
        self, account: AccountId, customer: str, limit: int
    ) -> list[RequestRow]:
        """At most ``limit`` requests of that person."""
        rows = await self._rows(
            f"{_ALL} WHERE account = ? AND customer = ?"
            " ORDER BY received_at, id LIMIT ?",
            account,
            customer,
            limit,
        )
        return list(starmap(RequestRow, rows))


def changed(before: RequestRow, after: RequestRow) -> Deed:
    """Write ``after``, if ``before`` is what still stands there.

    Sealing never makes the same bytes twice: whoever was erased meanwhile has
    blank words there, and they stay blank.
    """
    return Deed(
        "UPDATE privacy_request"
        " SET state = ?, due_at = ?, closed_at = ?, sealed = ?"
        " WHERE id = ? AND sealed = ?",
        (
            after.state,
            after.due_at,
            after.closed_at,
            after.sealed,
            before.id,
            before.sealed,
        ),
    )


def cut_off(customer: str) -> Deed:
    """Delete what names a person who is gone, and was not loosened."""
    return Deed("DELETE FROM privacy_request WHERE customer = ?", (customer,))


def expire(closed_before: float) -> Deed:
    """Delete the requests that were closed before that (unix seconds)."""
    return Deed(
        "DELETE FROM privacy_request WHERE closed_at < ?", (closed_before,)
    )


def loosen(
    customer: str, blank: Callable[[str], bytes], ids: list[str]
) -> list[Deed]:
    """Take a person out of their requests, and the words about them.

    Args:
        customer: Who.
        blank: The sealed words that stand in their place, by request.
        ids: The requests.
    """
    return [
        Deed(
            "UPDATE privacy_request SET customer = NULL, sealed = ?"
            " WHERE id = ? AND customer = ?",
            (blank(one), one, customer),
        )
        for one in ids
    ]
