"""What is stored comes back: sessions once, messages page by page."""

from __future__ import annotations

import asyncio

from server.ids import ConversationId
from server.protocol.client_frames import Answer
from server.protocol.codec import as_json
from server.protocol.rich import Choice, Menu
from server.services.remembering import PAGE, PAGE_BYTES
from tests.services.programs import ProgramWorld
from tests.services.worlds import Line, World, settle


async def long_talk(world: World, texts: list[str]) -> tuple[Line, str]:
    """A conversation of ``texts``, and its token."""
    line = await world.visit()
    for n, text in enumerate(texts):
        await line.push("send", id=f"client-{n:04}", text=text)
    await settle()
    return line, line.last("welcome")["token"]


async def test_a_long_history_comes_in_pages() -> None:
    """Nothing is missing, nothing is told twice, and then it is live."""
    world = World()
    line, token = await long_talk(world, ["x"] * (2 * PAGE + 1))
    back = await world.visit(token=token)
    heard = [m["number"] for m in back.last("history")["messages"]]
    assert len(heard) == PAGE

    while back.last("history").get("more"):
        await line.say(f"during-{len(heard):04}", "More")
        await back.do("fetch", after=heard[-1])
        heard += [m["number"] for m in back.last("history")["messages"]]

    assert back.all("message") == []
    assert heard == list(range(1, len(heard) + 1))
    await line.say("afterwards", "Live")
    assert [m["number"] for m in back.all("message")] == [heard[-1] + 1]


async def test_a_page_of_long_messages_still_fits_a_frame() -> None:
    """Bytes bound it as well; one message is told however long it is."""
    world = World()
    _, token = await long_talk(world, ["\u20ac" * 4000] * 9)

    back = await world.visit(token=token)
    (history,) = back.all("history")

    size = sum(len(m["text"].encode()) for m in history["messages"])
    assert history["more"]
    assert PAGE_BYTES / 2 < size <= PAGE_BYTES


async def test_who_is_behind_is_told_nothing_live() -> None:
    """Until the pages have reached what is being said."""
    world = World()
    line, token = await long_talk(world, ["x"] * (PAGE + 1))
    back = await world.visit(token=token)

    await line.say("client-9999", "Live")

    assert back.last("history")["more"]
    assert back.all("message") == []


async def test_what_is_not_acknowledged_is_in_no_page() -> None:
    """The store shows it before its sender knows: else it came twice."""
    world = World()
    line, _, token = await world.conversation()
    await line.say("client-0002", "two")
    world.session(next(iter(world.records.rows))).committed = 1
    epoch = line.last("welcome")["summary"]["epoch"]

    back = await world.visit(token=token)
    assert [m["number"] for m in back.last("history")["messages"]] == [1]
    late = await world.visit(token=token, last=1, epoch=epoch)
    assert late.last("history")["messages"] == ()


async def test_two_who_ask_at_once_get_the_same_session() -> None:
    """Else one of them would talk to nobody."""
    world = World()
    _, which, token = await world.conversation()
    world.start()

    lines = [world.customer(), world.customer()]
    await asyncio.gather(*(line.greet(token=token) for line in lines))

    assert len(world.session(which).seats) == 2


async def test_who_leaves_while_it_is_read_takes_nothing_away() -> None:
    """The other one, who waits for the same read, still gets it."""
    world = World()
    _, which, _ = await world.conversation()
    world.start()
    ask = world.remembering.session
    first, second = (
        asyncio.ensure_future(ask(ConversationId(which))) for _ in range(2)
    )
    await asyncio.sleep(0)

    first.cancel()

    assert (await second) is world.session(which)
    assert world.remembering._reading == {}


async def test_a_page_of_menus_still_fits_a_frame() -> None:
    """What goes with words counts: else a reader is cut off for ever."""
    world = ProgramWorld()
    _, which, token = await world.conversation()
    session, me = world.session(which), world.applications[0]
    items = tuple(Choice(text="x" * 80, payload="y" * 256) for _ in range(20))
    for n in range(20):
        frame = Answer(
            conversation=which, id=f"answer-{n:02}", rich=Menu(items=items)
        )
        await world.applying.done(me, session, frame)

    back = await world.visit(token=token)
    (history,) = back.all("history")

    assert history["more"]
    assert len(as_json(history)) <= PAGE_BYTES * 2


async def test_a_page_of_what_is_being_erased_is_empty() -> None:
    """The key has gone while it was read: no fault, and no reason to close."""
    world = World()
    line, which, _ = await world.conversation()
    world.session(which).forget()

    await line.do("fetch", after=0)

    assert line.last("history")["messages"] == ()
