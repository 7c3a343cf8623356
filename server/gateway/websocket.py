"""Carries frames between one socket and one ``Peer``; decides nothing.

A protocol class for uvicorn's public ``ws=`` hook, on the Sans-I/O layer of
``websockets``: no task and no queue a socket, 7 KiB instead of 25. Frames are
carried out in the order in which they came; one that has to wait (for the
store) makes those behind it wait, and the socket is not read meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol, cast

from websockets.datastructures import Headers
from websockets.exceptions import NegotiationError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import OPEN
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from server.clock import Clock
from server.errors import RefusalCode, Refused, ServerError
from server.gateway.door import Door, Entry, TurnedAway
from server.gateway.watch import SocketWatch
from server.protocol.codec import CODECS, Saying
from server.protocol.farewell import Farewell
from server.protocol.frames import MAX_FRAME, ClientFrame, Hello
from server.protocol.peer import Dismissed, Peer, Stage
from server.services.house import Errands
from server.services.telling import denial

log = logging.getLogger(__name__)

#: Bytes in the transport before it asks us to wait, and bytes we then keep.
#: 10,000 stalled readers cost 3.2 GB at the very worst; each is cut off at
#: this limit and resumes by number, so nothing is lost by it.
HIGH_WATER = 64 * 1024
OUTBOX = 256 * 1024
#: Frames that wait behind one that waits for the store.
INBOX = 32

_NAMES = tuple(Subprotocol(name) for name in CODECS)
_QUIET = logging.getLogger("server.gateway.websocket.frames")
# At DEBUG the library writes the head of every frame: never, at any level.
_QUIET.setLevel(logging.CRITICAL)
_QUIET.propagate = False


class Party(Protocol):
    """Whoever is behind a socket, as a use case sees it."""

    async def greet(self, hello: Hello) -> None:
        """Let them in."""
        ...

    def carry_out(self, frame: ClientFrame) -> Coroutine[Any, Any, None] | None:
        """Do what the frame asks for; the rest of it, if it takes time."""
        ...

    def leave(self) -> None:
        """They are gone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What every socket needs, made once.

    Attributes:
        party: Makes the party for an entry and its socket.
        frames_per_second: How many frames a peer may send.
    """

    clock: Clock
    door: Door
    watch: SocketWatch
    errands: Errands
    party: Callable[[Entry, WebSocket], Party]
    frames_per_second: float


def _first_known(
    _: ServerProtocol, offered: Sequence[Subprotocol]
) -> Subprotocol:
    for name in offered:
        if name in CODECS:
            return name
    raise NegotiationError("no known subprotocol")


class WebSocket(asyncio.Protocol):
    """One socket.

    Args:
        gate: What all of them share.
        server_state: uvicorn's; it closes what is in its ``connections``.
    """

    __slots__ = (
        "_address",
        "_fragments",
        "_gate",
        "_inbox",
        "_is_busy",
        "_is_closing",
        "_is_paused",
        "_is_text",
        "_outbox",
        "_outbox_size",
        "_party",
        "_peer",
        "_server_state",
        "_transport",
        "_wire",
        "heard_at",
        "is_pinged",
    )

    def __init__(self, gate: Gate, *, server_state: Any, **_: object) -> None:
        self._gate = gate
        self._server_state = server_state
        self._transport: asyncio.Transport = None  # type: ignore[assignment]  # until connection_made
        self._wire = ServerProtocol(
            subprotocols=_NAMES,
            select_subprotocol=_first_known,
            max_size=MAX_FRAME,
            logger=_QUIET,
        )
        self._address: str | None = None
        self._peer: Peer | None = None
        self._party: Party | None = None
        self._fragments: list[bytes] | None = None
        self._is_text = False
        self._inbox: deque[ClientFrame] | None = None
        self._is_busy = False
        self._is_paused = False
        self._is_closing = False
        self._outbox: deque[bytes] | None = None
        self._outbox_size = 0
        self.heard_at = gate.clock.elapsed()
        self.is_pinged = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport of the HTTP connection is ours now."""
        # uvloop's transports have the methods and not the base class.
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        self._server_state.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came in."""
        self.heard_at = self._gate.clock.elapsed()
        self.is_pinged = False
        wire = self._wire
        wire.receive_data(data)
        for event in wire.events_received():
            if isinstance(event, Frame):
                self._take_frame(event)
            elif isinstance(event, Request):
                self._shake_hands(event)
        self._flush_wire()

    def eof_received(self) -> bool:
        """The other side sends no more; nor do we."""
        self._wire.receive_eof()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        self._is_closing = True
        self._server_state.connections.discard(self)
        self._gate.watch.forget(self)
        if self._address is not None:
            self._gate.door.go_out(self._address)
            self._address = None
        if self._party is not None:
            self._party.leave()
        self._outbox = self._inbox = self._fragments = None

    def pause_writing(self) -> None:
        """The peer reads more slowly than it is written to."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """It has caught up: what waited goes out."""
        self._is_paused = False
        outbox, self._outbox = self._outbox, None
        self._outbox_size = 0
        if outbox:
            self._transport.writelines(outbox)

    # What uvicorn calls

    def shutdown(self) -> None:
        """The server stops."""
        self.dismiss(Farewell.RESTARTING)

    # What the watch calls

    def ping(self) -> None:
        """Ask for a sign of life."""
        self.is_pinged = True
        if self._wire.state is OPEN and not self._is_paused:
            self._wire.send_ping(b"")
            self._flush_wire()

    def give_up(self) -> None:
        """No sign of life came."""
        self.dismiss(Farewell.SILENT)

    def too_late(self) -> None:
        """No greeting in time, or no answer to our Close."""
        if self._is_closing:
            self._transport.abort()
        else:
            self.dismiss(Farewell.NOT_AUTHENTICATED)

    # What the services call

    def tell(self, saying: Saying) -> None:
        """Write ``saying``, or keep it until the peer reads again."""
        if self._is_closing or self._peer is None:
            return
        data = saying.encoded(self._peer.codec)
        if not self._is_paused:
            self._transport.write(data)
            return
        if saying.is_droppable:
            return
        if self._outbox is None:
            self._outbox = deque()
        self._outbox.append(data)
        self._outbox_size += len(data)
        if self._outbox_size > OUTBOX:
            self._outbox.clear()
            self.dismiss(Farewell.TOO_SLOW)

    def dismiss(self, farewell: int) -> None:
        """Close with ``farewell``, after what was told before; repeatable."""
        if self._is_closing:
            return
        self._is_closing = True
        self._gate.watch.expect_closing(self)
        if self._peer is not None:
            self._peer.stage = Stage.CLOSED
        if self._outbox:
            self._transport.writelines(self._outbox)
        self._outbox = None
        if self._wire.state is OPEN:
            self._wire.send_close(farewell, Farewell(farewell).name.lower())
            self._flush_wire()
        else:
            self._transport.close()

    # How frames come in

    def _take_frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.BINARY:
                is_text = frame.opcode is Opcode.TEXT
                if frame.fin:
                    self._take_message(bytes(frame.data), is_text=is_text)
                else:
                    self._fragments = [bytes(frame.data)]
                    self._is_text = is_text
            case Opcode.CONT if self._fragments is not None:
                # Their sum is bounded by the library: it fails the
                # connection at MAX_FRAME, and at 4,096 fragments.
                self._fragments.append(bytes(frame.data))
                if frame.fin:
                    data = b"".join(self._fragments)
                    self._fragments = None
                    self._take_message(data, is_text=self._is_text)

    def _take_message(self, data: bytes, *, is_text: bool) -> None:
        if self._is_closing or self._peer is None:
            return
        try:
            frame = self._peer.receive(
                data, binary=not is_text, at=self.heard_at
            )
        except Refused as refusal:
            self.tell(denial(refusal))
        except Dismissed as dismissed:
            if dismissed.farewell is Farewell.BROKE_PROTOCOL:
                log.info("a peer broke the protocol")
            self.dismiss(dismissed.farewell)
        else:
            if self._is_busy:
                self._wait_in_line(frame)
            else:
                self._carry_out(frame)

    def _wait_in_line(self, frame: ClientFrame) -> None:
        if self._inbox is None:
            self._inbox = deque()
        self._inbox.append(frame)
        if len(self._inbox) == INBOX:
            # Whatever is read after this is at most what the transport has
            # read already: the library's buffer, 64 KiB.
            self._transport.pause_reading()

    def _carry_out(self, frame: ClientFrame) -> None:
        assert self._party is not None  # noqa: S101 - since the handshake
        try:
            if isinstance(frame, Hello):
                rest = self._greet(frame)
            else:
                rest = self._party.carry_out(frame)
            if rest is not None:
                self._is_busy = True
                self._gate.errands.run(self._finish(rest, frame))
        except ServerError as error:
            self.tell(denial(error, _ref_of(frame)))
        except Exception as error:  # noqa: BLE001 - the last line of defence
            self._fail(error)

    async def _greet(self, hello: Hello) -> None:
        assert self._party is not None  # noqa: S101 - since the handshake
        assert self._peer is not None  # noqa: S101
        try:
            if self._peer.stage is not Stage.GREETING:
                # Two in a row, the second sent before the first was answered.
                raise Refused(RefusalCode.NOT_NOW, path="$.type")
            await self._party.greet(hello)
        except ServerError as error:
            self.tell(denial(error, hello.ref))
            if isinstance(error, Refused) and not self._peer.turn_away():
                self.dismiss(Farewell.NOT_AUTHENTICATED)
            return
        self._gate.watch.has_greeted(self)
        if not self._is_closing:
            self._peer.admit()

    async def _finish(
        self, rest: Coroutine[Any, Any, None], frame: ClientFrame
    ) -> None:
        try:
            await rest
        except ServerError as error:
            self.tell(denial(error, _ref_of(frame)))
        except Exception as error:  # noqa: BLE001 - the last line of defence
            self._fail(error)
        self._is_busy = False
        if self._is_closing and self._party is not None:
            # It may have taken a seat after the socket was gone.
            self._party.leave()
        while self._inbox and not self._is_busy:
            if len(self._inbox) == INBOX:
                self._transport.resume_reading()
            self._carry_out(self._inbox.popleft())

    def _fail(self, error: Exception) -> None:
        # The type and the place: the text may quote what a person typed.
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        log.error(
            "a frame could not be carried out",
            extra={
                "error": type(error).__name__,
                "file": place.tb_frame.f_code.co_filename if place else None,
                "line": place.tb_lineno if place else None,
            },
        )
        self.dismiss(Farewell.FAILED)

    # How it begins

    def _shake_hands(self, request: Request) -> None:
        try:
            entry = self._admit(request)
            response = self._wire.accept(request)
            if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
                # The library's own text quotes the request.
                raise TurnedAway(
                    HTTPStatus(response.status_code),
                    "not a WebSocket handshake, or no known subprotocol",
                )
        except TurnedAway as away:
            self._is_closing = True
            self._gate.watch.expect_closing(self)
            self._wire.send_response(self._turn_away(away))
            return
        self._wire.send_response(response)
        codec = CODECS[str(self._wire.subprotocol)]
        self._peer = Peer(
            entry.role,
            codec,
            at=self.heard_at,
            per_second=self._gate.frames_per_second,
        )
        self._gate.watch.expect_greeting(self)
        self._party = self._gate.party(entry, self)

    def _admit(self, request: Request) -> Entry:
        headers = request.headers
        door = self._gate.door
        peer = self._transport.get_extra_info("peername")
        address = door.address_of(
            peer[0] if isinstance(peer, tuple) else "local",
            headers.get_all("X-Forwarded-For"),
        )
        origins = headers.get_all("Origin")
        if len(origins) > 1:
            raise TurnedAway(HTTPStatus.FORBIDDEN, "more than one origin")
        entry = door.entry(
            request.path.partition("?")[0], origins[0] if origins else None
        )
        door.come_in(address)
        self._address = address
        return entry

    def _turn_away(self, away: TurnedAway) -> Response:
        response = self._wire.reject(away.status, f"{away.why}\n")
        headers: Headers = response.headers
        headers["Cache-Control"] = "no-store"
        headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _flush_wire(self) -> None:
        for data in self._wire.data_to_send():
            if data:
                self._transport.write(data)
            else:  # the library's sign for: no more from our side
                self._is_closing = True
                self._gate.watch.expect_closing(self)
                self._transport.close()


def _ref_of(frame: ClientFrame) -> str | None:
    ref: str | None = getattr(frame, "ref", None) or getattr(frame, "id", None)
    return ref
