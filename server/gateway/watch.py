"""Keeps an eye on the open sockets: who is silent, and who never said hello.

One task for all of them instead of a timer each: at 5,000 sockets a round
costs about a millisecond, and an idle socket nothing.
"""

from __future__ import annotations

from typing import Protocol

from server.clock import Clock

#: Seconds between rounds; what is late is found at most this much later.
ROUND = 1.0
#: Seconds in which the first valid ``hello`` has to arrive.
GREETING = 5.0
#: Seconds in which a peer has to answer our Close, or to read what is queued.
CLOSING = 2.0


class Watched(Protocol):
    """A socket, as far as watching it needs."""

    heard_at: float
    is_pinged: bool

    def ping(self) -> None:
        """Ask for a sign of life."""
        ...

    def give_up(self) -> None:
        """No sign of life came."""
        ...

    def too_late(self) -> None:
        """It was given a time in which to greet, or to close."""
        ...


class SocketWatch:
    """Every open socket, and the few that have to do something in time.

    Args:
        clock: Asked once a round.
        heartbeat: Seconds of silence after which a sign of life is asked
            for, and after as many more without one the socket is closed.
    """

    def __init__(self, clock: Clock, *, heartbeat: float) -> None:
        self._clock = clock
        self._heartbeat = heartbeat
        self._sockets: set[Watched] = set()
        # Oldest first, because dictionaries keep their order: a round looks
        # at the heads and no further.
        self._greeting: dict[Watched, float] = {}
        self._closing: dict[Watched, float] = {}

    def __len__(self) -> int:
        return len(self._sockets)

    def expect_greeting(self, socket: Watched) -> None:
        """``socket`` has to greet in time."""
        self._sockets.add(socket)
        self._greeting[socket] = self._clock.elapsed() + GREETING

    def has_greeted(self, socket: Watched) -> None:
        """It has."""
        self._greeting.pop(socket, None)

    def expect_closing(self, socket: Watched) -> None:
        """``socket`` has to be gone in time."""
        self._sockets.discard(socket)
        self._greeting.pop(socket, None)
        self._closing.setdefault(socket, self._clock.elapsed() + CLOSING)

    def forget(self, socket: Watched) -> None:
        """It is gone; safe to repeat."""
        self._sockets.discard(socket)
        self._greeting.pop(socket, None)
        self._closing.pop(socket, None)

    async def run(self) -> None:
        """Go round until cancelled."""
        while True:
            await self._clock.sleep(ROUND)
            self.look()

    def look(self) -> None:
        """One round."""
        now = self._clock.elapsed()
        for late in (self._greeting, self._closing):
            while late:
                socket, at = next(iter(late.items()))
                if at > now:
                    break
                del late[socket]
                socket.too_late()
        for socket in tuple(self._sockets):
            silent = now - socket.heard_at
            if silent > 2 * self._heartbeat:
                socket.give_up()
            elif silent > self._heartbeat and not socket.is_pinged:
                socket.ping()
