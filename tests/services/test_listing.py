"""Agents' lists: whole once, then what changes, never another account's."""

from __future__ import annotations

import asyncio

from server.services import listing
from tests.services.worlds import Frame, World, settle


def ids(frame: Frame, kind: str) -> list[str]:
    """The conversations in one part of a list."""
    return [summary["conversation"] for summary in frame[kind]]


async def test_the_list_has_who_waits_and_what_the_agent_has() -> None:
    """Oldest first; what another agent has is not in it."""
    world = World()
    _, first, _ = await world.conversation()
    _, second, _ = await world.conversation()
    _, third, _ = await world.conversation()
    maria, jonas = await world.shift(), await world.shift("jonas")
    await maria.do("take", conversation=second)

    await maria.do("list")
    await jonas.do("list")

    mine = maria.last("list")
    assert (ids(mine, "waiting"), ids(mine, "mine")) == (
        [first, third],
        [second],
    )
    theirs = jonas.last("list")
    assert (ids(theirs, "waiting"), ids(theirs, "mine")) == ([first, third], [])


async def test_no_account_ever_sees_another() -> None:
    """Neither in the list nor later."""
    world = World()
    otto = await world.shift("otto")
    customer, _, _ = await world.conversation()
    world.listing.tell()
    await customer.say("client-0002", "More")
    world.listing.tell()
    await customer.do("end")
    world.listing.tell()
    await otto.do("list")

    assert otto.kinds == ["welcome", "list", "list"]
    assert ids(otto.last("list"), "waiting") == []


async def test_changes_are_told_to_the_right_agents() -> None:
    """New to all; taken: the one who has it goes on, others are told off."""
    world = World()
    maria, jonas = await world.shift(), await world.shift("jonas")
    _, which, _ = await world.conversation()
    world.listing.tell()
    await maria.do("take", conversation=which)
    world.listing.tell()
    await maria.do("release", conversation=which)
    world.listing.tell()
    await maria.do("end", conversation=which)
    world.listing.tell()

    own = [
        (f["type"], f.get("summary", {}).get("mine", False))
        for f in maria.all("listed", "unlisted")
    ]
    assert own == [
        ("listed", False), ("listed", True), ("listed", False),
        ("unlisted", False),
    ]  # fmt: skip
    assert [f["type"] for f in jonas.all("listed", "unlisted")] == [
        "listed", "unlisted", "listed", "unlisted",
    ]  # fmt: skip


async def test_what_never_stood_in_a_list_does_not_leave_it() -> None:
    """What another agent has is nobody else's business, also when it ends."""
    world = World()
    customer, maria, _ = await world.taken()
    world.listing.tell()
    jonas = await world.shift("jonas")

    await customer.do("end")
    world.listing.tell()

    assert jonas.all("listed", "unlisted") == []
    assert maria.kinds[-1] == "unlisted"


async def test_the_preview_is_the_head_of_the_customers_last_message() -> None:
    """For agents only, and after a restart as before."""
    world = World()
    customer, _, token = await world.conversation()
    await customer.say("client-0002", "w" * 200)
    maria = await world.shift()
    assert maria.last("list")["waiting"][0]["preview"] == "w" * 120

    world.start()
    maria = await world.shift()
    back = await world.visit(token=token)

    assert maria.last("list")["waiting"][0]["preview"] == "w" * 120
    assert "preview" not in back.last("welcome")["summary"]


async def test_ten_changes_between_two_tellings_are_told_once() -> None:
    """A flood costs an agent no more than a trickle."""
    world = World()
    maria = await world.shift()
    customer, _, _ = await world.conversation()
    for n in range(10):
        await customer.say(f"client-1{n:03}", "x")

    world.listing.tell()

    (listed,) = maria.all("listed")
    assert listed["summary"]["last"] == 11


async def test_a_long_list_is_cut_and_says_so() -> None:
    """The oldest are in it."""
    world = World()
    found = [
        (await world.conversation())[1] for _ in range(listing.MOST_LISTED + 1)
    ]

    maria = await world.shift()

    assert ids(maria.last("list"), "waiting") == found[:-1]
    assert maria.last("list")["more"]


async def test_one_damaged_conversation_does_not_hide_the_others() -> None:
    """Agents go on working while it waits to be purged."""
    world = World()
    _, damaged, _ = await world.conversation()
    _, sound, _ = await world.conversation()
    slot = world.session(damaged).slot
    world.start()
    world.keys.owners[slot or 0] = ("another", "conversation")

    maria = await world.shift()

    assert ids(maria.last("list"), "waiting") == [sound]


async def test_a_change_while_the_list_is_read_is_told_afterwards() -> None:
    """Else it would be in neither, and a customer would wait unseen."""
    world = World()
    maria = await world.shift()
    world.listing.tell()
    maria.forget()
    reading = asyncio.ensure_future(maria.push("list"))
    await asyncio.sleep(0)
    _, which, _ = await world.conversation_at_once()
    world.listing.tell()
    await reading
    await settle()

    world.listing.tell()

    assert maria.kinds[0] == "list"
    assert ids(maria.last("list"), "waiting") == []
    assert maria.last("listed")["summary"]["conversation"] == which


async def test_telling_goes_on_by_itself() -> None:
    """The task collects for a moment, tells, and waits for the next change."""
    world = World()
    maria = await world.shift()
    running = asyncio.ensure_future(world.listing.run())

    for n in (1, 2):
        await world.conversation()
        world.clock.pass_(listing.COLLECTED)
        await settle()
        assert len(maria.all("listed")) == n

    running.cancel()
    await asyncio.wait({running})
