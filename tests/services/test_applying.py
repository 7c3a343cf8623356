"""What applications say and do, and what they may not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from server.domain.application import Application
from server.domain.message import Author
from server.errors import RefusalCode, Refused, Unavailable
from server.ids import ConversationId
from server.live.sessions import Session
from server.protocol.client_frames import (
    Answer,
    ClientFrame,
    End,
    HandOver,
    Ping,
    RaiseEvent,
    Typing,
)
from server.protocol.rich import Choice, Menu
from server.protocol.server_frames import Ack
from server.services.applying import BURST, Receipt
from server.services.handing import Fate, Outcome
from server.services.recording import Say
from tests.fakes import FakeListener
from tests.services.programs import KEY, ProgramWorld, bot
from tests.services.worlds import settle


async def do(world: ProgramWorld, which: str, frame: ClientFrame) -> Ack | None:
    """What the bot does, and the receipt."""
    me = world.applications[0]
    session = await world.applying.find(me, which)
    ack = await world.applying.done(me, session, frame)
    await settle()
    return ack


async def refusal(
    world: ProgramWorld, which: str, application: Application
) -> RefusalCode:
    """Why ``application`` may not reach a conversation."""
    with pytest.raises(Refused) as refused:
        await world.applying.find(application, which)
    return refused.value.code


async def test_an_answer_reaches_the_customer_when_it_is_on_disk() -> None:
    """Under the application's name, and its receipt says the number."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    frame = Answer(conversation=which, id="answer-01", text="Hello!")

    ack = await do(world, which, frame)

    assert ack is not None
    assert ack.number == 2
    told = line.last("message")
    assert (told["author"], told["name"]) == ("application", "Bot")
    assert world.kept.rows[world.session(which).id].last_number == 2


async def test_the_same_id_is_the_same_answer() -> None:
    """A repeat says the number of the first and adds nothing."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    frame = Answer(conversation=which, id="answer-01", text="Hello!")
    first = await do(world, which, frame)
    again = await do(world, which, frame)

    assert first is not None
    assert again is not None
    assert (first.number, first.repeat) == (2, False)
    assert (again.number, again.repeat) == (2, True)
    assert len(line.all("message")) == 1


async def test_a_menu_needs_no_words() -> None:
    """What goes with words may stand alone; nothing at all may not."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    menu = Menu(items=(Choice(text="Yes", payload="y"),))
    await do(
        world, which, Answer(conversation=which, id="a-menu-01", rich=menu)
    )

    assert line.last("message")["rich"]["kind"] == "menu"
    with pytest.raises(Refused) as refused:
        await do(world, which, Answer(conversation=which, id="nothing-1"))
    assert refused.value.code is RefusalCode.TEXT_EMPTY


class OneFile:
    """Keeps one file of the application."""

    async def rich_of(
        self, session: Session, id_: str, side: Author
    ) -> dict[str, Any]:
        if (id_, side) != ("the-file-01", Author.APPLICATION):
            raise Refused(RefusalCode.MALFORMED, path="$.attachment")
        return {"kind": "attachment", "id": id_, "name": "terms.pdf"}

    async def erase(self, conversations: Sequence[ConversationId]) -> None:
        """It has none to erase."""


async def test_an_answer_may_bring_a_file_along() -> None:
    """One that the application sent; with no words, if it likes."""
    world = ProgramWorld()
    world.house.attachments = OneFile()
    line, which, _ = await world.conversation()
    frame = Answer(conversation=which, id="file-0001", attachment="the-file-01")

    first = await do(world, which, frame)
    again = await do(world, which, frame)

    assert line.last("message")["rich"]["name"] == "terms.pdf"
    assert first is not None
    assert again is not None
    assert again.number == first.number


@pytest.mark.parametrize(
    "answer",
    [
        {"attachment": "another-01"},
        {
            "attachment": "the-file-01",
            "rich": Menu(items=(Choice(text="Yes", payload="y"),)),
        },
    ],
)
async def test_a_file_that_is_not_there_is_no_answer(
    answer: dict[str, Any],
) -> None:
    """Somebody else's file, or two things beside the words: refused."""
    world = ProgramWorld()
    world.house.attachments = OneFile()
    _, which, _ = await world.conversation()

    with pytest.raises(Refused) as refused:
        await do(
            world, which, Answer(conversation=which, id="file-0001", **answer)
        )

    assert refused.value.path == "$.attachment"


async def test_a_note_is_hidden_from_the_customer() -> None:
    """It keeps its number there, and no words."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    note = Answer(conversation=which, id="a-note-01", text="VIP", note=True)
    await do(world, which, note)

    assert line.last("message")["text"] == ""


async def test_agents_see_all_of_it_once_it_is_handed_over() -> None:
    """Before that nothing; then everything that was said."""
    world = ProgramWorld(starts_with_application=True)
    line, which, _ = await world.conversation()
    maria = await world.shift()
    await do(
        world, which, Answer(conversation=which, id="answer-01", text="Hi")
    )
    world.listing.tell()
    assert not maria.last("list")["waiting"]
    assert maria.all("listed") == []
    assert line.last("state")["phase"] == "served"

    await do(world, which, HandOver(conversation=which))
    world.listing.tell()
    await maria.do("take", conversation=which)

    assert line.all("state")[-2]["phase"] == "waiting"
    assert maria.last("listed")["summary"]["conversation"] == which
    said = maria.last("history")["messages"]
    assert [one["text"] for one in said] == ["Hello?", "Hi"]


async def test_typing_and_events_reach_the_customer() -> None:
    """As what the page can show or do; agents are not bothered."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    await do(world, which, Typing(conversation=which, on=True))
    event = RaiseEvent(conversation=which, name="cart", data={"sku": "1"})
    await do(world, which, event)

    assert line.last("typing")["author"] == "application"
    assert line.last("event")["data"] == {"sku": "1"}


async def test_an_application_may_end_a_conversation() -> None:
    """And everybody is told by whom it was ended."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    await do(world, which, End(conversation=which))
    await world.erase()

    assert line.last("ended")["by"] == "application"
    assert world.program.events[-1]["by"] == "application"


async def test_it_reaches_its_own_accounts_conversations_only() -> None:
    """All others are as unknown as one that was never given."""
    world = ProgramWorld(bot(), bot(name="thief", account="other"))
    _, which, _ = await world.conversation()
    silent = await world.visit()
    unsaid = silent.last("welcome")["summary"]["conversation"]
    unknown = RefusalCode.CONVERSATION_UNKNOWN

    assert await refusal(world, which, world.applications[1]) is unknown
    assert await refusal(world, unsaid, world.applications[0]) is unknown
    assert await refusal(world, "x" * 22, world.applications[0]) is unknown


async def test_a_key_opens_its_application_and_nothing_else() -> None:
    """Another key opens nothing."""
    world = ProgramWorld()

    assert world.applying.by_key(KEY).id == "bot"
    for key in ("", KEY[:-1], KEY + "x"):
        with pytest.raises(Refused):
            world.applying.by_key(key)


async def test_what_cannot_be_written_is_not_acknowledged() -> None:
    """The disk refused: so is the answer."""
    world = ProgramWorld()
    _, which, _ = await world.conversation()
    world.kept.failing.add("write")

    with pytest.raises(Unavailable):
        await do(
            world, which, Answer(conversation=which, id="answer-01", text="x")
        )


async def test_a_flood_is_refused() -> None:
    """An application has a rate as everybody else, only higher."""
    world = ProgramWorld()
    _, which, _ = await world.conversation()
    me, session = world.applications[0], world.session(which)
    typing = Typing(conversation=which, on=True)
    for _ in range(int(BURST)):
        await world.applying.done(me, session, typing)
    with pytest.raises(Refused) as refused:
        await world.applying.done(me, session, typing)

    assert refused.value.code is RefusalCode.TOO_FAST


async def test_other_frames_are_no_answers() -> None:
    """Only what an application may do in a conversation."""
    world = ProgramWorld()
    _, which, _ = await world.conversation()

    with pytest.raises(Refused):
        await do(world, which, Ping())


async def test_answers_to_an_event_are_said_before_the_next() -> None:
    """In their order; and the application is not told what it said itself."""
    world = ProgramWorld()
    world.program.fates.append(Outcome(Fate.TAKEN))
    said = tuple(
        Answer(conversation="x" * 22, id=f"answer-{n}-", text=f"{n}")
        for n in (1, 2)
    )
    world.program.fates.append(Outcome(Fate.TAKEN, said))
    line, _, _ = await world.conversation()
    await line.say("client-0002", "And?")

    assert [one["text"] for one in line.all("message")] == ["1", "2"]
    assert world.program.kinds == ["session.started", "1", "4"]


async def test_an_event_is_taken_once_its_answers_are_on_disk() -> None:
    """Else a crash could lose what the application said to it."""
    world = ProgramWorld()
    said = Answer(conversation="x" * 22, id="answer-01", text="Hi")
    world.program.fates.append(Outcome(Fate.TAKEN))
    world.program.fates.extend([Outcome(Fate.TAKEN, (said,))] * 2)
    world.program.is_held = True
    line, _, _ = await world.conversation()
    world.program.release()
    world.program.is_held = True
    await settle()
    world.kept.failing.add("write")
    world.program.release()
    await settle()
    assert world.program.kinds == ["session.started", "1"]
    assert line.all("message") == []

    world.kept.failing.clear()
    await world.later(1.1)
    assert world.program.kinds == ["session.started", "1", "1"]
    assert [one["text"] for one in line.all("message")] == ["Hi"]


async def test_a_repeat_of_what_the_disk_refuses_is_refused_too() -> None:
    """It has no words: none may be kept in place of those it repeats."""
    world = ProgramWorld()
    _, which, _ = await world.conversation()
    session = world.session(which)
    frame = Answer(conversation=which, id="answer-01", text="Hello!")
    again = FakeListener()
    session.accepted["answer-01"] = 2  # the first is on its way to the disk
    world.applying.carry_out(
        world.applications[0], session, frame, listener=again
    )
    del session.accepted["answer-01"]  # which refuses it
    await settle()

    assert again.frames[0]["code"] == "unavailable"
    assert session.conversation.last_number == 1


async def test_a_repeat_that_crosses_the_erasing_is_not_left_waiting() -> None:
    """Nobody would tell who called over HTTP that it has ended."""
    world = ProgramWorld()
    _, which, _ = await world.conversation()
    frame = Answer(conversation=which, id="answer-01", text="Hello!")
    await do(world, which, frame)
    session = world.session(which)
    world.house.records.put(
        Say(
            world.house,
            session,
            client_id="answer-01",
            speak=lambda _, __: pytest.fail("a repeat"),
            listener=(receipt := Receipt()),
            seat=None,
            sent="Hello!",
        )
    )
    world.kept.commit()
    session.forget()
    await settle()

    assert receipt.ack.done()
    with pytest.raises(Refused):
        await receipt.ack
