"""Customers, for those of the account who look after what is known of them.

The account tells us who somebody is, puts it right, and reads it back; what
changes is on the disk before anybody hears that it has. Whoever writes is
known by their key alone, until the account says more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.domain.audit import AuditEvent
from server.domain.consent import Level
from server.domain.customer import Identity
from server.domain.customer_event import (
    Consent,
    CustomerEvent,
    Rectified,
    Source,
)
from server.domain.permission import Principal
from server.domain.platform_keys import Address
from server.domain.restriction import Restriction, restrictions_of
from server.errors import (
    Conflict,
    ConflictCode,
    Invalid,
    InvalidCode,
    NotFound,
)
from server.ids import AccountId, ChannelId
from server.live.people import MOST_EVENTS, Person
from server.services.audit import note_by
from server.services.customer_rows import (
    events_in,
    identity_in,
    sealed_identity,
)
from server.services.enforcing import sessions_of
from server.services.house import House
from server.services.identifying import Indexes, platform_index
from server.services.registering import record, store
from server.store import customers as tables
from server.store.customers import CustomerRow, Place
from server.store.deeds import Deed
from server.store.group import Group

#: Customers that one search finds, at most.
MOST_FOUND = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody as the account knows them.

    Attributes:
        id: Names them; opens nothing.
        channel: The way by which they come.
        identity: Who they are.
        restrictions: What may not be done with what they say.
        created_at: Unix seconds.
        seen_at: Unix seconds of the day on which they last wrote.
    """

    id: str
    channel: ChannelId
    identity: Identity = field(repr=False)
    restrictions: frozenset[Restriction]
    created_at: float
    seen_at: float


class Customers:
    """Looks after customers.

    Args:
        house: The parts.
        rows: What is stored of them.
        indexes: Finds them.
    """

    def __init__(
        self, house: House, rows: tables.Customers, indexes: Indexes
    ) -> None:
        self._house = house
        self._rows = rows
        self._indexes = indexes
        # What one reads to change it, nobody else changes meanwhile. They
        # change a few times a day, so one lock is enough for all.
        self._alone = asyncio.Lock()

    async def get(self, account: AccountId, customer: str) -> Customer:
        """The customer of that id.

        Raises:
            NotFound: The account has none.
            Corrupt, Unavailable: What is stored cannot be read.
        """
        return self._opened(await self._row(account, customer))

    async def page(
        self, account: AccountId, after: Place, limit: int
    ) -> Sequence[Customer]:
        """The ``limit`` customers behind ``after``, by channel and id.

        Raises:
            Corrupt, Unavailable: What is stored cannot be read.
        """
        rows = await self._rows.page(account, after, limit)
        return [self._opened(row) for row in rows]

    async def find(
        self,
        account: AccountId,
        kind: Address,
        *parts: str,
        channel: ChannelId | None = None,
    ) -> Sequence[Customer]:
        """Whoever is found by an address.

        Args:
            account: Whose customers.
            kind: What sort of address.
            parts: It, as it is looked up; of a contact its label first.
            channel: Where, for a platform key.

        Raises:
            NotFound: There is no such account.
            Refused: ``MALFORMED``; it is no such key.
            Corrupt, Unavailable: What is stored cannot be read.
        """
        index = self._indexes.index(account)
        if kind is Address.PLATFORM:
            hashed = platform_index(index, channel or ChannelId(""), *parts)
            row = await self._rows.by_platform(account, hashed)
            return [] if row is None else [self._opened(row)]
        rows = await self._rows.by_address(
            account, index.of(kind, *parts), MOST_FOUND
        )
        return [self._opened(row) for row in rows]

    async def create(
        self,
        account: AccountId,
        channel: ChannelId,
        identity: Identity,
        *,
        by: Principal,
    ) -> Customer:
        """Somebody whom the account knows before they write.

        Raises:
            Invalid: It cannot be kept, or there is no such channel.
            Conflict: ``EXISTS``, ``FULL``.
            Corrupt, Unavailable: Nothing was kept.
        """
        house = self._house
        identity.check()
        known = house.channels.get(channel)
        if known is None or known.account != account:
            raise Invalid(
                "$.channel", InvalidCode.UNKNOWN_REFERENCE, "a channel's id"
            )
        person = await house.identities.person(account, channel, identity.key)
        if person is None:
            raise Conflict(ConflictCode.FULL)

        def decide(group: Group) -> None:
            if person.is_stored:
                raise Conflict(ConflictCode.EXISTS)
            store(house, person, identity, group=group, at=house.clock.now())
            group.do(*self._indexed(person.account, person.id, identity))

        await house.records.write(decide)
        note_by(house.audit, by, AuditEvent.CUSTOMER_CREATED, subject=person.id)
        return await self.get(account, person.id)

    async def rectify(
        self,
        account: AccountId,
        customer: str,
        changes: Mapping[str, Any],
        *,
        note: str = "",
        by: Principal,
    ) -> Customer:
        """Put right what is known of somebody.

        Args:
            account: Whose customer.
            customer: Which.
            changes: By field; None takes one away.
            note: The account's own words about it.
            by: Who does it.

        Raises:
            NotFound: The account has none.
            Invalid: It cannot be kept.
            Conflict: ``FULL``: as many changes as there may be.
            Corrupt, Unavailable: Nothing was changed.
        """
        house = self._house
        async with self._alone:
            person = await self.person(account, customer)
            before = identity_in(house, await self._row(account, customer))
            after = before.amended(changes)
            if person.events >= MOST_EVENTS:
                raise Conflict(ConflictCode.FULL)
            rectified = Rectified(
                fields=tuple(sorted(changes)),
                at=house.clock.now(),
                note=note,
                by=by.id,
            )

            def decide(group: Group) -> None:
                sealed = sealed_identity(house, person, after)
                if not record(house, person, rectified, group=group):
                    raise NotFound
                group.do(
                    tables.reseal(customer, sealed),
                    *self._indexed(account, customer, after),
                )

            await house.records.write(decide)
        note_by(
            house.audit, by, AuditEvent.CUSTOMER_RECTIFIED, subject=customer
        )
        return await self.get(account, customer)

    async def agree(
        self,
        account: AccountId,
        customer: str,
        consent: Consent,
        *,
        by: Principal,
    ) -> Consent:
        """Write down what somebody agreed to, or agrees to no more.

        Raises:
            NotFound: The account has none.
            Conflict: ``FULL``: as many changes as there may be.
            Corrupt, Unavailable: Nothing was changed.
        """
        house = self._house
        person = await self.person(account, customer)

        def decide(group: Group) -> None:
            if not record(house, person, consent, group=group):
                raise Conflict(ConflictCode.FULL)

        await house.records.write(decide)
        note_by(
            house.audit,
            by,
            AuditEvent.CONSENT_RECORDED,
            subject=customer,
            detail=consent.level.word,
        )
        for session in sessions_of(house, person):
            house.relay.consent_changed(session, consent)
        return consent

    def said(
        self, purpose: str, level: Level, *, version: str, by: Principal
    ) -> Consent:
        """What ``by`` has heard somebody agree to, now."""
        return Consent(
            purpose=purpose,
            level=level,
            at=self._house.clock.now(),
            version=version,
            source=Source.API,
            by=by.id,
        )

    async def consents(
        self, account: AccountId, customer: str
    ) -> Mapping[str, Consent]:
        """What holds now, by purpose.

        Raises:
            NotFound: The account has none.
            Corrupt, Unavailable: What is stored cannot be read.
        """
        return dict((await self.person(account, customer)).consents)

    async def history(
        self, account: AccountId, customer: str
    ) -> Sequence[CustomerEvent]:
        """All that happened to their record, in order.

        Raises:
            NotFound: The account has none.
            Corrupt, Unavailable: What is stored cannot be read.
        """
        row = await self._row(account, customer)
        return events_in(self._house, row, await self._rows.events(customer))

    async def person(self, account: AccountId, customer: str) -> Person:
        """The customer of that id, to be changed.

        Raises:
            NotFound: The account has none.
            Corrupt, Unavailable: What is stored cannot be read.
        """
        found = await self._house.identities.recall(account, customer)
        if found is None or not found.is_stored:
            raise NotFound
        return found

    async def _row(self, account: AccountId, customer: str) -> CustomerRow:
        row = await self._rows.get(account, customer)
        if row is None:
            raise NotFound
        return row

    def _opened(self, row: CustomerRow) -> Customer:
        return Customer(
            id=row.id,
            channel=row.channel,
            identity=identity_in(self._house, row),
            restrictions=restrictions_of(row.flags),
            created_at=row.created_at,
            seen_at=row.seen_at,
        )

    def _indexed(
        self, account: AccountId, customer: str, identity: Identity
    ) -> list[Deed]:
        index = self._indexes.index(account)
        return tables.index(
            customer,
            [index.of(kind, *parts) for kind, parts in identity.addresses()],
        )
