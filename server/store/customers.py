"""Customers on the disk: who they are, by what they are found, what happened.

Who they are is sealed under a key of their own; by what they are found is a
keyed hash. What happened is only ever added to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any, NamedTuple

from server.ids import AccountId, ChannelId
from server.store.deeds import Deed, Table

Rows = Callable[..., Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """Somebody who is known.

    Attributes:
        id: Names them; opens nothing.
        account: Whose customer.
        channel: The way by which they come.
        slot: Where in the key file their key lies.
        platform: Blind index of channel and platform key.
        flags: What may not be done; ``domain.restriction.flags_of``.
        created_at: Unix seconds.
        seen_at: Unix seconds of the day on which they last wrote.
        sealed: ``sealed_customer.pack_identity``, sealed under their key.
    """

    id: str
    account: AccountId
    channel: ChannelId
    slot: int
    platform: bytes = field(repr=False)
    flags: int
    created_at: float
    seen_at: float
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CustomerEventRow:
    """Something that happened to a customer's record.

    Attributes:
        customer: Whose.
        number: 1, 2, 3, ... of this customer.
        at: Unix seconds.
        kind: What sort of thing; see ``sealed_customer``.
        sealed: ``sealed_customer.pack_event``, sealed under their key.
    """

    customer: str
    number: int
    at: float
    kind: str
    sealed: bytes = field(repr=False)


class Flagged(NamedTuple):
    """Somebody with whom something may not be done."""

    account: AccountId
    platform: bytes
    id: str
    flags: int

    def __repr__(self) -> str:
        return f"<Flagged {self.id}>"


#: Where a page of an account's customers goes on: behind which.
Place = tuple[str, str]
FIRST: Place = ("", "")

CUSTOMERS = Table("customer", CustomerRow, "id")
_EVENTS = Table("customer_event", CustomerEventRow, "customer", "number")

# Only names of this program's own fields are put into the statements.
_ALL = f"SELECT {CUSTOMERS.columns} FROM customer"  # noqa: S608
_FOUND = f"""
    {_ALL} WHERE account = ? AND id IN (
        SELECT customer FROM customer_address WHERE hash = ?
    ) ORDER BY id LIMIT ?
"""  # noqa: S608
# Not Table.keep: what stands there already must never be replaced.
_ADD_EVENT = (
    f"INSERT INTO customer_event ({_EVENTS.columns})"  # noqa: S608
    " VALUES (?, ?, ?, ?, ?)"
)


def keep(row: CustomerRow) -> Deed:
    """Write ``row``, in place of the one with its id."""
    return CUSTOMERS.keep(row)


def seen(customer: str, day: float) -> Deed:
    """They wrote on the day that begins at ``day`` (unix seconds)."""
    return Deed("UPDATE customer SET seen_at = ? WHERE id = ?", (day, customer))


def reseal(customer: str, sealed: bytes) -> Deed:
    """Who they are is ``sealed`` from now on."""
    return Deed(
        "UPDATE customer SET sealed = ? WHERE id = ?", (sealed, customer)
    )


def flag(customer: str, flags: int) -> Deed:
    """Have ``flags`` say what may not be done with them."""
    return Deed("UPDATE customer SET flags = ? WHERE id = ?", (flags, customer))


def add_event(row: CustomerEventRow) -> Deed:
    """Write ``row`` behind the others of its customer."""
    return Deed(
        _ADD_EVENT, (row.customer, row.number, row.at, row.kind, row.sealed)
    )


def index(customer: str, hashes: Iterable[bytes]) -> list[Deed]:
    """Have ``customer`` found by ``hashes``, and by nothing else."""
    return [
        Deed("DELETE FROM customer_address WHERE customer = ?", (customer,)),
        *(
            Deed(
                "INSERT OR IGNORE INTO customer_address (hash, customer)"
                " VALUES (?, ?)",
                (one, customer),
            )
            for one in hashes
        ),
    ]


def drop(customer: str) -> list[Deed]:
    """Delete all there is of ``customer``; nothing is no error."""
    return [
        Deed(f"DELETE FROM {table} WHERE {column} = ?", (customer,))  # noqa: S608
        for table, column in (
            ("customer_event", "customer"),
            ("customer_address", "customer"),
            ("customer", "id"),
        )
    ]


class Customers:
    """Customers by what is known of them; sees what is committed.

    Args:
        rows: ``Reading``'s way to ask.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def get(
        self, account: AccountId, customer: str
    ) -> CustomerRow | None:
        """That customer of that account."""
        return await self._one(
            f"{_ALL} WHERE id = ? AND account = ?", customer, account
        )

    async def by_platform(
        self, account: AccountId, platform: bytes
    ) -> CustomerRow | None:
        """The customer of that account with that blind index."""
        return await self._one(
            f"{_ALL} WHERE account = ? AND platform = ?", account, platform
        )

    async def by_address(
        self, account: AccountId, address: bytes, limit: int
    ) -> list[CustomerRow]:
        """At most ``limit`` customers who are found by that blind index."""
        return list(
            starmap(
                CustomerRow, await self._rows(_FOUND, account, address, limit)
            )
        )

    async def page(
        self,
        account: AccountId,
        after: Place,
        limit: int,
    ) -> list[CustomerRow]:
        """The ``limit`` customers behind ``after``, by channel and id."""
        rows = await self._rows(
            f"{_ALL} WHERE account = ? AND (channel, id) > (?, ?)"
            " ORDER BY channel, id LIMIT ?",
            account,
            *after,
            limit,
        )
        return list(starmap(CustomerRow, rows))

    async def events(self, customer: str) -> list[CustomerEventRow]:
        """All that happened, in order; there are not many."""
        rows = await self._rows(
            f"SELECT {_EVENTS.columns} FROM customer_event"  # noqa: S608
            " WHERE customer = ? ORDER BY number",
            customer,
        )
        return list(starmap(CustomerEventRow, rows))

    async def flagged(self) -> list[Flagged]:
        """Everybody with whom something may not be done; for the start."""
        rows = await self._rows(
            "SELECT account, platform, id, flags FROM customer WHERE flags <> 0"
        )
        return list(starmap(Flagged, rows))

    async def counts(self) -> dict[AccountId, int]:
        """How many each account has; for the start."""
        return dict(
            await self._rows(
                "SELECT account, count(*) FROM customer GROUP BY account"
            )
        )

    async def keys(self) -> list[tuple[int, AccountId, str]]:
        """Where each customer's key lies, whose customer it is, and who.

        For the start, and for a change of the master key.
        """
        rows = await self._rows("SELECT slot, account, id FROM customer")
        return [(slot, account, id_) for slot, account, id_ in rows]

    async def _one(self, statement: str, *values: object) -> CustomerRow | None:
        rows = await self._rows(statement, *values)
        return CustomerRow(*rows[0]) if rows else None
