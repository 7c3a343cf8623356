"""A scene: time passes, people are warned, and what is due is gone."""

from __future__ import annotations

import asyncio

from server.domain.retention import NOTICE
from server.live.deadlines import TICK
from tests.fakes import FakeClock
from tests.scenes.sites import INACTIVITY, Site
from tests.strangers_client import Frame, Stranger


def clock_of(site: Site) -> FakeClock:
    """The clock that moves when told."""
    assert site.clock is not None
    return site.clock


async def stay_for(site: Site, line: Stranger, seconds: float) -> None:
    """Let time go by for a customer who is there and says nothing."""
    for _ in range(int(seconds // 20)):
        clock_of(site).pass_(20)
        await line.say("ping")
        await line.hear("pong")


async def hear_by_and_by(site: Site, line: Stranger, kind: str) -> Frame:
    """Wait for a frame while time goes on, tick by tick."""
    hearing = asyncio.ensure_future(line.hear(kind))
    while not hearing.done():
        clock_of(site).pass_(TICK)
        await asyncio.sleep(0.001)
    return await hearing


async def test_silence_is_warned_of_and_then_ends(timeless_site: Site) -> None:
    """Warning, a word that takes it back, warning again, end."""
    site = timeless_site
    async with await site.customer() as customer:
        await customer.send("client-0001", "Hello")
        await stay_for(site, customer, INACTIVITY - NOTICE - 20)
        assert (await hear_by_and_by(site, customer, "deadline"))["warn"]
        await customer.say("send", id="client-0002", text="Still here")
        assert "warn" not in await customer.hear("deadline")
        await stay_for(site, customer, INACTIVITY - NOTICE - 20)
        assert (await hear_by_and_by(site, customer, "deadline"))["warn"]
        await stay_for(site, customer, NOTICE - 20)
        ended = await hear_by_and_by(site, customer, "ended")
        gone = await hear_by_and_by(site, customer, "gone")
        assert await customer.closed() == 4502

    assert (ended["by"], gone["messages"]) == ("inactivity", 2)


async def test_what_came_due_while_down_is_gone_before_the_port_opens(
    timeless_site: Site,
) -> None:
    """Nobody meets a conversation past its time, not even by a second."""
    site = timeless_site
    async with await site.customer() as due:
        await due.send("client-0001", "Hello")
    clock_of(site).pass_(60)
    async with await site.customer() as later:
        await later.send("client-0001", "Hello")
    await site.stop()
    clock_of(site).pass_(INACTIVITY - 60)

    await site.start()

    assert site.server.health().conversations == 1
    async with await site.customer(token=due.token) as late:
        assert late.welcome["code"] == "session_unknown"
    async with await site.customer(token=later.token) as back:
        assert back.welcome["type"] == "welcome"


async def test_a_deadline_outlives_a_restart(timeless_site: Site) -> None:
    """Nobody has to come back for it to be purged."""
    site = timeless_site
    async with await site.customer() as customer:
        await customer.send("client-0001", "Hello")
    await site.restart()
    clock_of(site).pass_(INACTIVITY - 1)
    assert site.server.health().conversations == 1

    async with asyncio.timeout(5):
        while site.server.health().conversations:
            clock_of(site).pass_(TICK)
            await asyncio.sleep(0.001)

    assert site.server.health().deadlines == 0
