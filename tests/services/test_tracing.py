"""Somebody's key is enough to ask what is held of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import NotFound
from server.ids import AccountId, ChannelId
from server.services.erasure_work import REMEMBERED
from tests.services.test_erasing import KEY, asked, filled
from tests.services.workshops import SHOP, Workshop
from tests.store.samples import ACME


async def test_what_is_held_is_found_by_the_key(tmp_path: Path) -> None:
    """As by the id; of an erased one that they were; of a stranger nothing."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        tracing = shop.duties.tracing
        assert session.customer is not None
        known = await tracing.of_platform(ACME, SHOP, KEY)
        assert known == await shop.duties.stocktaking.of_customer(
            ACME, session.customer.id
        )
        assert await tracing.of_platform(ACME, SHOP, "nobody") == []
        await asked(shop, session)
        await shop.work()

        [left] = await tracing.of_platform(ACME, SHOP, KEY)

        assert (left.name, left.count) == ("erased subjects", 1)
        assert left.oldest is not None
        assert left.dies_at == left.oldest + REMEMBERED


async def test_who_has_said_nothing_yet_is_found(tmp_path: Path) -> None:
    """In memory, and nowhere else."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await shop.session(KEY)

        held = await shop.duties.tracing.of_platform(ACME, SHOP, KEY)

        assert [one.name for one in held] == [
            "customer private data",
            "conversation record",
            "session record",
        ]
        assert session.slot is None


async def test_nobody_asks_in_a_channel_of_others(tmp_path: Path) -> None:
    """Theirs and one that there is not are answered alike."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        ask = shop.duties.tracing.of_platform

        for account, channel in (
            (AccountId("zenith"), SHOP),
            (ACME, ChannelId("none")),
        ):
            with pytest.raises(NotFound):
                await ask(account, channel, KEY)
