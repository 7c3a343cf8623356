"""Conversations end: the last events, the grace, and the word of the end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.errors import Unavailable
from server.services.handing import WEBHOOK_WINDOW
from server.services.keeping import Doomed
from server.services.leaving import KEPT
from server.services.turns import OWN_PAUSE
from tests.services.programs import FAILED, ProgramWorld, say
from tests.services.worlds import settle


async def test_the_end_is_told_after_the_erasing() -> None:
    """Without contents; and the notice is dropped when it was taken."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    await line.do("end")
    assert world.kept.kept_notices
    assert "session.ended" not in world.program.kinds
    await world.erase()

    ended = world.program.events[-1]
    assert ended["type"] == "session.ended"
    assert ended["by"] == "customer"
    assert ended["purged"]["messages"] == 1
    assert ended["undelivered"] == 0
    assert "Hello?" not in str(ended)
    assert "gone" in line.kinds
    await world.later()
    assert world.kept.kept_notices == {}
    assert (which, "bot") not in world.kept.cursors


async def test_the_last_messages_get_out_before_the_end() -> None:
    """The erasing waits for what is on its way, within the grace."""
    world = ProgramWorld()
    world.program.is_held = True
    line, _, _ = await world.conversation()
    await say(line, 2)
    await line.do("end")
    await world.later(1.0)
    assert world.ending.waiting == 0
    world.program.release()
    await settle()
    await world.erase()

    assert world.program.kinds[-3:] == ["1", "2", "session.ended"]
    assert world.program.events[-1]["undelivered"] == 0


async def test_nothing_is_kept_beyond_the_grace() -> None:
    """What was not taken is erased and counted, and the end is told."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    world.program.fates.extend([FAILED] * 50)
    await say(line, 2, 3)
    await line.do("end")
    for _ in range(6):
        await world.later(1.0)
    assert world.ending.waiting == 1
    world.program.fates.clear()
    world.program.events.clear()
    await world.erase()

    assert world.program.kinds == ["session.ended"]
    assert world.program.events[0]["undelivered"] == 2
    assert world.relaying.undelivered == 2
    assert world.kept.lines == {}


async def test_a_hanging_receiver_does_not_hold_the_end() -> None:
    """When the grace is over what is on its way is given up."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    world.program.is_held = True
    await say(line, 2)
    await line.do("end")
    await world.later(5.1)
    assert world.program.on_way == 0
    world.program.is_held = False
    await world.erase()

    assert world.program.kinds[-1] == "session.ended"
    assert world.program.events[-1]["undelivered"] == 1


async def test_an_end_is_told_after_a_restart() -> None:
    """The notice is on disk until somebody has taken it."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    await world.later()
    await line.do("end")
    world.program.fates.extend([FAILED] * 9)
    await world.erase()
    world.program.fates.clear()
    world.program.events.clear()

    world.start()
    await world.later()

    assert world.program.kinds == ["session.ended"]
    assert world.program.events[0]["by"] == "customer"
    await world.later()
    assert world.kept.kept_notices == {}


async def test_an_end_is_told_for_a_day() -> None:
    """Then nobody is told any more, and nothing is left."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    await line.do("end")
    world.program.fates.extend([FAILED] * 10_000)
    await world.erase()
    world.clock.pass_(KEPT + 1.0)
    await world.later()
    await world.later()

    assert world.kept.kept_notices == {}


async def test_an_end_that_was_told_is_not_told_again() -> None:
    """Although its notice is still on disk for a moment."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    await line.do("end")
    await world.erase()
    world.relaying._leaving.expect_more()
    await world.later()
    await world.later()

    assert world.program.kinds.count("session.ended") == 1


async def test_a_crash_in_the_grace_still_tells_the_end() -> None:
    """With what was not handed over, read from the store."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    await world.later()
    world.program.fates.extend([FAILED] * 50)
    await say(line, 2, 3)
    await line.do("end")
    row = world.kept.rows[world.session(which).id]

    world.program.fates.clear()
    world.program.events.clear()
    world.start()
    world.ending.doom(Doomed(row.id, row.slot))
    await world.erase()
    await world.later()

    assert world.program.kinds == ["session.ended"]
    assert world.program.events[0]["by"] == "customer"
    assert world.program.events[0]["undelivered"] == 2


async def test_what_came_due_while_the_server_was_down_is_told() -> None:
    """It has no mark of who ended it: nobody did."""
    world = ProgramWorld()
    _, which, _ = await world.conversation()
    await world.later()
    row = world.kept.rows[world.session(which).id]
    world.program.events.clear()

    world.start()
    world.ending.doom(Doomed(row.id, row.slot))
    await world.erase()

    assert [event["by"] for event in world.program.events] == ["inactivity"]


async def test_a_store_that_does_not_answer_delays_the_erasing() -> None:
    """Nothing is erased before it is known what to tell."""
    world = ProgramWorld()
    _, which, _ = await world.conversation()
    row = world.kept.rows[world.session(which).id]
    world.start()
    world.ending.doom(Doomed(row.id, row.slot))
    world.kept.failing.add("read")
    with pytest.raises(Unavailable):
        await world.erase()
    assert row.id in world.kept.rows
    world.kept.failing.clear()
    await world.erase()

    assert world.program.kinds[-1] == "session.ended"


async def test_a_turn_given_up_before_it_began_gives_its_place_back() -> None:
    """Else a webhook has no room left after a few such ends."""
    world = ProgramWorld()
    world.house.channels = {
        id_: replace(one, ending_grace=0.0)
        for id_, one in world.house.channels.items()
    }
    for _ in range(WEBHOOK_WINDOW):
        line, _, _ = await world.conversation()
        await world.later()
        await line.push("send", id="client-0002", text="And")
        await line.do("end")
        await world.erase()
    world.program.events.clear()

    await world.conversation()

    assert world.program.kinds == ["session.started", "1"]


async def test_an_end_is_told_though_its_erasing_took_two_tries() -> None:
    """The rows are gone at the second, and nobody had read the cursor."""
    world = ProgramWorld(has_webhook=False)
    _, _, token = await world.conversation()
    world.start()
    await world.later()
    line = await world.visit(token=token)
    await line.do("end")
    world.kept.failing.add("checkpoint")
    with pytest.raises(Unavailable):
        await world.ending.erase_all()
    world.kept.failing.clear()
    await world.erase()

    world.relaying.joining.connect(world.applications[0], world.program)
    await world.later()

    assert world.program.kinds == ["session.ended"]


async def test_nothing_is_counted_twice_when_a_cursor_is_sought_twice() -> None:
    """What was said between the two tries is in the second count."""
    world = ProgramWorld(has_webhook=False)
    _, _, token = await world.conversation()
    world.start()
    await world.later()
    line = await world.visit(token=token)
    world.kept.failing.add("read")
    world.relaying.joining.connect(world.applications[0], world.program)
    await settle()
    await say(line, 2)
    world.kept.failing.clear()
    await world.later(OWN_PAUSE)
    await line.do("end")
    await world.erase()

    assert "2" in world.program.kinds
    assert world.program.events[-1]["undelivered"] == 0
