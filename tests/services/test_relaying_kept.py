"""What applications hear of conversations that are kept after their end."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.channel import Transcript
from server.domain.conversation import Phase
from server.ids import AccountId, ConversationId
from server.services.turns import OWN_PAUSE
from tests.services.programs import FAILED, ProgramWorld, bot, say
from tests.services.test_holding import OFFICER
from tests.services.worlds import INACTIVITY

DAY = 86_400.0
ACME = AccountId("acme")


def asking(**terms: Any) -> ProgramWorld:
    """A world whose channel gives its applications the transcript."""
    return ProgramWorld(transcript=Transcript.APPLICATION, **terms)


async def test_the_end_of_what_is_kept_is_told_when_it_ends() -> None:
    """With what is purged, what is kept, and until when."""
    world = ProgramWorld(retention=DAY)
    line, name, _ = await world.conversation()
    world.session(name).cookies = {"a": "b"}
    await line.do("end")
    until = world.kept.rows[ConversationId(name)].due_at

    ended = world.program.events[-1]
    assert ended["type"] == "session.ended"
    assert ended["purged"] == {
        "messages": 0,
        "context": False,
        "cookies": True,
        "private_data": False,
    }
    assert ended["kept"] == {"messages": 1, "until": int(until * 1000)}
    assert ended["undelivered"] == 0
    await world.later()
    assert world.kept.kept_notices == {}


async def test_the_erasing_of_what_was_kept_is_no_second_end() -> None:
    """Its end was told when it came."""
    world = ProgramWorld(retention=DAY)
    line, _, _ = await world.conversation()
    await line.do("end")
    await world.later()
    world.program.events.clear()
    await world.pass_(DAY)
    await world.erase()
    await world.later()

    assert world.kept.rows == {}
    assert world.program.kinds == []
    assert world.kept.kept_notices == {}


async def test_of_what_is_held_nobody_knows_until_when() -> None:
    """It is kept, and no moment is named."""
    world = ProgramWorld()
    _, name, _ = await world.conversation()
    await world.holding.hold(ACME, ConversationId(name), by=OFFICER)
    await world.pass_(INACTIVITY)

    assert world.program.events[-1]["kept"] == {"messages": 1}


async def test_what_was_not_taken_in_time_is_counted() -> None:
    """It is kept, and the application will not have it all the same."""
    world = ProgramWorld(retention=DAY)
    line, _, _ = await world.conversation()
    world.program.fates.extend([FAILED] * 50)
    await say(line, 2, 3)
    await line.do("end")
    for _ in range(6):
        await world.later(1.0)
    world.program.fates.clear()
    await world.later(60.0)

    assert world.program.kinds[-1] == "session.ended"
    assert world.program.events[-1]["undelivered"] == 2
    assert world.relaying.undelivered == 2


async def test_an_end_is_told_after_a_restart_though_it_is_kept() -> None:
    """The notice is on disk until somebody has taken it."""
    world = ProgramWorld(retention=DAY)
    line, _, _ = await world.conversation()
    await world.later()
    world.program.fates.extend([FAILED] * 9)
    await line.do("end")
    world.program.fates.clear()
    world.program.events.clear()
    await world.restart()
    await world.later()

    assert world.program.kinds == ["session.ended"]
    assert world.program.events[0]["kept"]["messages"] == 1


async def test_what_ended_while_down_is_told_at_the_start() -> None:
    """Closed by its deadline, and never handed: it says how much."""
    world = ProgramWorld(retention=DAY)
    world.program.fates.extend([FAILED] * 99)
    await world.conversation()
    world.clock.pass_(INACTIVITY)
    world.program.fates.clear()
    world.program.events.clear()
    await world.restart()
    await world.later()

    assert world.program.kinds == ["session.ended"]
    assert world.program.events[0]["kept"]["messages"] == 1
    assert world.program.events[0]["undelivered"] == 1
    assert world.program.events[0]["by"] == "inactivity"


async def test_one_who_was_not_there_is_told_how_much_it_missed() -> None:
    """After a restart nobody knows how far it was: the store is asked."""
    world = ProgramWorld(has_webhook=False, retention=DAY)
    _, _, token = await world.conversation()
    await world.restart()
    back = await world.visit(token=token)
    await say(back, 2)
    await back.do("end")

    notice = next(iter(world.kept.kept_notices.values()))
    assert (notice.undelivered, notice.messages) == (2, 2)


async def test_the_transcript_comes_before_the_end() -> None:
    """All that was said, in parts; then it is erased, and the end is told."""
    world = asking()
    customer, maria, name = await world.taken()
    await say(customer, *range(2, 150))
    await maria.say("client-a001", "Bye.", conversation=name)
    await customer.do("end")
    assert customer.last("ended")["kept"]
    await world.later()
    await world.pass_(1)
    await world.erase()

    kinds = world.program.kinds
    assert kinds[-3:] == ["session.transcript"] * 2 + ["session.ended"]
    parts = [e for e in world.program.events if e["type"] == kinds[-2]]
    assert [part["more"] for part in parts] == [True, False]
    numbers = [one["number"] for part in parts for one in part["messages"]]
    assert numbers == list(range(1, 151))
    assert parts[-1]["messages"][-1]["author"] == "agent"
    assert world.kept.rows == {}
    assert world.house.metrics.transcripts["handed"].value == 1


async def test_a_transcript_is_tried_until_it_is_taken() -> None:
    """The conversation stays; what lives in memory does not."""
    world = asking()
    line, name, _ = await world.conversation()
    session = world.session(name)
    session.cookies = {"a": "b"}
    await world.later()
    world.program.fates.extend([FAILED] * 5)
    await line.do("end")
    for _ in range(4):
        await world.later(6.0)
        await world.pass_(1)
    assert world.kept.rows[ConversationId(name)].phase is Phase.CLOSED
    assert session.cookies is None
    world.program.fates.clear()
    await world.later(60.0)
    await world.pass_(1)
    await world.erase()

    assert world.program.kinds[-2:] == ["session.transcript", "session.ended"]
    assert world.program.events[-1]["purged"]["cookies"]
    assert world.kept.rows == {}


async def test_patience_with_a_transcript_has_an_end() -> None:
    """Then it is erased all the same, counted and told."""
    world = asking(transcript_patience=60.0)
    line, _, _ = await world.conversation()
    await world.later()
    world.program.fates.extend([FAILED] * 99)
    await line.do("end")
    for _ in range(7):
        await world.later(10.0)
        await world.pass_(1)
    world.program.fates.clear()
    await world.erase()
    await world.later(OWN_PAUSE)

    assert world.kept.rows == {}
    assert world.house.metrics.transcripts["lost"].value == 1
    assert world.program.kinds[-1] == "session.ended"


async def test_patience_ends_for_what_is_kept_as_well() -> None:
    """It stays for its days; the transcript is lost, and the end told."""
    world = asking(transcript_patience=60.0, retention=DAY)
    line, name, _ = await world.conversation()
    await world.later()
    world.program.fates.extend([FAILED] * 99)
    await line.do("end")
    for _ in range(7):
        await world.later(10.0)
    world.program.fates.clear()
    await world.later(60.0)

    row = world.kept.rows[ConversationId(name)]
    assert row.transcript_until is None
    assert world.house.metrics.transcripts["lost"].value == 1
    assert world.program.kinds[-1] == "session.ended"


async def test_purging_that_is_quicker_gives_the_transcript_up() -> None:
    """Both wait for the same moment; whichever looks first."""
    world = asking(transcript_patience=60.0)
    line, _, _ = await world.conversation()
    await world.later()
    world.program.fates.extend([FAILED] * 99)
    await line.do("end")
    await world.pass_(60.0)
    world.program.fates.clear()
    await world.erase()
    await world.later(60.0)

    assert world.kept.rows == {}
    assert world.program.kinds[-1] == "session.ended"


async def test_a_crash_repeats_the_transcript_from_its_beginning() -> None:
    """The record says that it is still to be handed."""
    world = asking()
    line, _, _ = await world.conversation()
    await world.later()
    world.program.fates.extend([FAILED] * 99)
    await line.do("end")
    await world.later()
    world.program.fates.clear()
    world.program.events.clear()
    await world.restart()
    await world.later()
    await world.pass_(1)
    await world.erase()

    assert world.program.kinds == ["session.transcript", "session.ended"]
    assert world.kept.rows == {}


async def test_a_transcript_of_what_ended_while_down_is_handed() -> None:
    """From the start on, for the channel's patience."""
    world = asking()
    await world.conversation()
    await world.later()
    world.clock.pass_(INACTIVITY)
    world.program.events.clear()
    await world.restart()
    await world.later()
    await world.pass_(1)
    await world.erase()

    assert world.program.kinds == ["session.transcript", "session.ended"]
    assert world.kept.rows == {}


async def test_a_kept_one_stays_after_its_transcript() -> None:
    """And when its days are over it is erased without another one."""
    world = asking(retention=DAY)
    line, _, _ = await world.conversation()
    await line.do("end")
    await world.later()
    assert world.program.kinds[-2:] == ["session.transcript", "session.ended"]
    world.program.events.clear()
    await world.pass_(DAY)
    await world.erase()

    assert world.program.kinds == []
    assert world.kept.rows == {}


@pytest.mark.parametrize("account", ["other"])
async def test_without_an_application_nobody_is_waited_for(
    account: str,
) -> None:
    """A channel that no application serves erases at once."""
    world = ProgramWorld(
        bot(account=account), transcript=Transcript.APPLICATION
    )
    line, _, _ = await world.conversation()
    await line.do("end")
    await world.erase()

    assert line.kinds[-1] == "gone"
