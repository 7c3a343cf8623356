"""One socket: frames in order, bounded, and the end of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import pytest
from websockets.frames import Opcode

from server.errors import Corrupt, RefusalCode, Refused, Unavailable
from server.gateway.websocket import INBOX
from server.protocol.client_frames import Fetch, Ping, Read
from server.protocol.farewell import Farewell
from server.protocol.parts import MAX_FRAME
from tests.gateway.line import PONG, Line


def held(gate: asyncio.Event) -> Coroutine[Any, Any, None]:
    """What of a frame waits for ``gate``."""

    async def rest() -> None:
        await gate.wait()

    return rest()


async def test_frames_wait_behind_one_that_waits() -> None:
    """They are carried out in the order in which they came."""
    line, gate = await Line().come_in(), asyncio.Event()
    line.party.answers[Fetch] = lambda: held(gate)
    line.say("ping")
    line.say("fetch", after=1)
    for number in range(3):
        line.say("read", number=number)
    await line.settle()
    assert [type(frame) for frame in line.party.carried_out] == [Ping, Fetch]

    gate.set()
    await line.settle()

    done = line.party.carried_out[2:]
    assert [frame.number for frame in done if isinstance(frame, Read)] == [
        0,
        1,
        2,
    ]


async def test_a_full_inbox_stops_the_reading_and_an_empty_one_resumes() -> (
    None
):
    """TCP makes the client wait; nothing is lost."""
    line, gate = await Line().come_in(), asyncio.Event()
    line.party.answers[Fetch] = lambda: held(gate)
    line.say("fetch", after=1)
    for number in range(INBOX - 1):
        line.say("read", number=number)
    assert line.transport.is_read
    line.say("read", number=99)
    line.say("read", number=100)
    assert not line.transport.is_read

    gate.set()
    await line.settle()

    assert line.transport.is_read
    assert len(line.party.carried_out) == INBOX + 2


async def test_what_was_read_before_the_pause_is_bounded() -> None:
    """A quarter of a megabyte of tiny frames is not kept: it is a flood."""
    line, gate = await Line().come_in(), asyncio.Event()
    line.party.answers[Fetch] = lambda: held(gate)
    line.say("fetch", after=1)

    line.bytes(_pings(2_000))
    await line.settle()

    assert line.close_code == Farewell.BROKE_PROTOCOL
    gate.set()
    await line.settle()
    assert len(line.party.carried_out) == 1


def _pings(count: int) -> bytes:
    frame = b"\x81\xa4type\xa4ping"
    return (bytes((0x82, 0x80 | len(frame))) + b"\0\0\0\0" + frame) * count


async def test_a_frame_that_is_refused_says_which() -> None:
    """The ref of the frame, or the id of a message."""
    line = await Line().come_in()

    def refuse() -> None:
        raise Refused(RefusalCode.CONVERSATION_UNKNOWN, path="$.conversation")

    line.party.answers[Fetch] = refuse
    line.say("fetch", after=0, ref="mine")
    await line.settle()

    assert line.frames[-1]["ref"] == "mine"
    assert line.frames[-1]["path"] == "$.conversation"


@pytest.mark.parametrize("error", [Unavailable(), Corrupt()])
async def test_a_frame_that_fails_later_is_the_operators(
    error: Exception,
) -> None:
    """The client is told to come back; the connection stays."""
    line = await Line().come_in()

    async def fail() -> None:
        raise error

    line.party.answers[Fetch] = fail
    line.say("fetch", after=0, ref="mine")
    await line.settle()

    assert line.frames[-1]["code"] == "unavailable"
    assert line.frames[-1]["retry"]
    assert not line.transport.end


async def test_when_all_hands_are_full_the_socket_goes_on() -> None:
    """The frame is refused, what it had begun is closed, the next is heard."""
    line = await Line().come_in()
    line.party.answers[Fetch] = lambda: held(asyncio.Event())

    def full(errand: Coroutine[Any, Any, None]) -> None:
        errand.close()
        raise Unavailable

    line.errands.run = full  # type: ignore[assignment,method-assign]
    line.say("fetch", after=0)
    line.say("ping")
    await line.settle()

    assert line.frames[-1]["code"] == "unavailable"
    assert [type(frame) for frame in line.party.carried_out] == [Fetch, Ping]


@pytest.mark.parametrize("is_later", [True, False])
async def test_a_mistake_of_ours_closes_and_logs_no_contents(
    caplog: pytest.LogCaptureFixture, *, is_later: bool
) -> None:
    """The type of the exception and its line; never its text."""
    line = await Line().come_in()

    def fail() -> None:
        raise KeyError("CANARY")

    async def fail_later() -> None:
        fail()

    line.party.answers[Fetch] = fail_later if is_later else fail
    with caplog.at_level(logging.DEBUG):
        line.say("fetch", after=0)
        await line.settle()

    assert line.close_code == Farewell.FAILED
    assert caplog.records[-1].__dict__["error"] == "KeyError"
    assert "CANARY" not in "".join(
        f"{record.__dict__}" for record in caplog.records
    )


async def test_what_waits_in_line_goes_with_who_sent_it() -> None:
    """Nothing is carried out for a socket that is closing."""
    line, gate = await Line().come_in(), asyncio.Event()
    line.party.answers[Fetch] = lambda: held(gate)
    line.say("fetch", after=0)
    line.say("read", number=1)
    line.send(b"\x03\xe8", Opcode.CLOSE)
    assert line.transport.end == "closed"

    gate.set()
    await line.settle()

    assert [type(frame) for frame in line.party.carried_out] == [Fetch]
    assert line.party.seats == 0


async def test_silence_is_pinged_and_then_closed_with_4002() -> None:
    """Any byte would have been a sign of life."""
    line = await Line().come_in()
    line.clock.pass_(26.0)
    line.watch.look()
    assert bytes(line.transport.written) == b"\x89\x00"
    line.bytes(b"\x8a\x80\0\0\0\0")
    line.clock.pass_(51.0)
    line.watch.look()
    await line.settle()

    assert line.close_code == Farewell.SILENT


async def test_the_server_that_stops_says_come_back() -> None:
    """1012, to everybody, once."""
    line = await Line().come_in()

    line.server.shutdown()
    line.server.shutdown()
    await line.settle()

    assert line.close_code == Farewell.RESTARTING


async def test_a_message_may_come_in_parts() -> None:
    """With a Ping between them, which is answered at once."""
    line = await Line().come_in()

    line.send(b"\x81\xa4type", fin=False)
    line.send(b"x", Opcode.PING)
    line.send(b"", Opcode.CONT, fin=False)
    line.send(b"\xa4ping", Opcode.CONT)
    await line.settle()

    assert [type(frame) for frame in line.party.carried_out] == [Ping]


@pytest.mark.parametrize("parts", [1, 2, 70])
async def test_too_large_is_1009_in_one_part_or_many(parts: int) -> None:
    """The sum counts."""
    line = await Line().come_in()
    size = MAX_FRAME // parts + 1

    line.send(b"x" * size, fin=parts == 1)
    for number in range(1, parts):
        line.send(b"x" * size, Opcode.CONT, fin=number == parts - 1)
    await line.settle()

    assert line.close_code == Farewell.TOO_LARGE
    assert line.transport.end == "closed"


async def test_parts_that_bring_nothing_do_not_come_without_end() -> None:
    """Empty ones cost us something and the sender six bytes."""
    line = await Line().come_in()
    line.send(b"\x81", fin=False)

    line.bytes(b"\x00\x80\0\0\0\0" * 1_000)
    await line.settle()

    assert line.close_code == Farewell.BROKE_PROTOCOL
    assert bytes(line.server._fragments or b"") == b"\x81"


async def test_pings_do_not_come_without_end() -> None:
    """Each is answered; so they count as frames do."""
    line = await Line().come_in()

    line.bytes(b"\x89\x80\0\0\0\0" * 1_000)
    await line.settle()

    assert line.close_code == Farewell.BROKE_PROTOCOL


async def test_another_languages_bytes_end_it() -> None:
    """Text where binary was agreed, and bytes that are no map."""
    for data, opcode in ((b"{}", Opcode.TEXT), (b"\xc1", Opcode.BINARY)):
        line = await Line().come_in()
        line.send(data, opcode)
        await line.settle()

        assert line.close_code == Farewell.BROKE_PROTOCOL


async def test_a_fault_is_answered_and_forgiven() -> None:
    """Nine times."""
    line = await Line().come_in()
    line.say("sing")
    await line.settle()

    assert line.frames[-1]["code"] == "unknown_type"
    assert not line.transport.end


async def test_nothing_is_said_to_who_is_gone() -> None:
    """Before the handshake and after the end alike."""
    line = Line()
    line.server.tell(PONG)
    assert not line.transport.written
    await line.come_in()
    line.server.connection_lost(None)

    line.server.tell(PONG)
    line.server.dismiss(Farewell.GONE)

    assert not line.transport.written


async def test_half_a_goodbye_is_one() -> None:
    """A client that shuts its side down gets no more either."""
    line = await Line().come_in()

    assert line.server.eof_received() is False

    assert line.transport.end == "closed"
    line.server.tell(PONG)
    assert not line.transport.written


async def test_a_close_is_answered() -> None:
    """With the same code, as RFC 6455 has it."""
    line = await Line().come_in()

    line.send(b"\x03\xe8", Opcode.CLOSE)
    line.listen()

    assert line.close_code == 1000
    assert line.transport.end == "closed"
