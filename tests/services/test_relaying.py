"""Applications are told everything, in order, one event at a time."""

from __future__ import annotations

import asyncio

from server.domain.application import Wish
from server.ids import ConversationId
from server.services.events import Notice
from server.services.handing import MOST_NOTICES, Fate, Line, Outcome
from tests.services.programs import (
    FAILED,
    Program,
    ProgramWorld,
    bot,
    say,
)
from tests.services.worlds import settle


async def test_the_start_comes_before_the_first_message() -> None:
    """And every message after it, with what is known of the customer."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    await say(line, 2)

    assert world.program.kinds == ["session.started", "1", "2"]
    first = world.program.events[1]
    assert first["id"] == f"msg_{which}_1"
    assert first["message"]["text"] == "Hello?"
    assert set(first) >= {"context", "cookies", "customer_private_data"}


async def test_nothing_is_told_before_something_is_said() -> None:
    """A customer who only looks is nobody's business."""
    world = ProgramWorld()
    await world.visit()

    assert world.program.events == []


async def test_one_event_of_a_conversation_is_on_its_way() -> None:
    """However many wait; other conversations do not wait for it."""
    world = ProgramWorld()
    world.program.is_held = True
    line, _, _ = await world.conversation()
    await say(line, 2, 3, 4)
    await world.conversation()

    assert world.program.on_way == 2
    world.program.release()
    await settle()
    assert world.program.most_of_one == 1
    assert world.program.kinds.count("session.started") == 2
    assert [kind for kind in world.program.kinds if kind in "234"] == [
        "2",
        "3",
        "4",
    ]


def test_the_notice_on_its_way_is_not_the_one_that_goes() -> None:
    """Of too many the oldest go, but for the first: it is being handed."""
    line = Line(bot(), ConversationId("c"))
    for number in range(MOST_NOTICES + 2):
        line.notice(
            Notice(kind="typing", fields={}, after=0, at=1.0, name=str(number))
        )

    names = [notice.name for notice in line.notices]
    assert len(names) == MOST_NOTICES
    assert names[:2] == ["0", "3"]
    assert names[-1] == str(MOST_NOTICES + 1)


async def test_what_failed_is_tried_again_under_the_same_id() -> None:
    """After a pause, and before anything later."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    world.program.fates.append(FAILED)
    await say(line, 2, 3)
    assert world.program.kinds[2:] == ["2"]
    for (waiting,) in world.relaying._lines.values():
        assert waiting.fresh is None  # read back later, not kept

    await world.later(0.2)
    assert world.program.kinds[2:] == ["2"]
    await world.later(0.4)

    assert world.program.kinds[2:] == ["2", "2", "3"]
    assert world.program.events[2]["id"] == world.program.events[3]["id"]


async def test_the_pause_grows_and_has_a_limit() -> None:
    """Doubled each time, up to a minute."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    world.program.fates.extend([FAILED] * 20)
    await say(line, 2)
    tries = len(world.program.events)
    for _ in range(12):
        await world.later(60.0)

    assert len(world.program.events) == tries + 12
    await world.later(29.0)
    assert len(world.program.events) == tries + 12


async def test_retry_after_holds_for_all_of_the_receiver() -> None:
    """It is the receiver that cannot go on, not one conversation."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    world.program.fates.append(Outcome(Fate.FAILED, retry_after=100.0))
    await say(line, 2)
    seen = len(world.program.events)
    await world.conversation()
    await world.later(99.0)
    assert len(world.program.events) == seen

    await world.later(2.0)
    assert world.program.kinds[seen:].count("session.started") == 1
    assert "2" in world.program.kinds[seen:]


async def test_a_webhook_that_is_gone_is_left_alone() -> None:
    """Nothing is posted any more, and the operator is told."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    assert not world.relaying.is_alarmed
    world.program.fates.append(Outcome(Fate.GONE))
    await say(line, 2, 3)
    seen = len(world.program.events)
    await world.conversation()
    await world.later(4000.0)

    assert world.relaying.is_alarmed
    assert len(world.program.events) == seen


async def test_a_restart_goes_on_where_it_was() -> None:
    """From the history itself; only what was not written down repeats."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    await world.later()
    world.program.fates.extend([FAILED] * 9)
    await say(line, 2, 3)
    world.program.fates.clear()
    world.program.events.clear()

    world.start()
    await world.later()

    assert world.program.kinds == ["session.resumed", "2", "3"]
    assert world.program.events[0]["private_data"] == "lost"
    await world.later()
    await world.later()
    assert len(world.program.events) == 3


async def test_a_long_backlog_is_handed_page_by_page() -> None:
    """All of it, in order, and the cursor ends at its end."""
    world = ProgramWorld()
    world.program.is_held = True
    line, which, _ = await world.conversation()
    await say(line, *range(2, 51))
    world.program.release()
    for _ in range(30):
        await settle()
    await world.later()

    assert world.program.kinds[1:] == [str(n) for n in range(1, 51)]
    assert world.kept.cursors[which, "bot"] == 50


async def test_agents_messages_are_told_who_wants_them() -> None:
    """And nobody else; the cursor goes on over them."""
    wishing = ProgramWorld(bot(Wish.AGENT_MESSAGES))
    plain = ProgramWorld()
    for world in (wishing, plain):
        _, maria, which = await world.taken()
        await maria.say("agent-0001", "It is.", conversation=which)
        await world.later()

        assert world.kept.cursors[which, "bot"] == 2

    assert wishing.program.kinds[-2:] == ["agent.joined", "2"]
    assert plain.program.kinds[-1] == "agent.joined"


async def test_agents_come_and_go() -> None:
    """Each is told, with the name that customers see."""
    world = ProgramWorld()
    _, maria, which = await world.taken()
    await maria.do("release", conversation=which)

    assert world.program.kinds[-2:] == ["agent.joined", "agent.left"]
    assert world.program.events[-2]["agent"] == "Maria"


async def test_typing_is_told_once_to_who_wants_it() -> None:
    """It is not tried again."""
    world = ProgramWorld(bot(Wish.TYPING))
    line, _, _ = await world.conversation()
    world.program.fates.append(FAILED)
    await line.do("typing", on=True)
    await world.later(100.0)

    assert world.program.kinds[2:] == ["typing"]
    plain = ProgramWorld()
    other, _, _ = await plain.conversation()
    await other.do("typing", on=True)
    assert "typing" not in plain.program.kinds


async def test_a_page_that_did_what_was_asked_is_told() -> None:
    """As an event of its own."""
    world = ProgramWorld()
    line, _, _ = await world.conversation()
    await line.do("event_taken", name="open-cart")

    assert world.program.events[-1]["type"] == "event.taken"
    assert world.program.events[-1]["name"] == "open-cart"


async def test_another_accounts_application_hears_nothing() -> None:
    """Nothing of one account is ever told to another."""
    world = ProgramWorld(bot(account="other"))
    await world.conversation()
    await world.later()

    assert world.program.events == []


async def test_connections_share_conversations_and_take_over() -> None:
    """What was on its way to one that goes is handed to another."""
    world = ProgramWorld(has_webhook=False)
    one, two = Program(), Program()
    first = world.relaying.joining.connect(world.applications[0], one)
    world.relaying.joining.connect(world.applications[0], two)
    for _ in range(20):
        await world.conversation()
    assert one.events
    assert two.events
    before = len(two.events)

    lost = {event["conversation"] for event in one.events}
    world.relaying.joining.disconnect(world.applications[0], first)
    for which in sorted(lost):
        session = world.session(which)
        world.relaying.page_took(session, "again")
    await settle()

    assert len(two.events) == before + len(lost)


async def test_who_is_not_there_is_told_when_it_comes() -> None:
    """Without a webhook and a connection everything waits."""
    world = ProgramWorld(has_webhook=False)
    line, _, _ = await world.conversation()
    await say(line, 2)
    late = Program()
    world.relaying.joining.connect(world.applications[0], late)
    await settle()

    assert late.kinds == ["session.started", "1", "2"]


async def test_what_nobody_took_is_not_held_for_ever() -> None:
    """A conversation that ended lets go of what was kept for nobody."""
    world = ProgramWorld(has_webhook=False)
    line, which, _ = await world.conversation()
    (waiting,) = world.relaying._lines[world.session(which).id]
    assert waiting.fresh is None
    await line.do("end")
    assert world.ending.waiting == 1  # without any grace
    await world.erase()
    await world.later()
    reach = world.relaying._reaches[world.applications[0].id]

    assert waiting not in reach.parked
    assert world.relaying._lines == {}


async def test_a_failing_store_only_delays() -> None:
    """What could not be read back is tried again."""
    world = ProgramWorld()
    world.program.fates.append(FAILED)
    await world.conversation()
    world.kept.failing.add("read")
    await world.later(1.0)
    await world.later(1.0)
    world.kept.failing.clear()
    await world.later(1.5)
    await world.later(1.5)

    assert world.program.kinds[-1] == "1"


async def test_what_happened_is_told_after_what_was_said_before() -> None:
    """A notice keeps its place among the messages."""
    world = ProgramWorld()
    world.program.is_held = True
    _, _, which = await world.taken()
    world.program.release()
    await settle()

    assert which
    assert world.program.kinds == ["session.started", "1", "agent.joined"]


async def test_a_cursor_that_was_not_written_is_written_later() -> None:
    """The disk refused it; nothing is forgotten by that."""
    world = ProgramWorld()
    _, which, _ = await world.conversation()
    world.kept.failing.add("write")
    await world.later()
    assert (which, "bot") not in world.kept.cursors
    world.kept.failing.clear()
    await world.later()

    assert world.kept.cursors[which, "bot"] == 1


async def test_the_relaying_ticks_only_while_something_waits() -> None:
    """And writes down how far it is before it stops."""
    world = ProgramWorld()
    running = asyncio.create_task(world.relaying.run(world.resuming))
    await settle()
    world.clock.pass_(0.1)
    await settle()
    assert world.clock.sleepers == 0
    _, which, _ = await world.conversation()
    assert world.clock.sleepers == 1

    await world.relaying.stop()
    running.cancel()
    assert world.kept.cursors[which, "bot"] == 1
