"""The keys that outlive conversations: those of accounts and of customers.

Whoever goes through the key file has to know of these as well: the start,
which zeroes what no row refers to, and the change of the master key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from server.ids import AccountId
from server.services.account_keys import OWNER
from server.services.customer_rows import owner_of
from server.services.rotating import Owner
from server.store.resources import AccountKeyRow


class Accounts(Protocol):
    """What the store knows of accounts."""

    async def keys(self) -> Sequence[AccountKeyRow]:
        """Where the key of each lies."""
        ...


class Customers(Protocol):
    """What the store knows of customers."""

    async def keys(self) -> Sequence[tuple[int, AccountId, str]]:
        """Where the key of each lies, whose customer it is, and who."""
        ...


async def lasting_keys(accounts: Accounts, customers: Customers) -> list[Owner]:
    """Slot, account and name of each.

    Raises:
        Unavailable: The store does not answer.
    """
    found: list[Owner] = [
        (row.slot, row.account, OWNER) for row in await accounts.keys()
    ]
    found += [
        (slot, account, owner_of(id_))
        for slot, account, id_ in await customers.keys()
    ]
    return found
