"""Tests of server/services/removing.py; crashes: tests/scenes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from server.domain.resource import ResourceKind
from server.errors import Conflict, ConflictCode
from server.ids import ChannelId
from server.services.entries import Entry
from server.services.kept import Kept
from server.services.removing import PAGE, Removing
from server.store import customers
from server.store.customers import CustomerRow
from tests.fakes import FakeKeys
from tests.services.offices import ACCOUNT, SHOP, TEA, Office, office
from tests.services.worlds import World
from tests.store.samples import conversation, keeping


def removing(one: Office, keys: FakeKeys) -> Removing:
    """What removes there."""
    world = World()
    house = world.house
    house.records, house.keys = one.history, keys
    house.channels = one.directory.channels
    return Removing(
        house,
        one.directory,
        one.keys,
        ending=world.ending,
        kept=Kept(house, world.ending, world.remembering),
        resources=one.history.resources,
        customers=one.history.customers,
    )


async def customer(one: Office, keys: FakeKeys, channel: str, n: int) -> int:
    """Have somebody known there; returns their slot."""
    id_ = f"{channel}-{n:04}"
    row = CustomerRow(
        id=id_,
        account=TEA,
        channel=ChannelId(channel),
        slot=keys.new_key(TEA, f"customer:{id_}").slot,
        platform=id_.encode(),
        flags=0,
        created_at=0.0,
        seen_at=0.0,
        sealed=b"",
    )
    await one.history.write(lambda group: group.do(customers.keep(row)))
    return row.slot


def shop(one: Office) -> Entry:
    """The channel."""
    return one.administering.get(ResourceKind.CHANNEL, TEA, "shop")


async def test_a_channels_customers_go_with_it_and_no_others(
    tmp_path: Path,
) -> None:
    """Their keys first; however many there are."""
    keys = FakeKeys()
    async with office(tmp_path, keys) as one:
        await one.make(ACCOUNT, SHOP)
        gone = [await customer(one, keys, "shop", n) for n in range(PAGE + 1)]
        stays = [await customer(one, keys, name, 1) for name in ("a", "zoo")]

        await removing(one, keys).channel(shop(one))

        left = await one.history.customers.keys()
        assert {slot for slot, _, _ in left} == set(stays)
        assert not keys.owners.keys() & set(gone)
        assert keys.taken.isdisjoint(gone)
        assert one.ids(ResourceKind.CHANNEL) == []


async def test_an_accounts_customers_all_go(tmp_path: Path) -> None:
    """Of every channel, and its key with them."""
    keys = FakeKeys()
    async with office(tmp_path, keys) as one:
        await one.make(ACCOUNT, SHOP)
        for name in ("a", "shop", "zoo"):
            await customer(one, keys, name, 1)

        await removing(one, keys).account(TEA)

        assert await one.history.customers.keys() == []
        assert await one.rows() == []
        assert keys.owners == {}
        assert keys.taken == set()


async def test_what_is_on_hold_is_not_removed(tmp_path: Path) -> None:
    """Nor is anything else, for there is no half of it."""
    keys = FakeKeys()
    async with office(tmp_path, keys) as one:
        await one.make(ACCOUNT, SHOP)
        held = replace(conversation(), account=TEA, held=True)
        await one.history.write(keeping(held))
        removes = removing(one, keys)
        for work in (removes.channel(shop(one)), removes.account(TEA)):
            with pytest.raises(Conflict) as refused:
                await work
            assert refused.value.code is ConflictCode.IN_USE
        assert len(await one.rows()) == 2
        assert one.directory.channels[ChannelId("shop")].is_active
