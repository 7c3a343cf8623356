"""A scene: a customer is answered, changes pages, and is forgotten."""

from __future__ import annotations

import pytest

from tests.scenes.sites import DISPLAY_NAME, Site, conversation_of, say, taken
from tests.strangers_client import Stranger


async def test_a_conversation_survives_page_switches(site: Site) -> None:
    """Whole, in order, nothing twice, however often a page is left."""
    async with await site.agent() as agent:
        async with await site.customer() as first:
            await say(first, "client-0001", "Is the blue one in stock?")
            about = await taken(agent, first)
            await agent.send("agent-0001", "It is.", **about)
            await first.hear("message")
        async with await site.back(first) as second:
            await agent.send("agent-0002", "Shall I keep one?", **about)
            await second.hear("message")
            await say(second, "client-0002", "Please")
            await agent.hear("message")
        await agent.send("agent-0003", "Kept until six.", **about)
        async with await site.back(second) as third:
            missed = set(third.messages) - set(second.messages)
        async with await site.customer(token=first.token) as new_window:
            await new_window.hear("history")

    assert third.texts() == [
        "Is the blue one in stock?", "It is.", "Shall I keep one?", "Please",
        "Kept until six.",
    ]  # fmt: skip
    assert new_window.texts() == third.texts()
    assert missed == {5}


async def test_both_see_how_far_the_other_is(site: Site) -> None:
    """Typing, delivered, read; in a second window as in the first."""
    async with await site.customer() as customer, await site.agent() as agent:
        await say(customer, "client-0001", "Hello")
        about = await taken(agent, customer)
        async with await site.back(customer) as window:
            await agent.say("typing", on=True, **about)
            for line in (customer, window):
                typing = await line.hear("typing")
                assert typing["name"] == DISPLAY_NAME
            await agent.say("read", number=1, **about)
            for line in (customer, window):
                seen = await line.hear("seen")
                assert (seen["by"], seen["read"]) == ("agent", 1)
            await agent.send("agent-0001", "Hi", **about)
            for line in (customer, window):
                assert (await line.hear("message"))["number"] == 2
            await window.say("delivered", number=2)
            assert (await agent.hear("seen"))["delivered"] == 2
            await customer.say("typing", on=True)
            assert (await agent.hear("typing"))["author"] == "customer"


@pytest.mark.parametrize("who", ["customer", "agent"])
async def test_either_side_ends_it_for_both(site: Site, who: str) -> None:
    """Ended, gone with the count, closed; the token opens nothing more."""
    async with await site.customer() as customer, await site.agent() as agent:
        await customer.send("client-0001", "Hello")
        about = await taken(agent, customer)
        await agent.send("agent-0001", "Bye", **about)
        if who == "customer":
            await customer.say("end")
        else:
            await agent.say("end", **about)
        for line in (customer, agent):
            assert (await line.hear("ended"))["by"] == who
            assert (await line.hear("gone"))["messages"] == 2
        assert await customer.closed() == 4502
    await is_unknown(site, customer)


async def is_unknown(site: Site, customer: Stranger) -> None:
    """A conversation that has ended is not to be found by its token."""
    async with await site.customer(token=customer.token) as late:
        assert late.welcome["code"] == "session_unknown"


async def test_an_agent_sees_who_comes_and_goes(site: Site) -> None:
    """Without asking: a new customer is listed, one who ends is not."""
    async with await site.agent() as agent, await site.customer() as customer:
        await agent.hear("list")
        await customer.send("client-0001", "Anybody there?")
        listed = (await agent.hear("listed"))["summary"]
        await customer.say("end")
        unlisted = await agent.hear("unlisted")

    assert listed["preview"] == "Anybody there?"
    assert unlisted["conversation"] == conversation_of(customer)


async def test_a_stop_sends_everybody_home_and_loses_nothing(
    site: Site,
) -> None:
    """1012; what was acknowledged is there when the server is back."""
    async with await site.customer() as customer:
        for n in range(20):
            await customer.send(f"client-{n:04}", f"number {n}")
        await site.restart()
        assert await customer.closed() == 1012
    async with await site.customer(token=customer.token) as back:
        await back.hear("history")

    assert back.texts() == [f"number {n}" for n in range(20)]
