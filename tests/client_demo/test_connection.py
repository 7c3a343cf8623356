"""The connection against a scripted server, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from client_demo.connection import Connection
from client_demo.customer import Customer
from client_demo.errors import Refused, Unreachable
from client_demo.participant import Means
from tests.client_demo.scripted import (
    Frame,
    Scripted,
    message,
    serving,
    summary,
    welcome,
)


class Person:
    """A customer with everything it showed; a ``Face``."""

    def __init__(self, address: str, *, token: str | None = None) -> None:
        self.connection = Connection(
            address,
            jitter=lambda: 0.0,
            elapsed=lambda: 0.0,
            pong_seconds=0.05,
        )
        ids = count(1)
        means = Means(
            tell=self.connection.tell,
            later=asyncio.get_running_loop().call_later,
            new_id=lambda: f"id-{next(ids):05}",
            elapsed=lambda: 0.0,
            not_sent=lambda _code, _text: None,
        )
        self.kept: list[str | None] = []
        self.frames: list[Frame] = []
        self.notices: list[str] = []
        self.act: Callable[[Frame], None] = lambda _: None
        self.customer = Customer(
            means, self, keep=self.kept.append, token=token
        )

    def heard(self, frame: Frame) -> None:
        """Note it, and let the test act on it."""
        self.frames.append(frame)
        self.act(frame)

    def noticed(self, notice: str) -> None:
        """Note it."""
        self.notices.append(notice)

    async def run(self) -> int:
        """Stay until the end."""
        return await self.connection.run(self.customer)


def on(kind: str, do: Callable[[], Any]) -> Callable[[Frame], None]:
    """Act once, at the first frame of ``kind``."""
    done: list[Frame] = []

    def act(frame: Frame) -> None:
        if frame["type"] == kind and not done:
            done.append(frame)
            do()

    return act


async def greet(server: Scripted, **changes: Any) -> Frame:
    """Answer ``hello`` by ``welcome`` and an empty history."""
    hello = await server.hear("hello")
    await server.send(welcome(token="t", **changes))
    await server.say("history", messages=[])
    return hello


async def test_a_whole_conversation_ends_with_the_receipt() -> None:
    """Hello, send, ack, answer, read, end, gone, 4502."""

    async def script(server: Scripted) -> None:
        hello = await greet(server)
        assert "token" not in hello
        assert (await server.ack(1))["text"] == "Hi"
        await server.say("state", phase="active", agent="Maria")
        await server.say("message", **message(2, "Hello"))
        assert (await server.hear("read"))["number"] == 2
        await server.hear("end")
        await server.say("ended", by="customer", at=2)
        await server.say("gone", at=3, messages=2)
        await server.socket.close(4502)

    async with serving(script) as fake:
        person = Person(fake.address)
        talk = person.customer.talk
        talk.say("Hi")

        def read_and_end() -> None:
            talk.look(read=True)
            talk.end()

        person.act = on("message", read_and_end)
        assert await person.run() == 4502
    assert [said.text for said in talk.transcript.messages()] == ["Hi", "Hello"]
    assert talk.transcript.erased == 2


async def test_a_lost_connection_resumes_where_it_was() -> None:
    """Token, epoch and last go along; the unacknowledged is sent again."""

    async def first(server: Scripted) -> None:
        await greet(server)
        await server.ack(1)
        await server.say("message", **message(2, "Hello"))
        await server.hear("send")  # heard, and never acknowledged
        server.socket.transport.abort()

    async def second(server: Scripted) -> None:
        hello = await server.hear("hello")
        assert hello["token"] == "t"
        assert (hello["epoch"], hello["last"]) == ("9f2c41d0", 2)
        await server.send(welcome(summary=summary(phase="active", last=3)))
        await server.say("history", messages=[message(3, "Hello?")])
        assert (await server.ack(4, repeat=True))["id"] == "id-00002"
        await server.socket.close(4503)

    async with serving(first, second) as fake:
        person = Person(fake.address)
        talk = person.customer.talk
        talk.say("one")
        person.act = on("message", lambda: talk.say("two"))
        assert await person.run() == 4503
    texts = [said.text for said in talk.transcript.messages()]
    assert texts == ["one", "Hello", "Hello?", "two"]
    assert person.notices == ["connection lost; again in 0.0 s"]


@pytest.mark.parametrize("code", [1001, 1012, 1013, 4001, 4002])
async def test_these_codes_bring_it_back(code: int) -> None:
    """A new connection follows by itself."""

    async def first(server: Scripted) -> None:
        await greet(server)
        await server.socket.close(code)

    async def second(server: Scripted) -> None:
        await greet(server)
        await server.socket.close(4501)

    async with serving(first, second) as fake:
        assert await Person(fake.address).run() == 4501
        assert len(fake.paths) == 2


async def test_a_server_out_of_room_is_asked_again() -> None:
    """429 and 503 mean later."""

    async def script(server: Scripted) -> None:
        await greet(server)
        await server.socket.close(4501)

    async with serving(script, statuses=(429, 503)) as fake:
        assert await Person(fake.address).run() == 4501
        assert len(fake.paths) == 3


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refusal_by_status_is_final(status: int) -> None:
    """Asking again cannot help."""
    async with serving(statuses=(status,)) as fake:
        with pytest.raises(Refused):
            await Person(fake.address).run()
        assert len(fake.paths) == 1


async def test_nobody_there_is_said_at_once() -> None:
    """The first attempt decides; later ones are repeated for ever."""
    async with serving() as fake:
        pass
    with pytest.raises(Unreachable):
        await Person(fake.address).run()


async def test_an_unknown_token_is_forgotten_and_hello_said_again() -> None:
    """On the same connection; nothing was held under it."""

    async def script(server: Scripted) -> None:
        assert (await server.hear("hello"))["token"] == "stale"
        refused = {"code": "session_unknown", "act": "client", "retry": False}
        await server.send({"type": "refused", **refused})
        assert "token" not in await greet(server)
        await server.socket.close(4501)

    async with serving(script) as fake:
        person = Person(fake.address, token="stale")
        await person.run()
    assert person.kept == [None]


async def test_a_conversation_that_ended_meanwhile_is_not_replaced() -> None:
    """Its person must hear of the end before anything new begins."""

    async def first(server: Scripted) -> None:
        await greet(server)
        await server.ack(1)
        await server.socket.close(1012)

    async def second(server: Scripted) -> None:
        await server.hear("hello")
        refused = {"code": "session_unknown", "act": "client", "retry": False}
        await server.send({"type": "refused", **refused})

    async with serving(first, second) as fake:
        person = Person(fake.address)
        person.customer.talk.say("one")
        with pytest.raises(Refused, match="ended while"):
            await person.run()


async def test_a_refusal_that_may_pass_is_asked_again() -> None:
    """``unavailable`` at ``hello``: later, on another connection."""

    async def first(server: Scripted) -> None:
        await server.hear("hello")
        refused = {"code": "unavailable", "act": "operator", "retry": True}
        await server.send({"type": "refused", **refused})
        await server.socket.wait_closed()

    async def second(server: Scripted) -> None:
        await greet(server)
        await server.socket.close(4501)

    async with serving(first, second) as fake:
        assert await Person(fake.address).run() == 4501


async def test_the_token_is_kept_when_the_conversation_is_durable() -> None:
    """Not before the first message is accepted, and not after the end."""

    async def script(server: Scripted) -> None:
        await greet(server)
        await server.ack(1)
        await server.say("state", phase="waiting")
        await server.say("ended", by="inactivity", at=1)
        await server.socket.close(4502)

    async with serving(script) as fake:
        person = Person(fake.address)
        kept_before: list[int] = []
        person.act = on("history", lambda: kept_before.append(len(person.kept)))
        person.customer.talk.say("one")
        await person.run()
    assert kept_before == [0]
    assert person.kept == ["t", None]


async def test_silence_is_answered_by_ping_and_then_by_leaving() -> None:
    """No ``pong`` in time: the line is dead, whatever TCP believes."""

    async def first(server: Scripted) -> None:
        await greet(server, heartbeat=0.02)
        await server.hear("ping")
        await server.send({"type": "pong"})
        await server.hear("ping")
        await server.socket.wait_closed()

    async def second(server: Scripted) -> None:
        await greet(server)
        await server.socket.close(4501)

    async with serving(first, second) as fake:
        assert await Person(fake.address).run() == 4501


async def test_leaving_sends_what_was_told_before() -> None:
    """The last ``read`` is not lost by quitting."""
    heard: list[Frame] = []

    async def script(server: Scripted) -> None:
        await greet(server)
        await server.say("message", **message(1, "Hello"))
        heard.append(await server.hear("read"))

    async with serving(script) as fake:
        person = Person(fake.address)

        def look_and_leave() -> None:
            person.customer.talk.look(read=True)
            person.connection.leave()

        person.act = on("message", look_and_leave)
        assert await person.run() == 1000
    assert heard


async def test_what_speaks_otherwise_is_left() -> None:
    """A frame without the fields it must have is no frame of ours."""

    async def script(server: Scripted) -> None:
        await server.hear("hello")
        await server.send({"type": "welcome", "heartbeat": 25})
        await server.socket.wait_closed()

    async with serving(script) as fake:
        with pytest.raises(Unreachable, match="speaks otherwise"):
            await Person(fake.address).run()
