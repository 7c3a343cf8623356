"""How a socket's first frame is carried out: once, in time, or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

from server.errors import RefusalCode, Refused, Unavailable
from server.protocol.client_frames import Ping, Read
from server.protocol.farewell import Farewell
from tests.gateway.line import Line


async def test_hello_is_answered_and_lets_in() -> None:
    """From welcome on any frame of the role is carried out."""
    line = await Line().come_in()
    line.say("ping")

    assert line.kinds() == ["welcome"]
    assert [type(frame) for frame in line.party.carried_out] == [Ping]


async def test_who_is_welcomed_is_in_while_its_history_is_read() -> None:
    """A client that answers welcome at once is not refused; it waits."""
    line, gate = Line(), asyncio.Event()
    line.shake_hands()
    party = line.party

    original = party.greet

    async def greet(hello: Any) -> None:
        await original(hello)
        await gate.wait()

    party.greet = greet  # type: ignore[method-assign]
    line.say("hello")
    await line.settle()
    line.say("read", number=1)
    await line.settle()
    assert "welcome" in line.kinds()
    assert "refused" not in line.kinds()
    assert party.carried_out == []

    gate.set()
    await line.settle()

    assert [type(frame) for frame in party.carried_out] == [Read]


async def test_three_bad_hellos_are_the_last() -> None:
    """Each is answered, then the connection ends with 4501."""
    line = Line()
    line.shake_hands()

    async def refuse() -> None:
        raise Refused(RefusalCode.BAD_CREDENTIALS)

    line.party.greeting = refuse
    for _ in range(3):
        line.say("hello", ref="r")
        await line.settle()

    assert line.kinds() == ["refused"] * 3
    assert line.frames[0]["ref"] == "r"
    assert line.close_code == Farewell.NOT_AUTHENTICATED


async def test_a_disk_that_fails_does_not_count_as_a_bad_hello() -> None:
    """It is not the client's fault: it may try as often as it likes."""
    line = Line()
    line.shake_hands()

    async def fail() -> None:
        raise Unavailable

    line.party.greeting = fail
    for _ in range(5):
        line.say("hello")
        await line.settle()

    assert not line.transport.end
    line.party.greeting = None
    line.say("hello")
    await line.settle()
    assert line.kinds()[-1] == "welcome"


async def test_a_greeting_that_fails_before_welcome_leaves_no_seat() -> None:
    """The next try on the same connection takes one, and not a second."""
    line = Line()
    line.shake_hands()
    party = line.party

    async def greet(hello: Any) -> None:
        party.seats += 1
        raise Unavailable

    party.greet = greet  # type: ignore[method-assign]
    line.say("hello")
    await line.settle()

    assert party.seats == 0
    assert not line.transport.end


async def test_a_greeting_that_fails_half_way_leaves_no_seat() -> None:
    """Welcomed, and then the store fails: come back, and begin anew."""
    line = Line()
    line.shake_hands()
    party = line.party
    original = party.greet

    async def greet(hello: Any) -> None:
        await original(hello)
        raise Unavailable

    party.greet = greet  # type: ignore[method-assign]
    line.say("hello")
    await line.settle()

    assert party.seats == 0
    assert line.kinds() == ["welcome", "refused"]
    assert line.close_code == Farewell.TRY_LATER


async def test_a_second_hello_before_the_first_is_answered_is_refused() -> None:
    """And the first stands."""
    line, gate = Line(), asyncio.Event()
    line.shake_hands()
    line.party.greeting = gate.wait
    line.say("hello")
    line.say("hello", ref="second")
    await line.settle()

    gate.set()
    await line.settle()

    assert line.kinds() == ["welcome", "refused"]
    assert line.frames[1]["code"] == "not_now"
    assert line.party.seats == 1
    assert not line.transport.end


async def test_a_socket_lost_while_greeting_leaves_no_seat() -> None:
    """The seat that is taken afterwards is left at once."""
    line, gate = Line(), asyncio.Event()
    line.shake_hands()
    line.party.greeting = gate.wait
    line.say("hello")
    await line.settle()

    line.server.connection_lost(None)
    gate.set()
    await line.settle()

    assert line.party.seats == 0
    assert line.connections == set()
    assert (line.door.connections, len(line.watch)) == (0, 0)


async def test_no_greeting_in_time_is_4501() -> None:
    """Found by the watch; and who does not answer the Close is cut."""
    line = Line()
    line.shake_hands()
    line.clock.pass_(5.0)
    line.watch.look()
    await line.settle()
    assert line.close_code == Farewell.NOT_AUTHENTICATED

    line.clock.pass_(2.0)
    line.watch.look()

    assert line.transport.end == "aborted"
