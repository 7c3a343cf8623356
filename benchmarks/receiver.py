"""A webhook's other side: a small HTTP server that notes what it is sent.

Hand-made, like ``wire``: it shares a core with the load, and must cost less
than what it measures. It knows what Dayfly sends, and nothing else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, cast

#: What is sent back: a status, and further header lines.
Reply = tuple[int, str, bytes]
OK: Reply = (200, "", b"")

_HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Request:
    """One event as it came.

    Attributes:
        headers: By name, in lower case.
        body: To the byte, as it was signed.
    """

    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def event(self) -> dict[str, Any]:
        """What is told."""
        told: dict[str, Any] = json.loads(self.body)
        return told


def _take(request: Request) -> Reply:
    del request
    return OK


#: Decides what is answered.
Take = Callable[[Request], Reply | None]


class Receiver:
    """Listens on a free port of the loopback interface.

    Attributes:
        take: Called with each request; decides what is answered, None:
            nothing, and the connection is cut.
    """

    def __init__(self, take: Take = _take) -> None:
        self.take = take
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Transport] = set()

    async def __aenter__(self) -> Self:
        await self.listen(0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def listen(self, port: int) -> None:
        """Open the port; 0 for a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self), "127.0.0.1", port
        )

    def close(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
        for transport in tuple(self._open):
            transport.abort()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None  # noqa: S101 - narrows
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """What to write into the settings."""
        return f"http://127.0.0.1:{self.port}/dayfly"

    def opened(self, transport: asyncio.Transport) -> None:
        """A connection is there."""
        self._open.add(transport)

    def lost(self, transport: asyncio.Transport) -> None:
        """It is gone."""
        self._open.discard(transport)


class _Connection(asyncio.Protocol):
    """One connection; requests come one after the other."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods and not the base class.
        self._transport = cast("asyncio.Transport", transport)
        self._receiver.opened(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._receiver.lost(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, end, rest = self._buffer.partition(_HEAD_END)
            if not end:
                return
            headers = _headers_in(head)
            size = int(headers.get("content-length", 0))
            if len(rest) < size:
                return
            self._buffer = rest[size:]
            self._answer(self._receiver.take(Request(headers, rest[:size])))

    def _answer(self, reply: Reply | None) -> None:
        if reply is None:
            self._transport.abort()
            return
        status, headers, body = reply
        self._transport.write(
            f"HTTP/1.1 {status} -\r\ncontent-length: {len(body)}\r\n"
            f"{headers}\r\n".encode()
            + body
        )


def _headers_in(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}
