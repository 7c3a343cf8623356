"""Plain HTTP: deadlines, sizes and counts that uvicorn has not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from server.gateway.door import Door
from server.gateway.http import (
    ANSWERING,
    DEADLINE,
    MOST_AT_ONCE,
    MOST_BYTES,
    Http,
)
from tests.gateway.line import FakeTransport

GET = b"GET / HTTP/1.1\r\nHost: chat.test\r\n\r\n"
UPGRADE = (
    b"GET /socket/agent HTTP/1.1\r\nHost: chat.test\r\n"
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
)


@dataclass(eq=False)
class Timer:
    """What ``call_later`` gave."""

    seconds: float
    act: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@dataclass
class FakeLoop:
    """A loop whose timers go off when a test says so."""

    timers: list[Timer] = field(default_factory=list)
    now: float = 0.0

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, act: Callable[[], None]) -> Timer:
        self.timers.append(Timer(seconds, act))
        return self.timers[-1]

    def create_task(self, work: Any) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(work)

    @property
    def running(self) -> list[float]:
        """The seconds of the timers that are set."""
        return [one.seconds for one in self.timers if not one.is_cancelled]

    def go_off(self) -> None:
        """The oldest timer that is set does what it is for."""
        one = next(one for one in self.timers if not one.is_cancelled)
        one.cancel()
        one.act()


class Upgraded:
    """Where a connection goes that asks to become a WebSocket."""

    met: bytes = b""

    def __init__(self, **_: object) -> None:
        pass

    def connection_made(self, transport: object) -> None:
        """Take it over."""

    def data_received(self, data: bytes) -> None:
        """Take the request."""
        type(self).met = data


class Connection:
    """One HTTP connection to a server that answers after ``may_answer``."""

    def __init__(self, door: Door | None = None, *, unread: int = 0) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.loop = FakeLoop()
        self.door = door or Door({}, own_origins=[])
        self.transport = FakeTransport(("192.0.2.1", 5000))
        self.transport.unread = unread
        config = uvicorn.Config(
            self._answer,
            ws=cast("Any", Upgraded),
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
        )
        self.http = Http(
            self.door,
            config=config,
            server_state=ServerState(),
            app_state={},
            _loop=self.loop,
        )
        self.http.connection_made(cast("asyncio.Transport", self.transport))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.may_answer.wait()
        head = [(b"content-length", b"2")]
        await send(
            {"type": "http.response.start", "status": 200, "headers": head}
        )
        await send({"type": "http.response.body", "body": b"ok"})

    async def say(self, data: bytes) -> None:
        """Bytes come in, and what they lead to is done."""
        self.http.data_received(data)
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    "said",
    [
        [],
        [b"GET / HT"],
        [b"G", b"E", b"T", b" "],
        [b"\r\n", b"\r\n", b"\r\n"],
        [b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"],
        [b"GET / HTTP/1.1\r\nX: ", b"y" * 100, b"y" * 100],
    ],
)
async def test_who_says_nothing_or_half_of_it_is_cut(
    said: list[bytes],
) -> None:
    """However it drips: the deadline does not move."""
    one = Connection()
    one.may_answer.clear()
    for data in said:
        await one.say(data)
    assert one.loop.running == [DEADLINE]

    one.loop.go_off()

    assert one.transport.end == "aborted"


async def test_empty_lines_after_an_answer_are_no_way_to_stay() -> None:
    """They end uvicorn's own patience, so ours begins with them."""
    one = Connection()
    await one.say(GET)
    await one.say(b"\r\n")
    await one.say(b"\r\n")

    assert one.loop.running == [DEADLINE]
    one.loop.go_off()
    assert one.transport.end == "aborted"


async def test_an_answer_nobody_reads_is_cut() -> None:
    """The request is there; then the answer has its time, once."""
    one = Connection()
    one.may_answer.clear()
    await one.say(GET)
    assert one.loop.running == [ANSWERING]

    one.loop.go_off()

    assert one.transport.end == "aborted"


async def test_an_answer_that_is_read_ends_the_hurry() -> None:
    """The next request has its own time; uvicorn waits five seconds for it."""
    one = Connection()
    for _ in range(3):
        await one.say(GET)

        assert one.transport.written.count(b"200 OK") == 1
        one.transport.written.clear()
        assert one.loop.running == [5]

    one.loop.go_off()
    assert one.transport.end == "closed"


async def test_who_has_not_read_the_last_answer_is_not_waited_for() -> None:
    """To close would be to wait until it is read."""
    one = Connection(unread=1_000)
    await one.say(GET)

    one.loop.go_off()

    assert one.transport.end == "aborted"


async def test_an_answer_before_the_whole_request_keeps_its_deadline() -> None:
    """The rest of a body that nobody wants has to come in time as well."""
    one = Connection()
    await one.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n12")
    await one.say(b"3")
    assert DEADLINE in one.loop.running

    await one.say(b"4")

    assert DEADLINE not in one.loop.running
    assert ANSWERING not in one.loop.running


@pytest.mark.parametrize(
    "head",
    [
        b"GET /",
        b"GET / HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n",
    ],
)
async def test_a_request_has_a_size(head: bytes) -> None:
    """A path, headers or a body without end cost nothing but the line."""
    one = Connection()
    one.may_answer.clear()
    await one.say(head)
    line = b"X-Long: " + b"y" * 1_000 + b"\r\n"
    for _ in range(MOST_BYTES // len(line) + 1):
        if not one.transport.end:
            await one.say(line if b"HTTP" in head else b"x" * len(line))

    assert one.transport.end == "aborted"


@pytest.mark.parametrize("path", [b"/private-data", b"/shop/create"])
async def test_who_reads_with_a_bound_of_its_own_may_answer(
    path: bytes,
) -> None:
    """413 is told, instead of a connection that is cut without a word."""
    one = Connection()
    await one.say(
        b"POST "
        + path
        + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n"
    )
    for _ in range(2 * MOST_BYTES // 1_000):
        await one.say(b"x" * 1_000)

    assert not one.transport.end
    assert b"200 OK" in one.transport.written


async def test_sizes_are_not_added_up() -> None:
    """A thousand small requests on one connection are fine."""
    one = Connection()
    for _ in range(2 * MOST_BYTES // len(GET)):
        await one.say(GET)

    assert not one.transport.end


async def test_requests_sent_ahead_are_few() -> None:
    """Each costs a kilobyte until the first is answered."""
    one = Connection()
    one.may_answer.clear()
    for _ in range(MOST_AT_ONCE + 2):
        await one.say(GET)

    assert one.transport.end == "aborted"


async def test_requests_sent_ahead_are_answered_in_time() -> None:
    """The first answer does not end the second's deadline."""
    one = Connection()
    one.may_answer.clear()
    await one.say(GET)
    await one.say(GET)
    assert one.loop.running == [ANSWERING]

    one.may_answer.set()
    await one.say(b"")

    assert one.transport.written.count(b"200 OK") == 2
    assert ANSWERING not in one.loop.running


async def test_a_connection_too_many_is_cut_without_a_word() -> None:
    """And is not counted, so that it does not keep the door shut."""
    door = Door({}, own_origins=[], most_per_address=1)
    first, second = Connection(door), Connection(door)
    assert (first.transport.end, second.transport.end) == ("", "aborted")
    assert not second.transport.written

    second.http.connection_lost(None)
    first.http.connection_lost(None)

    assert door.connections == 0
    assert first.loop.running == second.loop.running == []


async def test_an_upgrade_hands_its_place_over() -> None:
    """The WebSocket is counted under its own address, and has its own time."""
    one = Connection()
    assert one.door.connections == 1

    await one.say(UPGRADE)

    assert Upgraded.met.startswith(b"GET /socket/agent ")
    assert one.door.connections == 0
    assert one.loop.running == []
