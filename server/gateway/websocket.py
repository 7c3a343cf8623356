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
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN

from server.clock import Clock
from server.errors import RefusalCode, Refused, ServerError
from server.gateway.door import Door, Entry, TurnedAway
from server.gateway.handshake import acceptance, entry_of, new_wire, refusal
from server.gateway.outbox import Outbox
from server.gateway.party import Party, Rest
from server.gateway.watch import SocketWatch
from server.metrics import Metrics
from server.protocol.client_frames import ClientFrame, Hello
from server.protocol.codec import CODECS, Saying
from server.protocol.farewell import Farewell
from server.protocol.parts import Role
from server.protocol.peer import Dismissed, Peer, Stage
from server.protocol.server_frames import Denied, Welcome
from server.services.house import Errands
from server.services.telling import denial

log = logging.getLogger(__name__)

#: Frames that wait behind one that waits for the store.
INBOX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What every socket needs, made once.

    Attributes:
        party: Makes the party for an entry and its socket.
        frames_per_second: How many frames a peer may send.
        sockets: How many are open, by role.
    """

    clock: Clock
    door: Door
    watch: SocketWatch
    errands: Errands
    party: Callable[[Entry, WebSocket], Party]
    frames_per_second: float
    metrics: Metrics = field(default_factory=Metrics)
    sockets: dict[Role, int] = field(
        default_factory=lambda: dict.fromkeys(Role, 0)
    )


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
        "_is_text",
        "_outbox",
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
        self._outbox: Outbox = None  # type: ignore[assignment]  # likewise
        self._wire = new_wire()
        self._address: str | None = None
        self._peer: Peer | None = None
        self._party: Party | None = None
        self._fragments: bytearray | None = None
        self._is_text = False
        self._inbox: deque[ClientFrame] | None = None
        self._is_busy = False
        self._is_closing = False
        self.heard_at = gate.clock.elapsed()
        self.is_pinged = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport of the HTTP connection is ours now."""
        # uvloop's transports have the methods and not the base class.
        self._transport = cast("asyncio.Transport", transport)
        self._outbox = Outbox(self._transport)
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
        self._flush_wire()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        self._is_closing = True
        self._server_state.connections.discard(self)
        self._gate.watch.forget(self)
        if self._address is not None:
            self._gate.door.go_out(self._address)
            self._address = None
            if self._peer is not None:
                self._gate.sockets[self._peer.role] -= 1
        if self._party is not None:
            self._party.leave()
        self._outbox.drop()
        self._inbox = self._fragments = None

    def pause_writing(self) -> None:
        """The peer reads more slowly than it is written to."""
        self._outbox.pause()

    def resume_writing(self) -> None:
        """It has caught up: what waited goes out."""
        self._outbox.resume()

    # What uvicorn calls

    def shutdown(self) -> None:
        """The server stops."""
        self.dismiss(Farewell.RESTARTING)

    # What the watch calls

    def ping(self) -> None:
        """Ask for a sign of life."""
        self.is_pinged = True
        if self._wire.state is OPEN and not self._outbox.is_paused:
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
        kind = type(saying.frame)
        if kind is Welcome:
            self._admit(self._peer)
        elif kind is Denied:
            self._gate.metrics.refusals[cast("Denied", saying.frame).code].add()
        data = saying.encoded(self._peer.codec)
        if not self._outbox.put(data, is_droppable=saying.is_droppable):
            self._outbox.drop()
            self.dismiss(Farewell.TOO_SLOW)

    def dismiss(self, farewell: int) -> None:
        """Close with ``farewell``, after what was told before; repeatable."""
        if self._is_closing:
            return
        self._gate.metrics.closed[Farewell(farewell).name.lower()].add()
        self._close()
        if self._wire.state is OPEN:
            self._wire.send_close(farewell, Farewell(farewell).name.lower())
            self._flush_wire(is_farewell=True)
        else:
            self._transport.close()

    def _close(self) -> None:
        self._is_closing = True
        self._gate.watch.expect_closing(self)
        if self._peer is not None:
            self._peer.stage = Stage.CLOSED
        self._outbox.flush()

    # How frames come in

    def _take_frame(self, frame: Frame) -> None:
        if self._is_closing or self._peer is None:
            return
        try:
            self._take_part(frame, self._peer)
        except Refused as refusal:
            self.tell(denial(refusal))
        except Dismissed as dismissed:
            log.info("a peer broke the protocol")
            self.dismiss(dismissed.farewell)

    def _take_part(self, part: Frame, peer: Peer) -> None:
        """Take a message, or a part of one.

        The library checks that parts come in an order that makes sense, and
        that their sum stays within MAX_FRAME. It does not count them.
        """
        if part.opcode in {Opcode.TEXT, Opcode.BINARY}:
            self._is_text = part.opcode is Opcode.TEXT
            if part.fin:
                self._take_message(bytes(part.data), peer)
            else:
                self._fragments = bytearray(part.data)
            return
        if not part.data or part.opcode is not Opcode.CONT:
            # Whatever brings nothing costs as much as a frame: an answer, or
            # at least the time to look at it.
            peer.count(self.heard_at)
        if part.opcode is Opcode.CONT and self._fragments is not None:
            self._fragments += part.data
            if part.fin:
                data, self._fragments = bytes(self._fragments), None
                self._take_message(data, peer)

    def _take_message(self, data: bytes, peer: Peer) -> None:
        frame = peer.receive(data, binary=not self._is_text, at=self.heard_at)
        if self._is_busy:
            self._wait_in_line(frame)
        else:
            self._carry_out(frame)

    def _wait_in_line(self, frame: ClientFrame) -> None:
        if self._inbox is None:
            self._inbox = deque()
        self._inbox.append(frame)
        if len(self._inbox) == INBOX:
            # What the transport has read already (256 KB) still comes in; the
            # peer's rate of frames bounds how many that can be.
            self._transport.pause_reading()

    def _carry_out(self, frame: ClientFrame) -> None:
        assert self._party is not None  # noqa: S101 - since the handshake
        try:
            rest = (
                self._greet(frame)
                if isinstance(frame, Hello)
                else self._party.carry_out(frame)
            )
            if rest is not None:
                self._start(self._finish(rest, frame), rest)
        except ServerError as error:
            self.tell(denial(error, _ref_of(frame)))
        except Exception as error:  # noqa: BLE001 - the last line of defence
            self._fail(error)

    def _start(self, work: Rest, rest: Rest) -> None:
        try:
            self._gate.errands.run(work)
        except ServerError:
            rest.close()
            raise
        self._is_busy = True

    async def _greet(self, hello: Hello) -> None:
        assert self._party is not None  # noqa: S101 - since the handshake
        assert self._peer is not None  # noqa: S101
        if self._peer.stage is not Stage.GREETING:
            # Two in a row, the second sent before the first was answered.
            raise Refused(RefusalCode.NOT_NOW, path="$.type")
        try:
            await self._party.greet(hello)
        except ServerError as error:
            # Half a greeting must leave no seat behind.
            self._party.leave()
            self.tell(denial(error, hello.ref))
            if self._peer.is_in:
                # Welcomed, and then the store failed: begin anew, later.
                self.dismiss(Farewell.TRY_LATER)
            elif isinstance(error, Refused) and not self._peer.turn_away():
                self.dismiss(Farewell.NOT_AUTHENTICATED)

    def _admit(self, peer: Peer) -> None:
        # As soon as it is told, not when the greeting is over: a client that
        # answers ``welcome`` at once is in. What it says waits in line.
        if peer.stage is Stage.GREETING:
            peer.admit()
            self._gate.watch.has_greeted(self)

    async def _finish(self, rest: Rest, frame: ClientFrame) -> None:
        try:
            await rest
        except ServerError as error:
            self.tell(denial(error, _ref_of(frame)))
        except Exception as error:  # noqa: BLE001 - the last line of defence
            self._fail(error)
        self._is_busy = False
        if self._is_closing:
            # It may have taken a seat after the socket was gone; and what
            # still waits in line has nobody behind it any more.
            self._inbox = None
            if self._party is not None:
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
        door = self._gate.door
        try:
            entry, self._address = entry_of(request, door, self._transport)
            response = acceptance(self._wire, request)
        except TurnedAway as away:
            self._wire.send_response(refusal(self._wire, away))
            return
        self._wire.send_response(response)
        self._peer = Peer(
            entry.role,
            CODECS[str(self._wire.subprotocol)],
            at=self.heard_at,
            per_second=self._gate.frames_per_second,
        )
        self._gate.sockets[entry.role] += 1
        self._gate.watch.expect_greeting(self)
        self._party = self._gate.party(entry, self)

    def _flush_wire(self, *, is_farewell: bool = False) -> None:
        for data in self._wire.data_to_send():
            if not data:  # the library's sign for: no more from our side
                if not self._is_closing:
                    self._close()
                self._transport.close()
            elif is_farewell:
                self._transport.write(data)
            elif not self._is_closing and not self._outbox.put(data):
                # It floods us with Pings and does not read the Pongs.
                self._outbox.drop()
                self.dismiss(Farewell.TOO_SLOW)


def _ref_of(frame: ClientFrame) -> str | None:
    ref: str | None = getattr(frame, "ref", None) or getattr(frame, "id", None)
    return ref
