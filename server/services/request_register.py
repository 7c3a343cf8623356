"""The register of requests: what people asked for, and until when it is due.

A register, not a machine: it says what is pressing, and proves afterwards
what was answered when. The deeds themselves are exporting, erasing and the
others; whoever does them notes it here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from server.domain.audit import AuditEvent
from server.domain.permission import Principal
from server.domain.privacy_request import (
    KEPT,
    Law,
    PrivacyRequest,
    RequestKind,
    RequestState,
    Words,
    due_at,
)
from server.errors import (
    Conflict,
    ConflictCode,
    Invalid,
    InvalidCode,
    NotFound,
)
from server.ids import AccountId, new_id
from server.live.people import Person
from server.services.account_keys import AccountKeys
from server.services.audit import note_by
from server.services.house import House
from server.store import sealed_request
from server.store.group import Group
from server.store.requests import (
    REQUESTS,
    Place,
    RequestRow,
    Requests,
    changed,
    expire,
)

#: Requests of one account, those closed in the last three years included.
MOST: Final = 100_000

_TABLE: Final = "privacy_request"
_COLUMN: Final = "sealed"


@dataclass(frozen=True, slots=True)
class Registered:
    """A request, and the account's words about it."""

    request: PrivacyRequest
    words: Words = field(repr=False)


class RequestRegister:
    """The register of every account.

    Args:
        house: The parts.
        keys: What the words are sealed with.
        requests: What is on the disk.
    """

    def __init__(
        self, house: House, keys: AccountKeys, requests: Requests
    ) -> None:
        self._house = house
        self._keys = keys
        self._requests = requests
        # What one reads to change it, nobody else changes meanwhile.
        self._alone = asyncio.Lock()

    async def open(  # noqa: PLR0913 - what a request is made of
        self,
        by: Principal,
        account: AccountId,
        kind: RequestKind,
        *,
        law: Law,
        subject: str,
        customer: str | None = None,
        received_at: float | None = None,
    ) -> Registered:
        """Write down that somebody asked.

        Args:
            by: Who writes.
            account: Who was asked.
            kind: What for.
            law: Whose dates hold.
            subject: Who asked, in the account's words.
            customer: The row of that person, if the server knows one.
            received_at: Unix seconds; None: now. Never later than now.

        Raises:
            Invalid: The account has no such customer.
            Conflict: ``FULL``: as many as there may be.
            ServerError: It could not be written down.
        """
        person = await self._person(account, customer)
        if await self._requests.count(account) >= MOST:
            raise Conflict(ConflictCode.FULL)
        now = self._house.clock.now()
        at = now if received_at is None else min(received_at, now)
        request = PrivacyRequest(
            id=new_id(self._house.randomness),
            account=account,
            kind=kind,
            law=law,
            received_at=at,
            due_at=due_at(law, at),
            customer=customer,
        )
        made = Registered(request, Words(subject=subject))
        row = self._row(made)

        def keep(group: Group) -> None:
            if person and self._house.people.get(person.id) is not person:
                raise _nobody()  # erased in this very moment
            group.do(REQUESTS.keep(row))

        await self._house.records.write(keep)
        self._note(by, made, "opened")
        return made

    async def extend(
        self, by: Principal, account: AccountId, id_: str, *, note: str
    ) -> Registered:
        """The person was told that it takes longer.

        Raises:
            NotFound: There is no such request.
            Refused: It cannot be extended.
        """
        return await self._change(
            by, account, id_, PrivacyRequest.extend, note=note
        )

    async def close(
        self,
        by: Principal,
        account: AccountId,
        id_: str,
        *,
        state: RequestState,
        note: str,
    ) -> Registered:
        """It was answered, or refused.

        Raises:
            NotFound: There is no such request.
            Refused: It is closed already.
        """
        now = self._house.clock.now()
        return await self._change(
            by, account, id_, lambda one: one.close(state, at=now), note=note
        )

    async def get(self, account: AccountId, id_: str) -> Registered:
        """One of them.

        Raises:
            NotFound: There is no such request.
            ServerError: What is stored cannot be read.
        """
        row = await self._requests.get(account, id_)
        if row is None:
            raise NotFound
        return self._opened(row)

    async def page(
        self, account: AccountId, after: Place, limit: int
    ) -> list[Registered]:
        """Some of them, what presses most first; see ``Requests.page``."""
        rows = await self._requests.page(account, after, limit)
        return [self._opened(row) for row in rows]

    async def of_customer(
        self, account: AccountId, customer: str, limit: int
    ) -> list[Registered]:
        """Those of one person, the oldest first."""
        rows = await self._requests.of_customer(account, customer, limit)
        return [self._opened(row) for row in rows]

    async def tidy(self) -> None:
        """Let go of what was closed long ago."""
        before = self._house.clock.now() - KEPT
        await self._house.records.write(lambda group: group.do(expire(before)))

    def blank(self, account: AccountId, id_: str) -> bytes:
        """What stands in place of the words once the person is erased."""
        return self._sealed(account, id_, Words())

    async def _person(
        self, account: AccountId, customer: str | None
    ) -> Person | None:
        if customer is None:
            return None
        person = await self._house.identities.recall(account, customer)
        if person is None or not person.is_stored:
            raise _nobody()
        return person

    async def _change(
        self,
        by: Principal,
        account: AccountId,
        id_: str,
        change: Callable[[PrivacyRequest], PrivacyRequest],
        *,
        note: str,
    ) -> Registered:
        async with self._alone:
            row = await self._requests.get(account, id_)
            if row is None:
                raise NotFound
            before = self._opened(row)
            words = before.words
            if note:
                words = words.noted(self._house.clock.now(), note)
            after = self._row(Registered(change(before.request), words))
            deed = changed(row, after)
            await self._house.records.write(lambda group: group.do(deed))
        # As it stands now: of who was erased meanwhile nothing was written.
        made = await self.get(account, id_)
        self._note(by, made, made.request.state.value)
        return made

    def _note(self, by: Principal, made: Registered, how: str) -> None:
        note_by(
            self._house.audit,
            by,
            AuditEvent.PRIVACY_REQUEST,
            subject=made.request.id,
            detail=how,
        )

    def _row(self, made: Registered) -> RequestRow:
        one = made.request
        return RequestRow(
            one.id,
            one.account,
            one.kind.value,
            one.law.value,
            one.state.value,
            one.received_at,
            one.due_at,
            one.closed_at,
            one.customer,
            self._sealed(one.account, one.id, made.words),
        )

    def _sealed(self, account: AccountId, id_: str, words: Words) -> bytes:
        plain = sealed_request.pack(words)
        return self._keys.seal(
            account, plain, table=_TABLE, column=_COLUMN, row=id_
        )

    def _opened(self, row: RequestRow) -> Registered:
        plain = self._keys.open(
            row.account, row.sealed, table=_TABLE, column=_COLUMN, row=row.id
        )
        request = PrivacyRequest(
            id=row.id,
            account=row.account,
            kind=RequestKind(row.kind),
            law=Law(row.law),
            received_at=row.received_at,
            due_at=row.due_at,
            state=RequestState(row.state),
            closed_at=row.closed_at,
            customer=row.customer,
        )
        return Registered(request, sealed_request.unpack(plain))


def _nobody() -> Invalid:
    return Invalid(
        "$.customer", InvalidCode.UNKNOWN_REFERENCE, "the id of a customer"
    )
