"""A scripted server for the client's tests: real sockets, no server code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import msgpack
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

Frame = dict[str, Any]

C = "W7hR0000000000000000aa"

LIMITS = {"text": 4000, "frame": 65536, "per_second": 5, "burst": 20}


def summary(**changes: Any) -> Frame:
    """A Summary of conversation ``C``, changed as given."""
    return {
        "conversation": C,
        "channel": "shop",
        "phase": "open",
        "epoch": "9f2c41d0",
        "last": 0,
        "started_at": 1_795_291_200_000,
        "last_at": 1_795_291_200_000,
        "ends_at": 1_795_293_000_000,
        "customer_seen": {"delivered": 0, "read": 0},
        "agent_seen": {"delivered": 0, "read": 0},
        **changes,
    }


def welcome(**changes: Any) -> Frame:
    """A customer's ``welcome``, changed as given."""
    return {
        "type": "welcome",
        "role": "customer",
        "summary": summary(),
        "limits": LIMITS,
        "heartbeat": 25,
        "now_at": 1_795_291_200_000,
        **changes,
    }


def message(number: int, text: str, author: str = "agent") -> Frame:
    """The fields of a Message."""
    return {
        "number": number,
        "id": f"{author}-{number:08}",
        "author": author,
        "name": "Maria" if author == "agent" else None,
        "at": 1_795_291_200_000 + number,
        "text": text,
    }


class Scripted:
    """One accepted connection, as a script reads and writes it."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket

    async def say(self, kind: str, **fields: Any) -> None:
        """Send a frame; its conversation is ``C`` unless given."""
        frame = {"type": kind, "conversation": C, **fields}
        await self.socket.send(msgpack.packb(frame))

    async def send(self, frame: Frame) -> None:
        """Send a whole frame."""
        await self.socket.send(msgpack.packb(frame))

    async def hear(self, kind: str) -> Frame:
        """The next frame of ``kind``; others before it are dropped."""
        while True:
            frame: Frame = msgpack.unpackb(await self.socket.recv(decode=False))
            if frame["type"] == kind:
                return frame

    async def ack(self, number: int, **fields: Any) -> Frame:
        """Acknowledge the next ``send`` under ``number``."""
        sent = await self.hear("send")
        await self.say("ack", id=sent["id"], number=number, at=1, **fields)
        return sent


Script = Callable[[Scripted], Awaitable[None]]


class FakeServer:
    """Plays one script a connection, in order; then answers 503.

    Attributes:
        address: Of its socket.
        statuses: HTTP statuses to answer first, before any script.
        paths: What was asked for.
    """

    def __init__(self, scripts: list[Script], statuses: list[int]) -> None:
        self._scripts = scripts
        self.statuses = statuses
        self.paths: list[str] = []
        self.failures: list[BaseException] = []
        self.address = ""

    def screen(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        """Answer with a status where one is due."""
        self.paths.append(request.path)
        status = self.statuses.pop(0) if self.statuses else 0
        if not status and not self._scripts:
            status = 503
        return connection.respond(HTTPStatus(status), "") if status else None

    async def attend(self, socket: ServerConnection) -> None:
        """Play the next script."""
        script = self._scripts.pop(0)
        try:
            await script(Scripted(socket))
        except (AssertionError, KeyError) as failure:
            self.failures.append(failure)


@asynccontextmanager
async def serving(
    *scripts: Script, statuses: tuple[int, ...] = ()
) -> AsyncIterator[FakeServer]:
    """A server that plays ``scripts``, one a connection.

    On leaving, what failed inside a script fails the test.
    """
    fake = FakeServer(list(scripts), list(statuses))
    async with serve(
        fake.attend,
        "127.0.0.1",
        0,
        subprotocols=[Subprotocol("dayfly.v1.msgpack")],
        process_request=fake.screen,
        compression=None,
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        fake.address = f"ws://127.0.0.1:{port}"
        async with asyncio.timeout(5):
            yield fake
    assert fake.failures == []
