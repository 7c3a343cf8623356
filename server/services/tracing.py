"""Tracing: what is held of whoever has a key, and whether they were erased.

The one question that can be asked about somebody whom nobody knows any more.
"""

from __future__ import annotations

from typing import Protocol

from server.errors import NotFound
from server.ids import AccountId, ChannelId
from server.services.erasure_work import REMEMBERED
from server.services.house import House
from server.services.identifying import Indexes, platform_index
from server.services.stocktaking import Held, Stocktaking, summed
from server.store.customers import CustomerRow

ERASED = "erased subjects"


class People(Protocol):
    """What the store knows of customers."""

    async def by_platform(
        self, account: AccountId, platform: bytes
    ) -> CustomerRow | None:
        """The customer with that blind index."""
        ...


class Erased(Protocol):
    """What the store knows of those who were erased."""

    async def erased_at(
        self, account: AccountId, platform: bytes
    ) -> float | None:
        """When whoever has that blind index was last erased."""
        ...


class Tracing:
    """Says it.

    Args:
        house: The parts.
        stocktaking: Says what is held of who is known.
        people: Finds who is known.
        erased: Finds who was erased.
        indexes: By what both are found.

    Attributes:
        stocktaking: As given.
    """

    def __init__(
        self,
        house: House,
        stocktaking: Stocktaking,
        *,
        people: People,
        erased: Erased,
        indexes: Indexes,
    ) -> None:
        self._house = house
        self.stocktaking = stocktaking
        self._people = people
        self._erased = erased
        self._indexes = indexes

    async def of_platform(
        self, account: AccountId, channel: ChannelId, key: str
    ) -> list[Held]:
        """What is held of whoever ``channel`` knows by ``key``.

        Raises:
            NotFound: The account has no such channel.
            Refused: ``MALFORMED``: it is no such key.
            ServerError: It cannot be read.
        """
        known = self._house.channels.get(channel)
        if known is None or known.account != account:
            raise NotFound
        index = platform_index(self._indexes.index(account), channel, key)
        row = await self._people.by_platform(account, index)
        # Somebody may be here who has said nothing yet.
        person = self._house.people.find(account, index)
        held: list[Held] = []
        if (one := row or person) is not None:
            held = await self.stocktaking.of_customer(account, one.id)
        at = await self._erased.erased_at(account, index)
        if at is not None:
            dies_at = at + REMEMBERED
            held.append(Held(name=ERASED, count=1, oldest=at, dies_at=dies_at))
        return summed(held)
