"""Administering: what an account is made of is made, replaced and removed.

One change at a time: there are a few a day, and each is decided knowing all
before it. It is on disk, then in the directory, then told: whoever is
answered can rely on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar

from server.domain.audit import ActorKind, AuditEvent
from server.domain.permission import Principal, PrincipalKind
from server.domain.resource import (
    ResourceKind,
)
from server.errors import Conflict, ConflictCode, NotFound, Unavailable
from server.ids import AccountId, AgentId
from server.protocol.forms import (
    AgentForm,
    Form,
)
from server.protocol.stored_forms import id_of, with_kept_secrets
from server.services.account_keys import AccountKeys
from server.services.directory import Directory
from server.services.entries import Entry, row_of
from server.services.form_faults import FormFaults
from server.services.house import House
from server.services.in_the_way import InTheWay
from server.store import resources
from server.store.group import Group

T = TypeVar("T")

_ACTORS = {
    PrincipalKind.OPERATOR: ActorKind.OPERATOR,
    PrincipalKind.PERSON: ActorKind.AGENT,
    PrincipalKind.KEY: ActorKind.KEY,
}


class Removing(Protocol):
    """Removes what has more to it than a row."""

    async def channel(self, entry: Entry) -> None:
        """The channel, its conversations and its customers."""
        ...

    async def account(self, account: AccountId) -> None:
        """The account and everything it has."""
        ...


class Administering:
    """Changes accounts.

    Args:
        house: The parts.
        directory: Knows what there is, and is told what there is now.
        keys: Seals secrets.
        faults: Looks at forms before they are kept.
        removing: Removes accounts and channels.
    """

    def __init__(
        self,
        house: House,
        directory: Directory,
        keys: AccountKeys,
        *,
        faults: FormFaults,
        removing: Removing,
    ) -> None:
        self._house = house
        self._directory = directory
        self._keys = keys
        self._faults = faults
        self._removing = removing
        self._in_the_way = InTheWay(directory, keys)
        self._alone = asyncio.Lock()

    def get(
        self,
        kind: ResourceKind,
        account: AccountId,
        id: str,  # noqa: A002 - what it is
    ) -> Entry:
        """The one of that id.

        Raises:
            NotFound: The account has none.
        """
        found = self._directory.entry(kind, account, id)
        if found is None:
            raise NotFound
        return found

    def page(
        self,
        kind: ResourceKind,
        account: AccountId,
        *,
        after: str,
        limit: int,
    ) -> list[Entry]:
        """Those whose ids come after ``after``, in order."""
        found = self._directory.entries(kind, account)
        return [one for one in found if one.id > after][:limit]

    def accounts(self, *, after: str, limit: int) -> list[Entry]:
        """All accounts whose ids come after ``after``, in order."""
        ids = sorted(one for one in self._directory.accounts if one > after)
        return [self.get(ResourceKind.ACCOUNT, id_, id_) for id_ in ids[:limit]]

    async def create(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Form,
    ) -> Entry:
        """Keep ``form``, which is new.

        Raises:
            Conflict: There is one of its name, or as many as there may be.
            Invalid: It cannot work.
            NotFound: There is no such account.
            Unavailable: The disk did not take it.
        """
        return await self._in_turn(self._create(principal, kind, account, form))

    async def _create(
        self,
        principal: Principal,
        kind: ResourceKind,
        account: AccountId,
        form: Form,
    ) -> Entry:
        self._in_the_way.of_new(kind, account, id_of(form))
        self._faults.check(account, form)
        now = self._house.clock.now()
        entry = Entry(
            kind=kind,
            account=account,
            form=form,
            created_at=now,
            changed_at=now,
        )
        await self._keep(entry)
        self._note(AuditEvent.RESOURCE_CREATED, principal, entry)
        return entry

    async def replace(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        form: Form,
        if_revision: int | None = None,
    ) -> Entry:
        """Keep ``form`` in place of the one of its id.

        Secrets that it leaves out stay as they are: who reads a form and
        writes it back has not seen them.

        Raises:
            Conflict: The file rules it, or it is not at ``if_revision``.
            ServerError: As ``create``.
        """
        before = partial(
            self._to_change, kind, account, id_of(form), if_revision
        )
        return await self._in_turn(self._replace(principal, before, form))

    async def _replace(
        self, principal: Principal, found: Callable[[], Entry], form: Form
    ) -> Entry:
        before = found()
        account = before.account
        form = with_kept_secrets(form, before.form)
        self._faults.check(account, form)
        self._in_the_way.of_demotion(principal, before, form)
        if form == before.form:
            return before
        entry = replace(
            before,
            form=form,
            revision=before.revision + 1,
            changed_at=self._house.clock.now(),
        )
        await self._keep(entry)
        self._note(AuditEvent.RESOURCE_CHANGED, principal, entry)
        return entry

    async def remove(
        self,
        principal: Principal,
        kind: ResourceKind,
        *,
        account: AccountId,
        id: str,  # noqa: A002 - what it is
        if_revision: int | None = None,
    ) -> None:
        """Keep it no more, nor what hangs on it.

        Raises:
            Conflict: The file rules it, something needs it, or it is not at
                ``if_revision``.
            NotFound: There is none.
            Unavailable: The disk did not take it; to be repeated.
        """
        found = partial(self._to_change, kind, account, id, if_revision)
        await self._in_turn(self._remove(principal, found))

    async def _remove(
        self, principal: Principal, found: Callable[[], Entry]
    ) -> None:
        entry = found()
        kind, account = entry.kind, entry.account
        self._in_the_way.of_removal(entry)
        self._in_the_way.of_demotion(principal, entry, None)
        if kind is ResourceKind.ACCOUNT:
            await self._removing.account(account)
        elif kind is ResourceKind.CHANNEL:
            await self._removing.channel(entry)
        else:
            await self._drop(entry)
        self._note(AuditEvent.RESOURCE_REMOVED, principal, entry)

    async def _in_turn(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work`` after what was asked for before it, and all of it.

        Whoever asked may go away meanwhile; what is on its way to the disk
        would then be there and in no directory.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        async def alone() -> None:
            async with self._alone:
                try:
                    result = await work
                except Exception as error:  # noqa: BLE001 - to whoever asked
                    if not done.done():
                        done.set_exception(error)
                else:
                    if not done.done():
                        done.set_result(result)

        try:
            self._house.errands.run(alone())
        except Unavailable:
            work.close()
            raise
        return await done

    def _to_change(
        self,
        kind: ResourceKind,
        account: AccountId,
        id_: str,
        if_revision: int | None,
    ) -> Entry:
        entry = self.get(kind, account, id_)
        if entry.declared:
            raise Conflict(ConflictCode.DECLARED)
        if if_revision is not None and if_revision != entry.revision:
            raise Conflict(ConflictCode.CHANGED)
        return entry

    async def _keep(self, entry: Entry) -> None:
        old = self._directory.entry(entry.kind, entry.account, entry.id)

        def decide(group: Group) -> None:
            self._keys.make(entry.account, group)
            group.do(resources.kept(row_of(entry, self._keys)))
            if old is not None and _password(old.form) != _password(entry.form):
                group.do(resources.signed_out(AgentId(old.id)))

        await self._house.records.write(decide)
        self._directory.put(entry)

    async def _drop(self, entry: Entry) -> None:
        def decide(group: Group) -> None:
            group.do(
                resources.dropped(entry.kind.value, entry.account, entry.id)
            )
            if entry.kind is ResourceKind.AGENT:
                group.do(resources.signed_out(AgentId(entry.id)))

        await self._house.records.write(decide)
        self._directory.drop(entry.kind, entry.account, entry.id)

    def _note(
        self, event: AuditEvent, principal: Principal, entry: Entry
    ) -> None:
        self._house.audit.note(
            event,
            by=_ACTORS[principal.kind],
            actor=principal.id,
            subject=entry.id,
            detail=entry.kind.value,
        )


def _password(form: Form) -> str | None:
    return form.password_hash if isinstance(form, AgentForm) else None
