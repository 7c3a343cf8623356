"""Tests of server/services/joining.py: applications come, change and go."""

from __future__ import annotations

from dataclasses import replace

from server.ids import ApplicationId, ChannelId
from server.protocol.farewell import Farewell
from server.services.handing import Fate, Outcome
from tests.services.programs import BOT, Program, ProgramWorld, bot, say
from tests.services.worlds import settle


def take(world: ProgramWorld, *, webhook: Program | None = None) -> None:
    """Have a second application come."""
    world.relaying.joining.take(
        bot(name="crm"), webhook, sessions=world.house.sessions
    )


async def test_a_new_application_hears_conversations_from_the_start() -> None:
    """As after a restart; who was there before notices nothing."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    await say(line, 2)
    late = Program()

    take(world, webhook=late)
    await settle()
    await say(line, 3)

    told = ["session.started", "1", "2", "3"]
    assert late.kinds == world.program.kinds == told


async def test_the_first_application_of_all_hears_them_too() -> None:
    """Of a conversation in which much was said before there was any."""
    world = ProgramWorld(bot(account="other"))
    line, _, _ = await world.conversation()
    await say(line, 2)
    late = Program()

    take(world, webhook=late)
    await settle()

    assert late.kinds == ["session.started", "1", "2"]


async def test_events_go_by_the_new_way_in_the_old_order() -> None:
    """What is on its way arrives first, and nothing is told twice."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    world.program.is_held = True
    await say(line, 2, 3)
    moved = Program()

    world.relaying.joining.take(
        replace(bot(), webhook="https://new.example/"),
        moved,
        sessions=world.house.sessions,
    )
    world.program.release()
    await settle()

    assert world.program.kinds == ["session.started", "1", "2"]
    assert moved.kinds == ["3"]


async def test_a_webhook_that_was_given_up_is_tried_anew_elsewhere() -> None:
    """It said that it is gone; the new one has not."""
    world = ProgramWorld()
    world.program.fates.append(Outcome(Fate.GONE))
    await world.conversation()
    assert world.relaying.is_alarmed
    moved = Program()

    world.relaying.joining.take(
        replace(bot(), webhook="https://new.example/"),
        moved,
        sessions=world.house.sessions,
    )
    await settle()

    assert not world.relaying.is_alarmed
    assert moved.kinds == ["session.started", "1"]


async def test_what_has_no_way_waits_for_one() -> None:
    """A webhook taken away while something waits, and one that comes."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    joining, sessions = world.relaying.joining, world.house.sessions
    joining.take(replace(bot(), webhook=None), None, sessions=sessions)
    await say(line, 2)
    assert world.program.kinds == ["session.started", "1"]
    late = Program()

    joining.take(bot(), late, sessions=sessions)
    await settle()

    assert late.kinds == ["2"]


async def test_one_that_goes_hears_nothing_more() -> None:
    """Its connections are closed, and the others go on."""
    world = ProgramWorld()
    stays, farewells = Program(), list[Farewell]()
    take(world, webhook=stays)
    world.relaying.joining.connect(bot(), world.program, farewells.append)
    line, _, _ = await world.conversation()
    before = list(world.program.kinds)

    world.relaying.joining.let_go(BOT)
    world.relaying.joining.let_go(BOT)
    await say(line, 2)
    await line.do("end")
    await world.erase()

    assert farewells == [Farewell.SIGNED_OUT]
    assert world.program.kinds == before
    assert stays.kinds[-2:] == ["2", "session.ended"]
    assert world.relaying.joining.connections(bot()) == 0


async def test_one_that_goes_in_the_middle_does_not_hold_up_an_end() -> None:
    """Nobody waits for what it has not taken."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    world.program.is_held = True
    await say(line, 2)
    await line.do("end")
    before = world.ending.waiting

    world.relaying.joining.let_go(BOT)
    await settle()

    assert (before, world.ending.waiting) == (0, 1)
    await world.erase()
    assert world.program.kinds == ["session.started", "1", "2"]


async def test_an_application_serves_other_channels_from_now_on() -> None:
    """It hears nothing more of those that are not its own any more."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    elsewhere = replace(bot(), channels=frozenset({ChannelId("elsewhere")}))

    world.relaying.joining.take(
        elsewhere, world.program, sessions=world.house.sessions
    )
    await say(line, 2)
    await world.conversation()
    assert world.program.kinds == ["session.started", "1"]

    world.relaying.joining.take(
        bot(), world.program, sessions=world.house.sessions
    )
    await say(line, 3)
    assert [kind for kind in world.program.kinds if kind in "23"] == ["2", "3"]


async def test_an_end_that_was_not_told_is_dropped_with_its_application() -> (
    None
):
    """There is nobody to be told."""
    world = ProgramWorld(has_webhook=False)
    line, _, _ = await world.conversation()
    await line.do("end")
    await world.erase()

    world.relaying.joining.let_go(BOT)
    await world.later(1.0)

    assert world.program.events == []
    assert not world.relaying._has_work


async def test_dismissing_one_that_is_not_there_is_nothing() -> None:
    """Whoever was removed a moment ago has no connections."""
    world = ProgramWorld()

    world.relaying.joining.dismiss(ApplicationId("no"), Farewell.RESTARTING)
