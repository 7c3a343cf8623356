"""A WebSocket without a socket: a transport in memory, and the other end.

The other end is the library's own client, so that what we write is read by
other hands, and what it sends is masked and framed as browsers do it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast

import msgpack
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from server.domain.channel import Channel
from server.gateway.door import Door, Entry
from server.gateway.party import Party
from server.gateway.watch import SocketWatch
from server.gateway.websocket import Gate, WebSocket
from server.ids import AccountId, ChannelId
from server.protocol.client_frames import ClientFrame, Hello
from server.protocol.codec import Saying
from server.protocol.parts import Limits
from server.protocol.server_frames import Pong, Unlisted, Welcome
from server.services.house import Errands
from tests.fakes import FakeClock

SHOP = Channel(
    id=ChannelId("shop"),
    account=AccountId("acme"),
    name="Shop",
    greeting="",
    color="#000000",
    allowed_origins=("https://shop.example",),
    inactivity=1800.0,
    max_age=86_400.0,
)
OWN = "https://chat.example"


class FakeTransport:
    """Keeps what is written.

    Attributes:
        written: What the other end has not read yet.
        is_read: Whether we read from it; ``pause_reading`` ends that.
        end: How it ended: ``closed``, ``aborted`` or not yet.
        unread: Bytes that the other end lets lie.
    """

    def __init__(self, peer: object) -> None:
        self.peer = peer
        self.written = bytearray()
        self.is_read = True
        self.end = ""
        self.high = 0
        self.unread = 0

    def get_extra_info(self, name: str) -> object:
        return {"peername": self.peer}.get(name)

    def set_write_buffer_limits(self, high: int) -> None:
        self.high = high

    def set_protocol(self, protocol: object) -> None:
        """Belong to somebody else."""

    def is_closing(self) -> bool:
        return bool(self.end)

    def get_write_buffer_size(self) -> int:
        return self.unread

    def write(self, data: bytes) -> None:
        if not self.end:
            self.written += data

    def writelines(self, lines: Iterable[bytes]) -> None:
        self.write(b"".join(lines))

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True

    def close(self) -> None:
        self.end = self.end or "closed"

    def abort(self) -> None:
        self.end = "aborted"


WELCOME = Saying(
    Welcome(
        role="customer",
        limits=Limits(text=1, frame=1, per_second=1, burst=1),
        heartbeat=25,
        now_at=0,
    )
)
PONG = Saying(Pong())


class FakeParty:
    """Does what a test tells it, frame by frame.

    Attributes:
        carried_out: The frames that reached it, in order.
        seats: How many seats it has taken and not left.
        greeting: What ``greet`` does.
        answers: What is to be awaited for a frame, by its type.
    """

    def __init__(self, entry: Entry, socket: WebSocket) -> None:
        self.entry = entry
        self.socket = socket
        self.carried_out: list[ClientFrame] = []
        self.seats = 0
        self.greeting: Callable[[], Any] | None = None
        self.answers: dict[type[ClientFrame], Callable[[], Any]] = {}

    async def greet(self, hello: Hello) -> None:
        if self.greeting is not None:
            await self.greeting()
        self.seats += 1
        self.socket.tell(WELCOME)

    def carry_out(self, frame: ClientFrame) -> Any:
        self.carried_out.append(frame)
        answer = self.answers.get(type(frame))
        return None if answer is None else answer()

    def leave(self) -> None:
        self.seats = 0


class Line:
    """One connection, both ends of it.

    Attributes:
        frames: What the client has heard, decoded, oldest first.
        close_code: How the server closed, as the client heard it.
    """

    def __init__(
        self, *, peer: object = ("192.0.2.1", 5000), **door: Any
    ) -> None:
        self.clock = FakeClock()
        self.watch = SocketWatch(self.clock, heartbeat=25.0)
        self.errands = Errands()
        self.door = Door({SHOP.id: SHOP}, own_origins=[OWN], **door)
        self.connections: set[object] = set()
        self.parties: list[FakeParty] = []
        gate = Gate(
            clock=self.clock,
            door=self.door,
            watch=self.watch,
            errands=self.errands,
            party=self._new_party,
            frames_per_second=50.0,
        )
        self.transport = FakeTransport(peer)
        self.server = WebSocket(gate, server_state=self, config=None)
        self.server.connection_made(cast("asyncio.Transport", self.transport))
        self.client = ClientProtocol(
            parse_uri("ws://chat.example/socket/customer/shop"),
            subprotocols=[Subprotocol("dayfly.v1.msgpack")],
        )
        self.response = ""
        self.frames: list[dict[str, Any]] = []

    def _new_party(self, entry: Entry, socket: WebSocket) -> Party:
        self.parties.append(FakeParty(entry, socket))
        return self.parties[-1]

    @property
    def party(self) -> FakeParty:
        """Whoever is behind the socket."""
        return self.parties[0]

    @property
    def close_code(self) -> int | None:
        """How the server closed, as far as the client has read."""
        return self.client.close_rcvd.code if self.client.close_rcvd else None

    def request(self, path: str = "", **headers: str) -> Request:
        """A handshake; ``headers`` replace the usual ones, "" leaves out."""
        request = self.client.connect()
        request.headers.pop("Sec-WebSocket-Extensions", None)
        for name, value in headers.items():
            request.headers.pop(name.replace("_", "-"), None)
            if value:
                request.headers[name.replace("_", "-")] = value
        return Request(path or request.path, request.headers)

    def shake_hands(self, request: Request | None = None) -> str:
        """Ask to come in; the status line and all that follows it."""
        request = request or self.request()
        self.client.send_request(request)
        self.client.data_to_send()
        self.server.data_received(request.serialize())
        self.response = bytes(self.transport.written).decode("latin-1")
        self.listen()
        return self.response

    async def come_in(self) -> Line:
        """Shake hands and say hello; the line itself."""
        self.shake_hands()
        self.say("hello")
        await self.settle()
        return self

    def say(self, kind: str, **fields: Any) -> None:
        """One frame from the client."""
        self.send(msgpack.packb({"type": kind, **fields}))

    def send(
        self, data: bytes, opcode: Opcode = Opcode.BINARY, *, fin: bool = True
    ) -> None:
        """One WebSocket frame from the client, as it is."""
        frame = Frame(opcode, data, fin)
        self.bytes(frame.serialize(mask=True, extensions=[]))

    def bytes(self, data: bytes) -> None:
        """Bytes from the client."""
        self.server.data_received(data)

    def listen(self) -> None:
        """The client reads all that was written."""
        data = bytes(self.transport.written)
        self.transport.written.clear()
        self.client.receive_data(data)
        for event in self.client.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.BINARY:
                self.frames.append(msgpack.unpackb(event.data))

    async def settle(self) -> None:
        """What was begun goes as far as it can."""
        for _ in range(5):
            await asyncio.sleep(0)
        if self.transport.written:
            self.listen()

    def kinds(self) -> list[str]:
        """The types of the frames heard."""
        return [frame["type"] for frame in self.frames]


def big(size: int = 50_000) -> Saying:
    """A frame of about ``size`` bytes."""
    return Saying(Unlisted(conversation="x" * size))
