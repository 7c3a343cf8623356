"""A scene: what is held is told, and after the end exactly what was agreed."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from server.ids import AccountId, ConversationId
from tests.fakes import FakeClock
from tests.scenes.sites import (
    Site,
    conversation_of,
    settings,
    taken,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "holdings.md"
ACME = AccountId("acme")
DAY = 86_400.0
#: Seconds that the server may take for what it does by itself.
PATIENCE = 20.0


def agreed() -> set[str]:
    """What the document says can be left of a conversation."""
    text = DOCUMENT.read_text()
    start = text.index("## After the end of a conversation")
    part = text[start : text.index("## After somebody is erased")]
    return set(re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE))


def with_application(data: Path) -> Site:
    """A shop whose application is never there."""
    account: dict[str, Any] = settings(data)["account"][0]
    account["application"] = [
        {"id": "bot", "name": "Bot", "key_hash": "ab" * 32}
    ]
    return Site(data, FakeClock(), account=[account])


async def held(site: Site, conversation: str) -> dict[str, int]:
    """What is held under that id, by record type."""
    duties = site.server._parts.duties
    found = await duties.stocktaking.of_conversation(
        ACME, ConversationId(conversation)
    )
    return {one.name: one.count for one in found}


async def comes_to(site: Site, which: str, wanted: dict[str, int]) -> None:
    """Wait until exactly that is held; what is wrong is told at the end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while await held(site, which) != wanted:  # noqa: ASYNC110
                # A disk has no events.
                await asyncio.sleep(0.01)
    assert await held(site, which) == wanted


async def pass_(site: Site, seconds: float) -> None:
    """Let time go by, and everybody look at it."""
    assert site.clock is not None
    for part in (seconds, 1.0, 1.0, 601.0, 1.0):
        site.clock.pass_(part)
        await asyncio.sleep(0.05)


async def test_after_an_end_exactly_what_was_agreed_is_left(
    tmp_path: Path,
) -> None:
    """Also behind a restart; then, one after the other, nothing."""
    site = with_application(tmp_path / "data")
    await site.start()
    try:
        async with (
            await site.customer() as customer,
            await site.agent() as agent,
        ):
            await customer.send("client-0001", "Hello")
            about = await taken(agent, customer)
            await agent.send("client-0002", "Hello yourself", **about)
            which = conversation_of(customer)
            before = await held(site, which)
            await customer.say("end")
            await customer.hear("gone")
        left = {
            "ending notices": 1,
            "ids of ended sessions": 1,
            "audit log": 1,
        }
        await comes_to(site, which, left)
        assert set(left) == agreed()
        assert before["customer messages, web"] == 1
        assert before["conversation key"] == 1

        await site.restart()
        assert await held(site, which) == {
            "ending notices": 1,
            "audit log": 1,
        }
        await pass_(site, DAY)
        await comes_to(site, which, {"audit log": 1})
        await pass_(site, 366 * DAY)
        await site.restart()  # the last row of all stays: now that is another
        await site.server._parts.auditing.cut()
        assert await held(site, which) == {}
    finally:
        await site.stop()


async def test_what_nobody_answered_leaves_nothing(
    timeless_site: Site,
) -> None:
    """Ten minutes later there is not even its id."""
    site = timeless_site
    async with await site.customer() as customer:
        await customer.send("client-0001", "Hello")
        which = conversation_of(customer)
        await customer.say("end")
        await customer.hear("gone")
    assert await held(site, which) == {"ids of ended sessions": 1}

    await pass_(site, 600.0)

    await comes_to(site, which, {})


async def test_a_customer_sees_what_is_held(site: Site) -> None:
    """By record type, with the day on which it dies, and no contents."""
    async with await site.customer() as customer:
        await customer.send("client-0001", "a word of mine")
        await customer.say("holdings")
        told = await customer.hear("holdings")

    found = {one["name"]: one for one in told["held"]}
    assert found["customer messages, web"]["count"] == 1
    assert found["customer messages, web"]["dies_at"] > 0
    assert found["conversation key"]["home"] == "key file"
    assert "on_hold" not in told  # what is left out is not so
    assert [one["purpose"] for one in told["consents"]] == ["service"]
    assert "a word of mine" not in str(told)


@pytest.mark.parametrize("days", [0, 30])
async def test_a_customer_is_forgotten_at_once(
    tmp_path: Path, days: int
) -> None:
    """Also where the channel would keep it; nothing is left in any file."""
    account: dict[str, Any] = settings(tmp_path)["account"][0]
    account["channel"][0]["retention_days"] = days
    site = Site(tmp_path / "data", account=[account])
    await site.start()
    try:
        async with await site.customer() as customer:
            await customer.send("client-0001", "a word of mine")
            which = conversation_of(customer)
            await customer.say("forget")
            ended = await customer.hear("ended")
            await customer.hear("gone")
        assert ended["by"] == "customer"
        assert await held(site, which) == {"ids of ended sessions": 1}
    finally:
        await site.stop()
