"""Removing channels and accounts, with everything that hangs on them.

An account is marked first. From then on it is in no directory, and whatever
happens, the next start goes on with it before the port opens. Its key is
overwritten next: its secrets and the names of its people are unreadable then,
in whatever copy. Conversations end, customers' keys are overwritten, and rows
go last; the mark and the key's place last of all. Every step may be repeated.

A channel needs no mark: nobody comes in by it from the first step on, and
its row goes last, so that a removal that was broken off is asked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from server.domain.conversation import EndedBy
from server.domain.resource import REMOVAL, ResourceKind
from server.errors import (
    Conflict,
    ConflictCode,
    RefusalCode,
    Refused,
)
from server.ids import AccountId, AgentId, ChannelId, ConversationId
from server.protocol.forms import ChannelForm
from server.protocol.stored_forms import closed
from server.services.account_keys import AccountKeys
from server.services.directory import Directory
from server.services.ending import Ending
from server.services.entries import Entry, row_of
from server.services.house import House
from server.services.kept import Kept
from server.store import customers as customer_deeds
from server.store import resources as deeds
from server.store.customers import FIRST, CustomerRow, Place
from server.store.deeds import Deed
from server.store.group import Group
from server.store.resources import ResourceRow

#: Conversations and customers that are looked up at once.
PAGE = 64
#: Rows of one table in one commit: chats that go on wait 10 ms for it.
MOST_CUT = 500


class StoredResources(Protocol):
    """What the store knows of accounts."""

    async def all(self) -> list[ResourceRow]:
        """Every row."""
        ...

    async def conversations(
        self,
        account: AccountId,
        channel: ChannelId | None,
        *,
        after: str,
        limit: int,
    ) -> list[ConversationId]:
        """Ids of conversations there, in order."""
        ...

    async def has_held(
        self, account: AccountId, channel: ChannelId | None
    ) -> bool:
        """Whether a conversation there may not be erased."""
        ...

    async def is_left(self, account: AccountId) -> bool:
        """Whether ``cut`` has something to delete."""
        ...


class StoredCustomers(Protocol):
    """What the store knows of customers."""

    async def page(
        self, account: AccountId, after: Place, limit: int
    ) -> list[CustomerRow]:
        """Customers behind ``after``, by channel and id."""
        ...


class Removing:
    """Removes them.

    Args:
        house: The parts.
        directory: Told what is gone.
        keys: The accounts' keys.
        ending: Ends sessions in which nothing was said.
        kept: Ends and erases conversations.
        resources: What is stored of accounts.
        customers: What is stored of customers.
    """

    def __init__(  # noqa: PLR0913 - removing touches everything there is
        self,
        house: House,
        directory: Directory,
        keys: AccountKeys,
        *,
        ending: Ending,
        kept: Kept,
        resources: StoredResources,
        customers: StoredCustomers,
    ) -> None:
        self._house = house
        self._directory = directory
        self._keys = keys
        self._ending = ending
        self._kept = kept
        self._resources = resources
        self._customers = customers

    async def channel(self, entry: Entry) -> None:
        """Remove a channel, its conversations and its customers.

        Raises:
            Conflict: A conversation is on hold.
            Unavailable: The disk does not do its work; to be repeated.
        """
        account, channel = entry.account, ChannelId(entry.id)
        await self._check_free(account, channel)
        form = entry.form
        if isinstance(form, ChannelForm) and form.active:
            entry = replace(entry, form=closed(form))
            await self._write(deeds.kept(row_of(entry, self._keys)))
            self._directory.put(entry)
        await self._end(account, channel)
        await self._remove_customers(account, channel)
        await self._write(deeds.dropped(entry.kind.value, account, channel))
        self._directory.drop(ResourceKind.CHANNEL, account, channel)

    async def account(self, account: AccountId) -> None:
        """Remove an account, and everything it has.

        Raises:
            Conflict: A conversation is on hold.
            Unavailable: The disk does not do its work. Once it is marked,
                the next start goes on with it.
        """
        await self._check_free(account, None)
        now = self._house.clock.now()
        mark = ResourceRow(
            kind=REMOVAL,
            account=account,
            id=account,
            revision=1,
            declared=False,
            body="{}",
            sealed=None,
            created_at=now,
            changed_at=now,
        )
        agents = self._directory.entries(ResourceKind.AGENT, account)
        await self._write(
            deeds.kept(mark),
            *(deeds.signed_out(AgentId(one.id)) for one in agents),
        )
        self._directory.drop_account(account)
        await self._carry_out(account)

    async def resume(self) -> None:
        """Go on with what a crash broke off; for the start.

        Raises:
            Unavailable: The disk does not do its work.
        """
        for row in await self._resources.all():
            if row.kind == REMOVAL:
                await self._carry_out(row.account)

    async def _carry_out(self, account: AccountId) -> None:
        slot = None
        if account in self._keys:
            slot = self._keys.slot(account)
            await asyncio.to_thread(self._house.keys.shred, [slot])
        await self._end(account, None)
        await self._remove_customers(account, None)
        while await self._resources.is_left(account):
            await self._write(*deeds.cut(account, MOST_CUT))
        await self._write(
            deeds.key_dropped(account),
            deeds.dropped(REMOVAL, account, account),
        )
        self._keys.forget(account)
        self._house.forgot(account)
        if slot is not None:
            self._house.keys.release([slot])
        self._house.wake_scrubbing.set()

    async def _check_free(
        self, account: AccountId, channel: ChannelId | None
    ) -> None:
        if await self._resources.has_held(account, channel):
            raise Conflict(ConflictCode.IN_USE, "a conversation is on hold")

    async def _end(self, account: AccountId, channel: ChannelId | None) -> None:
        for session in list(self._house.sessions):
            of = session.conversation
            if (
                of.account == account
                and channel in {None, of.channel}
                and not of.is_stored
            ):
                self._ending.ask(session, by=EndedBy.OPERATOR)
        after = ""
        while ids := await self._resources.conversations(
            account, channel, after=after, limit=PAGE
        ):
            for id_ in ids:
                await self._erase(account, id_)
            after = ids[-1]

    async def _erase(
        self, account: AccountId, conversation: ConversationId
    ) -> None:
        try:
            await self._kept.erase(account, conversation)
        except Refused as refused:
            if refused.code is RefusalCode.ON_HOLD:  # since a moment ago
                raise Conflict(
                    ConflictCode.IN_USE, "a conversation is on hold"
                ) from None
            # Or it is gone already, which is what was wanted.

    async def _remove_customers(
        self, account: AccountId, channel: ChannelId | None
    ) -> None:
        # Ordered by channel: behind the last one come other channels.
        after: Place = FIRST if channel is None else (channel, "")
        while rows := await self._customers.page(account, after, PAGE):
            gone = [one for one in rows if channel in {None, one.channel}]
            await self._forget(account, gone)
            if len(gone) < len(rows):
                break
            after = (rows[-1].channel, rows[-1].id)

    async def _forget(
        self, account: AccountId, rows: Sequence[CustomerRow]
    ) -> None:
        house, slots = self._house, [one.slot for one in rows]
        house.people.drop([one.id for one in rows])
        for one in rows:
            house.flagged.set(account, one.platform, one.id, flags=0)
        await asyncio.to_thread(house.keys.shred, slots)
        await self._write(
            *(deed for one in rows for deed in customer_deeds.drop(one.id))
        )
        house.forgot(account)
        house.people.counts[account] -= len(rows)
        house.keys.release(slots)

    async def _write(self, *what: Deed) -> None:
        def decide(group: Group) -> None:
            group.do(*what)

        await self._house.records.write(decide)
