"""The socket: dial, greet, listen, and dial again where the code allows it.

Everything that is said is decided by a ``Party``; here is only how it gets
there. A frame told while there is no connection is not kept: what must not be
lost is pending in a transcript, and is sent again after each ``welcome``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
)
from websockets.typing import Subprotocol

from client_demo.backoff import ABNORMAL, LEFT, TRY_LATER, Backoff, may_return
from client_demo.errors import Refused, Unreachable, Unusable
from client_demo.wire import LARGEST, SUBPROTOCOL, Frame, pack, unpack

#: Seconds: to connect, to answer ``hello``, to answer ``ping``.
CONNECT_SECONDS, WELCOME_SECONDS, PONG_SECONDS = 10.0, 10.0, 10.0

#: Statuses of an HTTP answer after which to come back: too many connections,
#: and what a proxy says while the server behind it restarts.
_LATER = frozenset({429, 502, 503, 504})


class Party(Protocol):
    """Who speaks over a connection."""

    def hello(self) -> Frame:
        """The first frame of the next attempt."""

    def turned_away(self, frame: Frame) -> bool:
        """``hello`` was refused: say another one at once, or leave?"""

    def hear(self, frame: Frame) -> None:
        """A frame of a connection that is in; the first is ``welcome``."""

    def lost(self, pause: float) -> None:
        """The connection is lost; the next attempt is in ``pause`` seconds."""


class Connection:
    """One party's connection, through as many sockets as it takes.

    Args:
        address: ``ws://`` or ``wss://``, with the path of section 1.
        jitter: Random numbers from 0 to 1, for the pauses.
        elapsed: Seconds on a steady scale.
        pong_seconds: How long a ``ping`` may stay unanswered.
    """

    def __init__(
        self,
        address: str,
        *,
        jitter: Callable[[], float],
        elapsed: Callable[[], float],
        pong_seconds: float = PONG_SECONDS,
    ) -> None:
        self._address = address
        self._elapsed = elapsed
        self._pong_seconds = pong_seconds
        self._backoff = Backoff(jitter)
        # None means: close. Unbounded, since only a person's typing and our
        # answers to what we read go in, and a lost connection throws it away.
        self._outgoing: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._leaving = asyncio.Event()
        self._in_since: float | None = None
        self._was_in = False

    def tell(self, frame: Frame) -> bool:
        """Send ``frame`` soon; False if there is no connection just now."""
        if self._in_since is None or self._leaving.is_set():
            return False
        self._outgoing.put_nowait(frame)
        return True

    def leave(self) -> None:
        """Close for good, after everything told so far has been sent."""
        self._leaving.set()
        self._outgoing.put_nowait(None)

    async def run(self, party: Party) -> int:
        """Stay connected until one side is done; the last close code.

        Raises:
            Refused: The server will not have us.
            Unreachable: The first attempt found no server, or something that
                is none.
        """
        while True:
            code = await self._attend(party)
            if self._leaving.is_set():
                return LEFT
            if not may_return(code):
                return code
            pause = self._backoff.pause(lasted=self._lasted())
            party.lost(pause)
            await self._rest(pause)
            if self._leaving.is_set():
                return LEFT

    def _lasted(self) -> float:
        since, self._in_since = self._in_since, None
        return 0.0 if since is None else self._elapsed() - since

    async def _rest(self, pause: float) -> None:
        try:
            async with asyncio.timeout(pause):
                await self._leaving.wait()
        except TimeoutError:
            return

    async def _attend(self, party: Party) -> int:
        self._in_since = None
        self._outgoing = asyncio.Queue()
        try:
            socket = await self._dial()
        except (OSError, TimeoutError, InvalidHandshake) as error:
            if isinstance(error, InvalidStatus):
                return _answered(error.response.status_code)
            if not self._was_in:
                raise Unreachable("cannot connect: no server there") from error
            return ABNORMAL
        async with socket:
            writing = asyncio.create_task(self._write(socket))
            try:
                return await self._listen(socket, party)
            except ConnectionClosed as closed:
                return _code(closed)
            except (KeyError, TypeError, ValueError) as error:
                raise Unreachable("what answers speaks otherwise") from error
            finally:
                writing.cancel()

    async def _dial(self) -> ClientConnection:
        try:
            return await connect(
                self._address,
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                compression=None,
                max_size=LARGEST,
                open_timeout=CONNECT_SECONDS,
                close_timeout=2,
                ping_interval=None,  # the protocol's own ``ping`` is used
                proxy=None,
            )
        except InvalidURI as error:
            raise Unusable("not an address of a server") from error

    async def _listen(self, socket: ClientConnection, party: Party) -> int:
        await socket.send(pack(party.hello()))
        silence, asked = WELCOME_SECONDS, True
        heartbeat = WELCOME_SECONDS
        while True:
            try:
                async with asyncio.timeout(silence):
                    frame = unpack(await socket.recv())
            except TimeoutError:
                if asked:
                    socket.transport.abort()
                    return ABNORMAL
                self._outgoing.put_nowait({"type": "ping"})
                silence, asked = self._pong_seconds, True
                continue
            if self._in_since is None:
                if not await self._greeted(socket, party, frame):
                    continue
                heartbeat = float(frame["heartbeat"])
            silence, asked = heartbeat, False
            party.hear(frame)

    async def _greeted(
        self, socket: ClientConnection, party: Party, frame: Frame
    ) -> bool:
        """Whether ``frame`` is the welcome; a refusal is answered."""
        if frame["type"] == "welcome":
            self._in_since = self._elapsed()
            self._was_in = True
            return True
        if frame["type"] == "refused":
            if frame.get("retry"):
                raise ConnectionClosed(None, None)
            if not party.turned_away(frame):
                raise Refused(f"refused: {frame['code']}")
            await socket.send(pack(party.hello()))
        return False

    async def _write(self, socket: ClientConnection) -> None:
        outgoing = self._outgoing
        try:
            if self._leaving.is_set():
                await socket.close()
            while (frame := await outgoing.get()) is not None:
                await socket.send(pack(frame))
            await socket.close()
        except ConnectionClosed:
            return  # the reader hears of it too, with the code


def _answered(status: int) -> int:
    if status in _LATER:
        return TRY_LATER
    why = {403: "this origin may not connect", 404: "no such channel"}
    raise Refused(f"refused: {why.get(status, f'HTTP status {status}')}")


def _code(closed: ConnectionClosed) -> int:
    """The server's code, else our own complaint about what it sent."""
    close = closed.rcvd or closed.sent
    return ABNORMAL if close is None else int(close.code)
