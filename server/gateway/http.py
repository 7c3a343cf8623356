"""HTTP requests with the limits that uvicorn has not.

Left alone, a connection that sends half a request, or nothing, lives for
ever. Here every request has an absolute deadline, and every address a number
of connections.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.gateway.door import Door, TurnedAway

#: Seconds from the first byte of a connection, or of its next request, until
#: the whole request is there. The pages' requests are a few hundred bytes.
DEADLINE = 10.0


class Http(HttpToolsProtocol):
    """One HTTP connection; becomes a ``WebSocket`` if asked to.

    Args:
        door: Counts it.
    """

    def __init__(self, door: Door, **parts: Any) -> None:
        super().__init__(**parts)
        self._door = door
        self._address: str | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, and give it its time."""
        super().connection_made(cast("asyncio.Transport", transport))
        address = self.client[0] if self.client else "local"
        try:
            self._door.come_in(address)
        except TurnedAway:
            # Without a word: an answer costs more than the connection did,
            # and what floods does not read.
            transport.abort()
            return
        self._address = address
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._finish()
        self._go_out()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """The socket goes to a ``WebSocket``, which counts it anew."""
        self._finish()
        self._go_out()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._begin()

    def on_message_complete(self) -> None:
        """It is all there."""
        self._finish()
        super().on_message_complete()

    def _begin(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(DEADLINE, self._too_late)

    def _finish(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        self.transport.abort()

    def _go_out(self) -> None:
        if self._address is not None:
            self._door.go_out(self._address)
            self._address = None
