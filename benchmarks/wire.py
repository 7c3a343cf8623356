"""A lean WebSocket client that speaks both of Dayfly's subprotocols.

Hand-made, because the load must cost less than the server under it: a library
spends more on a frame than the whole of ours. It knows exactly what the
Dayfly protocol lets a server send, and closes on everything else.

Frames of a client must be masked (RFC 6455, 5.3). The mask here is four zero
bytes: legal, and then masking is doing nothing. A browser must not do that,
for its mask protects proxies from chosen bytes; on loopback there are none.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import msgpack

Frame = dict[str, Any]

#: Seconds an answer may take before a benchmark gives up on the server.
PATIENCE = 30.0

_TEXT, _BINARY = 0x1, 0x2
_CLOSE, _PING, _PONG = 0x8, 0x9, 0xA
_NO_MASK = bytes(4)
_SHORT, _MEDIUM = 126, 127
#: What ``closed`` is told if the connection broke without a close frame.
ABNORMAL = 1006


class Refusal(Exception):
    """The server refused a frame; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Cut(Exception):
    """The connection ended while an answer was awaited."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True, slots=True)
class Speech:
    """How frames become bytes; the subprotocols of docs/protocol.md."""

    name: str
    opcode: int
    pack: Callable[[Frame], bytes]
    unpack: Callable[[bytes], Frame]


def _as_json(frame: Frame) -> bytes:
    return json.dumps(frame, separators=(",", ":")).encode()


MSGPACK = Speech("dayfly.v1.msgpack", _BINARY, msgpack.packb, msgpack.unpackb)
JSON = Speech("dayfly.v1.json", _TEXT, _as_json, json.loads)


def packed(frame: Frame, speech: Speech = MSGPACK) -> bytes:
    """``frame`` as a whole WebSocket message from a client."""
    payload = speech.pack(frame)
    size = len(payload)
    if size < _SHORT:
        head = bytes((0x80 | speech.opcode, 0x80 | size))
    else:
        head = bytes((0x80 | speech.opcode, 0x80 | _SHORT))
        head += size.to_bytes(2, "big")
    return head + _NO_MASK + payload


def _control(opcode: int, payload: bytes) -> bytes:
    return bytes((0x80 | opcode, 0x80 | len(payload))) + _NO_MASK + payload


class Link(asyncio.Protocol):
    """One connection to the server.

    Attributes:
        hear: Called with every frame, in order; replace it as you like.
        latest: The newest frame of each type.
        closed: Resolves to the close code when the connection is over.
    """

    def __init__(
        self, path: str, hear: Callable[[Frame], None], speech: Speech
    ) -> None:
        self.hear = hear
        self._speech = speech
        self._whole = 0x80 | speech.opcode
        self.latest: dict[str, Frame] = {}
        loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[int] = loop.create_future()
        self._opened: asyncio.Future[None] = loop.create_future()
        self._path = path
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._code = ABNORMAL
        self._awaited: tuple[str, str | None] = ("", None)
        self._answer: asyncio.Future[Frame] | None = None
        self._receive = self._shake

    @classmethod
    async def open(
        cls,
        port: int,
        path: str,
        hear: Callable[[Frame], None],
        speech: Speech = MSGPACK,
    ) -> Link:
        """Connect to ``port`` of this machine and shake hands.

        Raises:
            OSError: Nobody listens there.
            Cut: The server answered with something else than an upgrade.
        """
        loop = asyncio.get_running_loop()
        _, link = await loop.create_connection(
            lambda: cls(path, hear, speech), "127.0.0.1", port
        )
        await asyncio.wait_for(link._opened, PATIENCE)  # noqa: SLF001 - our own
        return link

    # What happens to the connection.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        # uvloop's transports are asyncio's in deed, not in name.
        self._transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {self._speech.name}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Cut what came into frames; uvloop keeps this bound method."""
        self._receive(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits; to a load client all breaks are the same."""
        del exc
        if not self.closed.done():
            self.closed.set_result(self._code)
        for waiter in (self._opened, self._answer):
            if waiter is not None and not waiter.done():
                waiter.set_exception(Cut(self._code))

    def _shake(self, data: bytes) -> None:
        head, end, rest = (self._buffer + data).partition(b"\r\n\r\n")
        if not end:
            self._buffer = head
            return
        self._buffer = b""
        if not head.startswith(b"HTTP/1.1 101 "):
            self._code = int(head[9:12])  # the HTTP status says more
            self.abort()
            return
        self._receive = self._hear_bytes
        self._opened.set_result(None)
        if rest:
            self._hear_bytes(rest)

    def _hear_bytes(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        at, end = 0, len(data)
        while end - at >= 2:
            start, size = at + 2, data[at + 1]
            if size == _SHORT:
                start, size = at + 4, int.from_bytes(data[at + 2 : at + 4])
            elif size == _MEDIUM:
                start, size = at + 10, int.from_bytes(data[at + 2 : at + 10])
            if start + size > end:
                break
            at, first = start + size, data[at]
            if first == self._whole:
                self._take(self._speech.unpack(data[start:at]))
            else:
                self._take_control(first, data[start:at])
        self._buffer = data[at:]

    def _take(self, frame: Frame) -> None:
        kind = frame["type"]
        self.latest[kind] = frame
        self.hear(frame)
        answer = self._answer
        if answer is None or answer.done():
            return
        awaited, its_id = self._awaited
        if kind == awaited and its_id in {None, frame.get("id")}:
            answer.set_result(frame)
        elif kind == "refused":
            answer.set_exception(Refusal(frame["code"]))

    def _take_control(self, first: int, payload: bytes) -> None:
        if first == 0x80 | _PING:
            self.write(_control(_PONG, payload))
        elif first == 0x80 | _CLOSE:
            self._code = int.from_bytes(payload[:2]) or ABNORMAL
            self.write(_control(_CLOSE, payload[:2]))
            if self._transport is not None:
                self._transport.close()
        elif first != 0x80 | _PONG:
            self.abort()

    # What we do to it.

    def write(self, data: bytes) -> None:
        """Send bytes that are whole WebSocket frames."""
        if self._transport is not None:
            self._transport.write(data)

    def send(self, frame: Frame) -> None:
        """Send ``frame``."""
        self.write(packed(frame, self._speech))

    async def ask(
        self, frame: Frame, answer: str, *, about: str | None = None
    ) -> Frame:
        """Send ``frame`` and wait for the next frame of type ``answer``.

        If ``about`` is given, for the next whose ``id`` is that.

        Raises:
            Refusal: The server refused something meanwhile.
            Cut: The connection ended.
            TimeoutError: Nothing came in ``PATIENCE`` seconds.
        """
        self._awaited = answer, about
        self._answer = asyncio.get_running_loop().create_future()
        self.send(frame)
        return await asyncio.wait_for(self._answer, PATIENCE)

    def abort(self) -> None:
        """Vanish without a word, as a phone in a tunnel does."""
        if self._transport is not None:
            self._transport.abort()

    async def leave(self) -> None:
        """Close politely and wait for it."""
        self.write(_control(_CLOSE, (1000).to_bytes(2, "big")))
        await asyncio.wait({self.closed}, timeout=2.0)
        self.abort()
