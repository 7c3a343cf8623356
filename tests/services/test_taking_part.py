"""Saying, seeing and typing, on either side of a conversation."""

from __future__ import annotations

import pytest

from server.services.house import Pace
from tests.services.worlds import World, settle


async def test_the_other_tab_hears_it_once_with_the_senders_id() -> None:
    """The sender gets the ack, everybody else the message."""
    world = World()
    line, _, token = await world.conversation()
    tab = await world.visit(token=token)
    tab.forget()

    await line.say("client-0002", "For all")

    assert [(m["id"], m["number"]) for m in tab.all("message")] == [
        ("client-0002", 2)
    ]
    assert line.all("message") == []


async def test_a_message_beyond_the_rate_is_refused_and_not_kept() -> None:
    """The refusal says when; after as long it is taken."""
    world = World(pace=Pace(per_second=1.0, burst=2.0))
    line = await world.visit()
    await line.say("client-0001", "one")
    await line.say("client-0002", "two")

    refused = await line.say("client-0003", "three")
    world.clock.pass_(refused["retry_after"])
    taken = await line.say("client-0003", "three")

    assert (refused["code"], refused["ref"]) == ("too_fast", "client-0003")
    assert (taken["type"], taken["number"]) == ("ack", 3)


async def test_all_tabs_of_a_customer_share_one_rate() -> None:
    """More connections do not make a faster writer."""
    world = World(pace=Pace(per_second=1.0, burst=2.0))
    line, _, token = await world.conversation()
    tab = await world.visit(token=token)
    await line.say("client-0002", "two")

    assert (await tab.say("client-0003", "three"))["code"] == "too_fast"


@pytest.mark.parametrize(
    ("text", "code"),
    [(" \n\u200b", "text_empty"), ("x" * 4001, "text_too_long")],
)
async def test_a_text_that_is_none_keeps_nothing(text: str, code: str) -> None:
    """No row, no key, and the id is still free."""
    world = World()
    line = await world.visit()

    refused = await line.say("client-0001", text)

    assert (refused["code"], refused["path"]) == (code, "$.text")
    assert (world.records.rows, world.keys.taken) == ({}, set())
    assert (await line.say("client-0001", "Now"))["number"] == 1


async def test_marks_only_grow_and_are_told_to_the_others() -> None:
    """Reading implies delivery, nobody has read what is not said."""
    world = World()
    customer, maria, which = await world.taken()
    await maria.say("agent-0001", "Hello", conversation=which)

    await customer.do("delivered", number=99)
    await customer.do("read", number=99)
    await customer.do("read", number=1)
    await customer.do("delivered", number=2)

    assert [
        (f["by"], f["delivered"], f["read"]) for f in maria.all("seen")
    ] == [("customer", 2, 0), ("customer", 2, 2)]
    assert customer.all("seen") == []


async def test_delivered_is_told_before_read() -> None:
    """Each step of the way is news; the agents' marks reach the customer."""
    world = World()
    customer, maria, which = await world.taken()

    await maria.do("delivered", number=1, conversation=which)
    await maria.do("read", number=1, conversation=which)

    assert [(f["delivered"], f["read"]) for f in customer.all("seen")] == [
        (1, 0),
        (1, 1),
    ]


async def test_marks_are_written_down_with_the_next_message() -> None:
    """A mark alone costs no write; a restart knows it all the same."""
    world = World()
    line, _, token = await world.conversation()
    before = world.records.commits
    await line.do("read", number=1)
    assert world.records.commits == before

    await line.say("client-0002", "two")
    world.start()
    back = await world.visit(token=token)

    seen = back.last("welcome")["summary"]["customer_seen"]
    assert seen == {"delivered": 1, "read": 1}


async def test_typing_goes_to_the_other_side_only() -> None:
    """Neither to another tab nor to the store."""
    world = World()
    customer, maria, which = await world.taken()
    tab = await world.visit(token=customer.last("welcome")["token"])
    before = world.records.commits

    await customer.do("typing", on=True)
    await maria.do("typing", on=True, conversation=which)
    await settle()

    assert [f["author"] for f in maria.all("typing")] == ["customer"]
    for line in (customer, tab):
        (typing,) = line.all("typing")
        assert (typing["author"], typing["name"]) == ("agent", "Maria")
    assert world.records.commits == before
