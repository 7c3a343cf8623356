"""Erasing: in the promised order, again until it is done, receipt last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from server.errors import Unavailable
from server.ids import ConversationId
from server.services.ending import MOST_TOGETHER, RETRY
from server.services.keeping import Doomed
from tests.services.worlds import World, settle

STEPS = ["shred", "write", "checkpoint"]


async def until(is_so: Callable[[], object]) -> None:
    """Let threads and tasks go on until it is so."""
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.to_thread(int)  # a trip, so that threads get on


@asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    """A task of the server, while the test goes on."""
    task = asyncio.ensure_future(work)
    yield
    task.cancel()
    await asyncio.wait({task})


async def test_the_order_is_the_promise() -> None:
    """Mark, key, rows, log, slot; then, and only then, the receipt."""
    world = World()
    customer, maria, which = await world.taken()
    await customer.do("end")
    assert world.records.rows[ConversationId(which)].phase.value == "ending"
    assert customer.kinds[-1] == "ended"

    await world.ending.erase_all()

    assert world.journal == ["shred", "erase", "checkpoint", "release"]
    for line in (customer, maria):
        gone = line.last("gone")
        assert (gone["conversation"], gone["messages"]) == (which, 1)
    assert customer.listener.farewell == 4502
    assert (world.records.rows, world.records.lines) == ({}, {})
    assert (world.keys.owners, world.keys.taken) == ({}, set())
    assert len(world.house.sessions) == len(world.house.deadlines) == 0


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_fails_is_tried_until_it_is_done(step: str) -> None:
    """No receipt before, no slot given back before, and health shows it."""
    world = World()
    customer, _, _ = await world.conversation()
    await customer.do("end")
    failing = (world.keys if step == "shred" else world.records).failing
    failing.add(step)

    async with running(world.ending.run()):
        for _ in range(3):
            await until(lambda: world.clock.sleepers)
            assert world.ending.is_failing
            assert customer.all("gone") == []
            assert world.keys.taken == {0}
            world.clock.pass_(RETRY)
        await until(lambda: world.clock.sleepers)
        failing.clear()
        world.clock.pass_(RETRY)
        await until(lambda: world.keys.taken == set())
        await settle()

    assert not world.ending.is_failing
    assert len(customer.all("gone")) == 1
    assert world.journal[-4:] == ["shred", "erase", "checkpoint", "release"]
    assert world.ending.erased == 1


@pytest.mark.parametrize("step", STEPS)
async def test_a_start_that_cannot_erase_does_not_open(step: str) -> None:
    """What has ended and is still there must not be served around."""
    world = World()
    customer, which, _ = await world.conversation()
    await customer.do("end")
    world.start()
    world.ending.doom(Doomed(ConversationId(which), 0))
    (world.keys if step == "shred" else world.records).failing.add(step)

    with pytest.raises(Unavailable):
        await world.ending.erase_all()

    assert world.ending.waiting == 1


async def test_what_ends_together_is_erased_together() -> None:
    """One shred and one checkpoint for a batch, and a batch has a limit."""
    world = World()
    lines = [(await world.conversation())[0] for _ in range(5)]
    for line in lines:
        await line.push("end")
    await settle()

    await world.ending.erase_all()

    assert world.journal.count("shred") == 1
    assert world.journal.count("checkpoint") == 1
    assert all(line.kinds[-1] == "gone" for line in lines)
    for n in range(MOST_TOGETHER + 1):
        world.ending.doom(Doomed(ConversationId(f"{n}"), 10_000 + n))
    await world.ending.erase_all()
    assert world.journal.count("shred") == 3
    assert world.journal.count("checkpoint") == 2


async def test_what_ends_meanwhile_comes_next() -> None:
    """A batch under way takes nobody in, and forgets nobody."""
    world = World()
    first, _, _ = await world.conversation()
    second, _, _ = await world.conversation()
    await first.do("end")

    erasing = asyncio.ensure_future(world.ending.erase_all())
    await second.do("end")
    await erasing

    assert first.kinds[-1] == second.kinds[-1] == "gone"
    assert world.ending.waiting == 0
    assert world.journal.count("shred") == 2


async def test_both_sides_end_it_at_once() -> None:
    """One end, told once; the other side's wish is granted silently."""
    world = World()
    customer, maria, which = await world.taken()
    world.records.is_held = True
    await customer.push("end")
    await maria.push("end", conversation=which)
    world.records.is_held = False
    world.records.commit()
    await world.ending.erase_all()
    await customer.do("end")
    await maria.do("end", conversation=which)

    for line in (customer, maria):
        assert len(line.all("ended")) == len(line.all("gone")) == 1
        assert line.last("ended")["by"] == "customer"
    assert world.journal.count("shred") == 1
    assert customer.all("refused") == []
    assert maria.last("refused")["code"] == "conversation_unknown"


async def test_the_session_lets_go_of_what_was_said() -> None:
    """Preview, ids and key place are dropped as soon as the key is."""
    world = World()
    customer, which, _ = await world.conversation()
    session = world.session(which)
    assert session.preview == "Hello?"
    await customer.do("end")
    world.records.failing = {"write"}
    with pytest.raises(Unavailable):
        await world.ending.erase_all()

    assert [session.preview, session.slot, *session.accepted] == [None, None]


async def test_who_came_back_and_ended_is_not_remembered_as_lingering() -> None:
    """Not even the id of what has ended stays."""
    world = World()
    line = await world.visit()
    line.leave()
    back = await world.visit(token=line.last("welcome")["token"])
    await back.say("client-0001", "Hello?")
    await back.do("end")
    await world.ending.erase_all()

    assert not world.house.lingering
