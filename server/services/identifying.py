"""Identifying: who a session belongs to, and what holds for that person.

Nothing is written here. Whoever is new gets an id at once and a row with the
first message; what may not be done with them is known before anything is
kept of them, for it is looked up in memory (``live.flagged``).
"""

from __future__ import annotations

import asyncio
from typing import Protocol
from weakref import WeakValueDictionary

from server.domain.customer_event import consents_in
from server.domain.platform_keys import Address, normalised
from server.ids import AccountId, ChannelId, new_id
from server.live.people import Person
from server.services.customer_rows import events_in
from server.services.house import House
from server.store.customers import CustomerRow, Customers
from server.vault.blind_index import BlindIndex


class Indexes(Protocol):
    """What finds the people of an account."""

    def index(self, account: AccountId) -> BlindIndex:
        """That of ``account``.

        Raises:
            NotFound: There is no such account.
            Corrupt, Unavailable: Its key cannot be read.
        """
        ...


def platform_index(index: BlindIndex, channel: ChannelId, key: str) -> bytes:
    """By what the person with ``key`` in ``channel`` is found.

    Raises:
        Refused: ``MALFORMED``; it is no such key.
    """
    return index.of(
        Address.PLATFORM, channel, normalised(Address.PLATFORM, key)
    )


class Identifying:
    """Knows people; ``House.identities`` of a server that does.

    Args:
        house: The parts.
        rows: What is stored of customers.
        indexes: Finds them.
    """

    def __init__(self, house: House, rows: Customers, indexes: Indexes) -> None:
        self._house = house
        self._rows = rows
        self._indexes = indexes
        # By person: what is read of one is not overtaken by what is written.
        self._alone: WeakValueDictionary[object, asyncio.Lock] = (
            WeakValueDictionary()
        )

    async def load(self) -> None:
        """Learn what may not be done with whom; before the port opens.

        Raises:
            Corrupt, Unavailable: It cannot be read.
        """
        self._house.flagged.load(await self._rows.flagged())
        self._house.people.counts.update(await self._rows.counts())

    async def person(
        self, account: AccountId, channel: ChannelId, key: str
    ) -> Person | None:
        """Whoever the channel knows by ``key``; see ``Identities``."""
        platform = platform_index(self._indexes.index(account), channel, key)
        async with self._lock_of((account, platform)):
            found = self._house.people.find(account, platform)
            if found is not None:
                return found
            row = await self._rows.by_platform(account, platform)
            if row is not None:
                return await self._from(row)
            if not self._house.people.has_room(account):
                return None
            person = Person(
                new_id(self._house.randomness),
                account=account,
                channel=channel,
                platform=platform,
            )
            person.platform_key = key
            return self._house.people.add(person)

    async def recall(self, account: AccountId, customer: str) -> Person | None:
        """The customer of that id; see ``Identities``."""
        found = self._house.people.get(customer)
        if found is not None:
            return found if found.account == account else None
        row = await self._rows.get(account, customer)
        return None if row is None else await self._from(row)

    async def _from(self, row: CustomerRow) -> Person:
        house = self._house
        async with self._lock_of(row.id):
            found = house.people.get(row.id)
            if found is not None:
                return found
            events = await self._rows.events(row.id)
            person = Person(
                row.id,
                account=row.account,
                channel=row.channel,
                platform=row.platform,
            )
            person.slot = row.slot
            person.seen_at = row.seen_at
            person.events = events[-1].number if events else 0
            person.consents = dict(consents_in(events_in(house, row, events)))
            # From memory, not from the row: that may have been read before
            # the last change, and is the older of the two then.
            person.restrictions = house.flagged.of(row.account, row.platform)
            return house.people.add(person)

    def _lock_of(self, name: object) -> asyncio.Lock:
        lock = self._alone.get(name)
        if lock is None:
            lock = self._alone[name] = asyncio.Lock()
        return lock
