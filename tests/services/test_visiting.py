"""A customer's connection: coming in, coming back, being refused."""

from __future__ import annotations

import asyncio

import pytest

from server.services.visiting import MOST_VISITS
from tests.services.worlds import World, settle


async def test_a_new_customer_gets_a_token_and_nothing_is_stored() -> None:
    """Before the first message there is no row, no key, and an empty page."""
    world = World()

    line = await world.visit()

    assert line.kinds == ["welcome", "history"]
    assert line.last("welcome")["summary"]["phase"] == "open"
    assert len(line.last("welcome")["token"]) == 66
    assert (world.records.rows, world.keys.owners) == ({}, {})


async def test_the_first_message_makes_it_durable() -> None:
    """Row, key and message are there when the ack comes; then ``waiting``."""
    world = World()

    line, which, token = await world.conversation()

    assert line.kinds == ["welcome", "history", "ack", "state"]
    assert line.last("state")["phase"] == "waiting"
    assert [row.id for row in world.records.rows.values()] == [which]
    assert token.encode() not in repr(world.records.rows).encode()


async def test_a_customer_returns_with_the_token() -> None:
    """Also to a conversation that only the store remembers."""
    world = World()
    _, which, token = await world.conversation()
    world.start()

    back = await world.visit(token=token)

    assert back.last("welcome")["summary"]["conversation"] == which
    assert "token" not in back.last("welcome")
    (said,) = back.last("history")["messages"]
    assert (said["number"], said["text"]) == (1, "Hello?")


async def test_only_what_was_missed_is_told_again() -> None:
    """With ``last`` and the right epoch history begins behind it."""
    world = World()
    line, _, token = await world.conversation()
    await line.say("client-0002", "Anybody?")
    epoch = line.last("welcome")["summary"]["epoch"]

    back = await world.visit(token=token, last=1, epoch=epoch)

    assert [m["number"] for m in back.last("history")["messages"]] == [2]
    assert "resync" not in back.kinds


@pytest.mark.parametrize(
    "hello", [{"last": 1, "epoch": "00000000"}, {"last": 2}, {"last": 1}]
)
async def test_who_holds_something_else_begins_anew(
    hello: dict[str, object],
) -> None:
    """A wrong epoch, or a number never given, is answered with resync."""
    world = World()
    line, _, token = await world.conversation()
    if hello == {"last": 2}:
        hello["epoch"] = line.last("welcome")["summary"]["epoch"]

    back = await world.visit(token=token, **hello)

    assert back.kinds == ["welcome", "resync", "history"]
    assert [m["number"] for m in back.last("history")["messages"]] == [1]


@pytest.mark.parametrize("spoilt", ["", "x", "no.such", ".", "a" * 256])
async def test_a_token_that_opens_nothing_is_unknown(spoilt: str) -> None:
    """Whatever is wrong with it, the answer is the same."""
    world = World()
    _, which, token = await world.conversation()
    forged = [spoilt or f"{which}.", f"{which}.{'A' * 43}", token[:-1] + "!"]

    for one in forged:
        answer = await world.customer().greet(token=one)
        assert answer["code"] == "session_unknown"


async def test_a_token_of_another_channel_opens_nothing() -> None:
    """A widget elsewhere cannot be used to reach this conversation."""
    world = World()
    _, _, token = await world.conversation()

    answer = await world.customer("elsewhere").greet(token=token)

    assert answer["code"] == "session_unknown"


async def test_a_customer_does_not_sign_in() -> None:
    """Name and password belong to agents; a client that mixes is wrong."""
    answer = await World().customer().greet(name="maria", password="x")

    assert answer["code"] == "malformed"


async def test_a_customer_has_so_many_connections() -> None:
    """One more is refused; when one goes there is room again."""
    world = World()
    line, _, token = await world.conversation()
    for _ in range(MOST_VISITS - 1):
        await world.visit(token=token)

    refused = await world.customer().greet(token=token)
    line.leave()
    welcome = await world.customer().greet(token=token)

    assert refused["code"] == "too_many"
    assert welcome["type"] == "welcome"


async def test_agents_do_not_take_the_customers_places() -> None:
    """However many agents watch, the customer comes in."""
    world = World()
    _, which, token = await world.conversation()
    for _ in range(MOST_VISITS):
        maria = await world.shift()
        await maria.do("watch", conversation=which)

    welcome = await world.customer().greet(token=token)

    assert welcome["type"] == "welcome"


async def test_who_could_not_come_in_has_no_place() -> None:
    """A hello that fails half way leaves nobody behind to be told things."""
    world = World()
    line, which, token = await world.conversation()
    late = world.customer()

    for failing in ("read", "put"):
        world.records.failing = {failing}
        answer = await late.greet(token=token)
        assert answer["code"] == "unavailable"
    world.records.failing.clear()
    assert len(world.session(which).seats) == 1
    await late.greet(token=token)
    late.forget()
    await line.say("client-0002", "Once")

    assert [frame["text"] for frame in late.all("message")] == ["Once"]


async def test_welcome_comes_first_whatever_happens_meanwhile() -> None:
    """A message that lands during the hello is heard once, after welcome."""
    world = World()
    line, _, token = await world.conversation()
    world.records.is_held = True
    await line.push("send", id="client-0002", text="In between")
    back = world.customer()

    greeting = back.greet(token=token)
    coming = asyncio.ensure_future(greeting)
    await asyncio.sleep(0)
    world.records.is_held = False
    world.records.commit()
    await coming
    if back.last("history").get("more"):
        await back.do("fetch", after=1)

    heard = [m["number"] for f in back.all("history") for m in f["messages"]]
    heard += [frame["number"] for frame in back.all("message")]
    assert back.kinds[0] == "welcome"
    assert heard == [1, 2]


async def test_who_returns_while_it_ends_is_a_stranger() -> None:
    """What is being erased cannot be come back to."""
    world = World()
    line, _, token = await world.conversation()
    await line.do("end")

    answer = await world.customer().greet(token=token)

    assert answer["code"] == "session_unknown"


async def test_another_conversation_cannot_be_named() -> None:
    """A customer's frame may name its own conversation and no other."""
    world = World()
    line, which, _ = await world.conversation()
    other, _, _ = await world.conversation()

    answer = await other.say("client-0002", "Not here", conversation=which)
    own = await line.say("client-0002", "Here", conversation=which)

    assert (answer["code"], own["number"]) == ("conversation_unknown", 2)


async def test_a_ping_is_answered() -> None:
    """For clients that cannot see WebSocket Pings."""
    line = await World().visit()

    await line.do("ping")

    assert line.kinds[-1] == "pong"


async def test_an_open_session_ends_without_the_store() -> None:
    """Nothing was stored, so nothing has to be erased: gone at once."""
    world = World()
    line = await world.visit()
    token = line.last("welcome")["token"]

    await line.do("end")

    assert line.kinds[-2:] == ["ended", "gone"]
    assert (line.last("gone")["messages"], line.listener.farewell) == (0, 4502)
    assert (world.records.commits, world.journal) == (0, [])
    answer = await world.customer().greet(token=token)
    assert answer["code"] == "session_unknown"


async def test_leaving_twice_is_leaving_once() -> None:
    """The socket may be lost in more than one way."""
    world = World()
    line, which, _ = await world.conversation()

    line.leave()
    line.leave()
    await settle()

    assert world.session(which).seats == []


async def test_an_end_during_the_hello_keeps_the_door_shut() -> None:
    """Nobody is let in to a conversation that ended while it was read."""
    world = World()
    line, _, token = await world.conversation()
    world.records.is_held = True
    await line.push("end")
    back = world.customer()

    coming = asyncio.ensure_future(back.greet(token=token))
    await asyncio.sleep(0)
    world.records.commit()

    assert (await coming)["code"] == "session_unknown"
    assert back.kinds == ["refused"]
