"""Purging: on time, never early, and never by a clock that lies."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.retention import NOTICE
from server.ids import ConversationId
from server.live.deadlines import TICK
from server.services.ending import RETRY
from server.services.purging import LINGER, MOST_LINGERING, TRUSTED
from server.services.recording import adopt
from server.store.group import Group
from tests.services.test_ending import running, until
from tests.services.worlds import INACTIVITY, MAX_AGE, World, settle

WARNED = INACTIVITY - NOTICE


async def test_silence_is_warned_of_once_and_ends_on_time() -> None:
    """A minute before, to everybody; and at the deadline it ends."""
    world = World()
    customer, maria, _ = await world.taken()
    await world.pass_(WARNED - TICK)
    assert customer.all("deadline") == []

    for _ in range(4):
        await world.pass_(TICK)

    for line in (customer, maria):
        (warning,) = line.all("deadline")
        assert warning["warn"]
        due = customer.last("ack")["at"] / 1000 + INACTIVITY
        assert warning["ends_at"] == pytest.approx(due * 1000, abs=1)
    await world.pass_(NOTICE - 5 * TICK)
    assert customer.all("ended") == []
    await world.pass_(3 * TICK)
    assert customer.last("ended")["by"] == "inactivity"


@pytest.mark.parametrize("sign", ["message", "stay", "return", "answer"])
async def test_a_sign_of_life_takes_the_warning_back(sign: str) -> None:
    """A word of either side, ``stay``, or another page."""
    world = World()
    customer, maria, which = await world.taken()
    await world.pass_(WARNED + TICK)
    assert customer.last("deadline")["warn"]

    match sign:
        case "message":
            await customer.say("client-0002", "Still here")
        case "answer":
            await maria.say("agent-0001", "So am I", conversation=which)
        case "stay":
            await customer.do("stay")
        case _:
            await world.visit(token=customer.last("welcome")["token"])

    assert "warn" not in customer.last("deadline")
    expected = (world.clock.now() + INACTIVITY) * 1000
    assert customer.last("deadline")["ends_at"] == pytest.approx(
        expected, abs=1
    )
    await world.pass_(NOTICE)
    assert customer.all("ended") == []


async def test_who_comes_back_late_is_warned_too() -> None:
    """The warning is repeated to a page that was not there."""
    world = World()
    _, _, which = await world.taken()
    await world.pass_(WARNED + TICK)
    jonas = await world.shift("jonas")

    await jonas.do("watch", conversation=which)

    assert jonas.last("deadline")["warn"]


async def test_no_sign_of_life_moves_the_maximum_age() -> None:
    """However much is said, it ends when it is too old."""
    world = World()
    customer, _, _ = await world.conversation()
    passed = 0.0
    while passed + 600 < MAX_AGE:
        await world.pass_(600)
        passed += 600
        await customer.say(f"client-{int(passed):04}", "More")
    assert customer.all("ended") == []

    await world.pass_(MAX_AGE - passed - 4 * TICK)
    await customer.do("stay")
    for _ in range(3):
        await world.pass_(TICK)
    assert len(customer.all("deadline")) == 1
    await world.pass_(TICK)

    assert customer.last("ended")["by"] == "age"


async def test_who_is_looked_at_too_early_is_left_alone() -> None:
    """The wheel is a hint: what counts is when somebody last spoke."""
    world = World()
    customer, which, _ = await world.conversation()
    world.house.look_at(ConversationId(which), world.clock.now() + 1)

    await world.pass_(WARNED - 1)
    assert customer.all("deadline", "ended") == []
    await world.pass_(1 + TICK)

    assert customer.last("deadline")["warn"]


async def test_an_open_session_lingers_for_a_minute() -> None:
    """The next page of a shop finds it; a minute later nobody does."""
    world = World()
    line = await world.visit()
    token = line.last("welcome")["token"]
    line.leave()
    await world.pass_(LINGER - TICK)
    back = await world.visit(token=token)
    assert back.kinds[0] == "welcome"

    await world.pass_(LINGER * 3)
    assert len(world.house.sessions) == 1
    back.leave()
    await world.pass_(LINGER + TICK)

    assert len(world.house.sessions) == len(world.house.deadlines) == 0
    late = await world.visit(token=token)
    assert late.last("refused")["code"] == "session_unknown"


async def test_those_who_come_and_go_do_not_fill_the_memory() -> None:
    """Beyond a number the one left first goes before its minute is over."""
    world = World()
    world.house.lingering.update(
        dict.fromkeys(ConversationId(f"c{n}") for n in range(MOST_LINGERING))
    )
    line = await world.visit()
    first = next(iter(world.house.lingering))

    line.leave()

    assert len(world.house.lingering) == MOST_LINGERING
    assert first not in world.house.lingering
    assert first in world.house.deadlines.advance(world.clock.now() + TICK)


async def test_a_word_queued_before_the_deadline_keeps_it_alive() -> None:
    """An acknowledged message must not be purged by the end behind it."""
    world = World()
    customer, _, _ = await world.conversation()
    world.clock.pass_(INACTIVITY - TICK)
    world.records.is_held = True
    await customer.push("send", id="client-0002", text="Wait!")
    # Numbered only when the disk has time for it, and the deadline is over.
    await world.pass_(TICK)
    world.records.commit()
    await settle()

    assert customer.last("ack")["number"] == 2
    assert customer.all("ended") == []
    world.records.is_held = False
    await world.pass_(INACTIVITY + TICK)
    assert customer.last("ended")["by"] == "inactivity"


async def test_an_end_that_the_disk_refuses_is_asked_again() -> None:
    """The clock does not forget what it wanted."""
    world = World()
    customer, _, _ = await world.conversation()

    for failing in ("write", "put"):
        world.records.failing = {failing}
        await world.pass_(INACTIVITY + TICK)
        assert customer.all("ended") == []
    world.records.failing = set()
    await world.pass_(RETRY + TICK)

    assert customer.last("ended")["by"] == "inactivity"


@pytest.mark.parametrize("jump", [TRUSTED + 60, -TRUSTED - 60])
async def test_a_clock_that_jumped_purges_nothing(
    jump: float, caplog: pytest.LogCaptureFixture
) -> None:
    """It complains once, waits, and goes on when the clock is right."""
    world = World()
    customer, _, _ = await world.conversation()
    with caplog.at_level(logging.CRITICAL):
        world.clock.jump(jump)
        for _ in range(3):
            await world.pass_(INACTIVITY)
        assert world.purging.is_halted
        assert customer.all("ended", "deadline") == []
        world.clock.jump(-jump)
        await world.pass_(TICK)

    assert len(caplog.records) == 2
    assert not world.purging.is_halted
    assert customer.last("ended")["by"] == "inactivity"


async def test_a_clock_set_by_less_is_believed() -> None:
    """Time servers and leap seconds stop nothing."""
    world = World()
    customer, _, _ = await world.conversation()
    world.clock.jump(TRUSTED - 1)

    await world.pass_(TICK)

    assert not world.purging.is_halted
    assert customer.last("ended")["by"] == "inactivity"


async def test_a_damaged_conversation_is_erased_when_it_is_due(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It cannot be opened; it can be erased. A busy store is asked again."""
    world = World()
    _, which, _ = await world.conversation()
    slot = world.session(which).slot
    world.start()
    world.keys.owners[slot or 0] = ("another", "conversation")
    world.house.look_at(ConversationId(which), world.clock.now() + 1)

    world.records.failing = {"read"}
    await world.pass_(2)
    assert world.ending.waiting == 0
    world.records.failing = set()
    await world.pass_(RETRY + TICK)
    await world.ending.erase_all()

    assert world.records.rows == {}
    assert "damaged" in caplog.text


async def test_purging_goes_on_when_the_second_read_fails() -> None:
    """A disk that fails between two looks must not stop the purging."""
    world = World()
    _, which, _ = await world.conversation()
    slot = world.session(which).slot
    world.start()
    world.keys.owners[slot or 0] = ("another", "conversation")
    world.house.look_at(ConversationId(which), world.clock.now() + 1)
    world.records.reads_left = 3

    await world.pass_(2)
    assert world.ending.waiting == 0
    world.records.reads_left = None
    await world.pass_(RETRY + TICK)

    assert world.ending.waiting == 1


async def test_the_task_ticks_only_while_something_is_due() -> None:
    """An empty server sleeps; one conversation makes it tick."""
    world = World()
    async with running(world.purging.run()):
        await settle()
        assert world.clock.sleepers == 0
        customer, _, _ = await world.conversation()
        await until(lambda: world.clock.sleepers)
        world.clock.pass_(INACTIVITY + TICK)
        await until(lambda: customer.all("ended"))
        await world.ending.erase_all()
        world.clock.pass_(TICK)
        await settle()
        assert world.clock.sleepers == 0


SIGNS = st.sampled_from(["", "message", "stay", "return", "restart"])
GAPS = st.floats(min_value=0, max_value=INACTIVITY * 1.1).map(
    lambda s: round(s, 2)
)


@settings(max_examples=60)
@given(st.lists(st.tuples(GAPS, SIGNS), max_size=8))
async def test_it_never_ends_early_and_never_late(
    steps: list[tuple[float, str]],
) -> None:
    """Whatever moves the deadline: alive before it, ended a tick after it."""
    world = World()
    customer, _, token = await world.conversation()
    started = alive = world.clock.now()
    for n, (gap, sign) in enumerate(steps):
        due = min(alive + INACTIVITY, started + MAX_AGE)
        await world.pass_(gap)
        has_ended = bool(customer.all("ended"))
        if world.clock.now() < due:
            assert not has_ended
        if world.clock.now() >= due + TICK:
            assert has_ended
        if has_ended:
            return
        if sign == "message":
            await customer.say(f"client-1{n:03}", "More")
        elif sign == "stay":
            await customer.do("stay")
        elif sign == "return":
            await world.visit(token=token)
        elif sign == "restart":
            world.start()
            customer = await world.visit(token=token)
        alive = world.clock.now() if sign else alive


async def test_a_deadline_seen_during_a_change_that_failed_is_kept() -> None:
    """Else what was not kept gives a conversation half an hour more."""
    world = World()
    line, which, _ = await world.conversation()
    session = world.session(which)
    world.clock.pass_(INACTIVITY - 1.0)
    group = Group()
    adopt(
        world.house,
        session,
        session.conversation.revive(at=world.clock.now()),
        group=group,
    )
    world.clock.pass_(2.0)
    await world.purging.look()
    for undo in group.undoing:
        undo()

    world.clock.pass_(1.0)
    await world.purging.look()
    await settle()

    assert "ended" in line.kinds
