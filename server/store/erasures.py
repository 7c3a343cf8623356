"""Erasures on the disk: who is being erased, and what is left of it.

While one goes on, ``subject`` says who, sealed under the account's key. When
it is done there is a receipt that names nobody, and in ``erased`` a blind
index, so that a backup that is restored does not bring anybody back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any, NamedTuple

from server.ids import AccountId, ConversationId
from server.store.deeds import Deed, Table

Rows = Callable[..., Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasing that somebody asked for; what is left of it is a receipt.

    Attributes:
        id: Names it, and nobody.
        account: Whose customer it is.
        state: How far it is: ``services.erasure_job.State``.
        asked_at: Unix seconds.
        done_at: When nothing was left here; None before.
        subject: Sealed under the account's key: who, and what was found.
        receipt: Signed JSON; None before.
    """

    id: str
    account: AccountId
    state: str
    asked_at: float
    done_at: float | None
    subject: bytes | None = field(repr=False)
    receipt: str | None


@dataclass(frozen=True, slots=True)
class ErasedRow:
    """That somebody was erased, by what they could be found by."""

    account: AccountId
    platform: bytes = field(repr=False)
    erased_at: float


class OwnRow(NamedTuple):
    """A conversation of the person that is erased."""

    id: ConversationId
    phase: str
    held: bool


ERASURES = Table("erasure", ErasureRow, "id")
ERASED = Table("erased", ErasedRow, "account", "platform")

# Only names of this program's own fields are put into the statements.
_ALL = f"SELECT {ERASURES.columns} FROM erasure"  # noqa: S608
_PAGE = f"""
    {_ALL} WHERE account = ?1 AND (asked_at, id) < (?2, ?3)
    ORDER BY asked_at DESC, id DESC LIMIT ?4
"""
# No index has the person: it would be written anew with every message, for a
# question that is asked some times a day (100,000 conversations: 20 ms).
_OWN = """
    SELECT id, phase, held FROM conversation
    WHERE customer = ?2 AND account = ?1 AND id > ?3 ORDER BY id LIMIT ?4
"""

#: Where a page of erasures goes on: asked when, which. The newest are first.
Place = tuple[float, str]
FIRST: Place = (1e300, "")


class Erasures:
    """Erasures by what is known of them; sees what is committed.

    Args:
        rows: ``Reading``'s way to ask.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def get(self, account: AccountId, erasure: str) -> ErasureRow | None:
        """That erasure of that account."""
        rows = await self._rows(
            f"{_ALL} WHERE id = ? AND account = ?", erasure, account
        )
        return ErasureRow(*rows[0]) if rows else None

    async def open(self) -> list[ErasureRow]:
        """Those of all accounts that are not done, the oldest first."""
        rows = await self._rows(
            f"{_ALL} WHERE subject IS NOT NULL ORDER BY asked_at, id"
        )
        return list(starmap(ErasureRow, rows))

    async def page(
        self, account: AccountId, after: Place, limit: int
    ) -> list[ErasureRow]:
        """The ``limit`` erasures before ``after``, the newest first."""
        rows = await self._rows(_PAGE, account, *after, limit)
        return list(starmap(ErasureRow, rows))

    async def erased(self, account: AccountId) -> list[ErasedRow]:
        """Everybody who was erased; for a restore."""
        rows = await self._rows(
            f"SELECT {ERASED.columns} FROM erased WHERE account = ?"  # noqa: S608
            " ORDER BY erased_at, platform",
            account,
        )
        return list(starmap(ErasedRow, rows))

    async def erased_at(
        self, account: AccountId, platform: bytes
    ) -> float | None:
        """When whoever has that blind index was last erased, if they were."""
        rows = await self._rows(
            "SELECT erased_at FROM erased WHERE account = ? AND platform = ?",
            account,
            platform,
        )
        return rows[0][0] if rows else None

    async def conversations(
        self, account: AccountId, customer: str, *, after: str, limit: int
    ) -> list[OwnRow]:
        """The conversations on disk of that person, by id.

        Args:
            account: Whose customer it is.
            customer: Who.
            after: The last id of the page before; empty for the first.
            limit: How many.
        """
        rows = await self._rows(_OWN, account, customer, after, limit)
        return [OwnRow(id_, phase, bool(held)) for id_, phase, held in rows]


def moved(row: ErasureRow) -> Deed:
    """Write how far ``row`` is, if it still is there.

    With its account it is gone, and must not come back by being done.
    """
    return Deed(
        "UPDATE erasure SET state = ?, done_at = ?, subject = ?, receipt = ?"
        " WHERE id = ?",
        (row.state, row.done_at, row.subject, row.receipt, row.id),
    )


def expire(erased_before: float) -> Deed:
    """Forget by what those are found who were erased before (unix seconds)."""
    return Deed("DELETE FROM erased WHERE erased_at < ?", (erased_before,))


def hidden(customer: str, noise: bytes) -> list[Deed]:
    """Have a person found by nothing any more, before their row goes.

    Args:
        customer: Who.
        noise: What stands in place of their blind index.
    """
    return [
        Deed(
            "UPDATE customer SET platform = ? WHERE id = ?", (noise, customer)
        ),
        Deed("DELETE FROM customer_address WHERE customer = ?", (customer,)),
    ]
