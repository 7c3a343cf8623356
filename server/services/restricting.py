"""Restricting: what may not be done with somebody any more, or may again.

It acts on everything that is live before the call returns, and is written
down with who wanted it and why. Lifting it takes a notice: whoever had it set
has to be told before (GDPR 18 (3)), and when that was is part of the record.
"""

from __future__ import annotations

from server.domain.audit import AuditEvent
from server.domain.customer_event import Reason, Restricted, Source
from server.domain.permission import Principal
from server.domain.restriction import Restriction, Use, flags_of
from server.errors import (
    Conflict,
    ConflictCode,
    Invalid,
    InvalidCode,
    NotFound,
)
from server.ids import AccountId
from server.live.people import MOST_EVENTS, Person
from server.services.audit import note_by
from server.services.customers import Customers
from server.services.enforcing import enforce, sessions_of
from server.services.house import House
from server.services.registering import record
from server.store import customers as tables
from server.store.group import Group


class Restricting:
    """Sets restrictions, and lifts them.

    Args:
        house: The parts.
        customers: Finds people.
    """

    def __init__(self, house: House, customers: Customers) -> None:
        self._house = house
        self._customers = customers

    async def restrict(
        self,
        account: AccountId,
        customer: str,
        restriction: Restriction,
        *,
        by: Principal,
        reason: Reason = Reason.ASKED,
        source: Source = Source.API,
    ) -> frozenset[Restriction]:
        """It may not be done from now on; repeating is harmless.

        Returns:
            All that may not be done then.

        Raises:
            NotFound: The account has no such customer.
            Corrupt, Unavailable: Nothing was changed.
        """
        change = Restricted(
            restriction=restriction,
            is_set=True,
            at=self._house.clock.now(),
            reason=reason,
            source=source,
            by=by.id,
        )
        return await self._change(account, customer, change, by=by)

    async def lift(
        self,
        account: AccountId,
        customer: str,
        restriction: Restriction,
        *,
        by: Principal,
        notice_given_at: float | None,
        source: Source = Source.API,
    ) -> frozenset[Restriction]:
        """It may be done again; repeating is harmless.

        Args:
            account: Whose customer.
            customer: Which.
            restriction: What.
            by: Who wants it.
            notice_given_at: Unix seconds at which the person was told that
                it would be lifted.
            source: By which way.

        Returns:
            All that may still not be done.

        Raises:
            Invalid: The person was not told, or not since it was set.
            Conflict: ``FULL``: as many changes as there may be.
            NotFound: The account has no such customer.
            Corrupt, Unavailable: Nothing was changed.
        """
        now = self._house.clock.now()
        person = await self._customers.person(account, customer)
        if restriction not in person.restrictions:
            return person.restrictions
        set_at = max(
            one.at
            for one in await self._customers.history(account, customer)
            if isinstance(one, Restricted) and one.restriction is restriction
        )
        if notice_given_at is None or not set_at <= notice_given_at <= now:
            raise Invalid(
                "$.notice_given_at",
                InvalidCode.MISSING,
                "when the person was told, after it was set and before now",
            )
        if person.events >= MOST_EVENTS:
            raise Conflict(ConflictCode.FULL)
        change = Restricted(
            restriction=restriction,
            is_set=False,
            at=now,
            reason=Reason.RESOLVED,
            source=source,
            by=by.id,
            notice_given_at=notice_given_at,
        )
        return await self._change(account, customer, change, by=by)

    async def _change(
        self,
        account: AccountId,
        customer: str,
        change: Restricted,
        *,
        by: Principal,
    ) -> frozenset[Restriction]:
        house = self._house
        person = await self._customers.person(account, customer)
        is_new = False

        def decide(group: Group) -> None:
            nonlocal is_new
            is_new = (change.restriction in person.restrictions) is not (
                change.is_set
            )
            if is_new:
                self._decide(person, change, group)

        await house.records.write(decide)
        house.flagged.set(
            person.account,
            person.platform,
            person.id,
            flags=flags_of(person.restrictions),
        )
        if is_new:
            self._note(person, change, by)
        self._hold_to(person)
        return person.restrictions

    def _note(self, person: Person, change: Restricted, by: Principal) -> None:
        note_by(
            self._house.audit,
            by,
            AuditEvent.RESTRICTION_SET
            if change.is_set
            else AuditEvent.RESTRICTION_LIFTED,
            subject=person.id,
            detail=change.restriction.value,
        )

    def _hold_to(self, person: Person) -> None:
        """Have it followed at once, wherever ``person`` writes."""
        if not person.allows(Use.APPLICATION):
            # Conversations that have ended are in no session any more, and
            # their transcripts may still be on their way.
            self._house.relay.forbid(person.id)
        for session in sessions_of(self._house, person):
            enforce(self._house, session)

    def _decide(self, person: Person, change: Restricted, group: Group) -> None:
        if not record(self._house, person, change, group=group):
            raise NotFound
        before = person.restrictions
        one = frozenset({change.restriction})
        # From here on nothing more comes in; what is there goes when it is
        # on the disk, for that cannot be taken back.
        person.restrictions = before | one if change.is_set else before - one

        def undo() -> None:
            person.restrictions = before

        group.undo(undo)
        group.do(tables.flag(person.id, flags_of(person.restrictions)))
