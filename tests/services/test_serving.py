"""An application's connection: what it is handed, takes and answers."""

from __future__ import annotations

from typing import Any

from server.protocol.parts import Role
from server.services.serving import MOST_CONNECTIONS, Service
from tests.fakes import FakeListener
from tests.services.programs import KEY, ProgramWorld
from tests.services.worlds import Line, settle


async def service(world: ProgramWorld, key: str = KEY) -> Line:
    """A connection of the bot after hello."""
    listener = FakeListener()
    party = Service(
        world.house, world.applying, world.relaying, listener=listener
    )
    line = Line(listener, party, Role.APPLICATION)  # type: ignore[arg-type]
    await line.greet(token=key)
    await settle()
    return line


async def take(line: Line) -> dict[str, Any]:
    """Take the newest event; what it was."""
    handed = line.last("handed")
    await line.do(
        "taken",
        conversation=handed["conversation"],
        cursor=handed["cursor"],
    )
    event: dict[str, Any] = handed["event"]
    return event


async def test_it_comes_in_by_its_key() -> None:
    """And by nothing else."""
    world = ProgramWorld(has_webhook=False)

    assert (await service(world)).last("welcome")["role"] == "application"
    assert (await service(world, "wrong")).kinds == ["refused"]


async def test_the_next_event_follows_the_taken_one() -> None:
    """One at a time for each conversation."""
    world = ProgramWorld(has_webhook=False)
    bot = await service(world)
    line, _, _ = await world.conversation()
    await line.say("client-0002", "Two")

    assert len(bot.all("handed")) == 1
    assert (await take(bot))["type"] == "session.started"
    assert (await take(bot))["message"]["number"] == 1
    assert (await take(bot))["message"]["number"] == 2
    assert len(bot.all("handed")) == 3


async def test_a_cursor_of_another_event_takes_nothing() -> None:
    """Neither an old one nor one of a conversation that has none."""
    world = ProgramWorld(has_webhook=False)
    bot = await service(world)
    _, which, _ = await world.conversation()
    await bot.do("taken", conversation=which, cursor=99)
    await bot.do("taken", conversation="x" * 22, cursor=1)

    assert len(bot.all("handed")) == 1


async def test_what_was_not_taken_is_handed_to_the_next() -> None:
    """When the connection goes; under the same id."""
    world = ProgramWorld(has_webhook=False)
    first = await service(world)
    await world.conversation()
    first.leave()
    await settle()
    second = await service(world)

    before, after = first.last("handed"), second.last("handed")
    assert before["event"]["id"] == after["event"]["id"]


async def test_what_waits_is_bounded_by_the_window() -> None:
    """At most 64 are not yet taken."""
    world = ProgramWorld(has_webhook=False)
    bot = await service(world)
    for _ in range(70):
        await world.conversation()

    assert len(bot.all("handed")) == 64
    first = bot.all("handed")[0]
    about = {"conversation": first["conversation"], "cursor": first["cursor"]}
    await bot.do("taken", **about)
    assert len(bot.all("handed")) == 65


async def test_it_answers_by_frames() -> None:
    """And is told what was refused."""
    world = ProgramWorld(has_webhook=False)
    bot = await service(world)
    line, which, _ = await world.conversation()
    await bot.do("answer", conversation=which, id="answer-01", text="Hi")
    await bot.do("answer", conversation="x" * 22, id="answer-02", text="Hi")
    await bot.do("hand_over", conversation=which, ref="r1")
    await bot.do("ping")

    assert bot.last("ack")["number"] == 2
    assert line.last("message")["text"] == "Hi"
    assert bot.last("refused")["ref"] == "answer-02"
    assert bot.kinds[-1] == "pong"


async def test_a_stored_conversation_can_be_answered_after_a_restart() -> None:
    """Although nobody has asked for it yet."""
    world = ProgramWorld(has_webhook=False)
    _, which, _ = await world.conversation()
    world.start()
    bot = await service(world)
    await bot.do("answer", conversation=which, id="answer-01", text="Hi")

    assert bot.last("ack")["number"] == 2


async def test_connections_are_counted() -> None:
    """So many, and no more."""
    world = ProgramWorld(has_webhook=False)
    for _ in range(MOST_CONNECTIONS):
        await service(world)

    assert (await service(world)).last("refused")["code"] == "too_many"
