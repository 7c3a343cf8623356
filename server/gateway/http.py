"""HTTP requests with the limits that uvicorn has not.

Left alone, a connection that sends half a request, or nothing, or does not
read the answer, lives for ever. Here requests and answers have an absolute
deadline, a request has a size, and every address a number of connections.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from server.gateway.door import Door, TurnedAway

#: Where requests and answers are files.
FILES = "/attachments"
#: Seconds from the first byte of a connection, or of its next request, until
#: the whole request is there. The pages' requests are a few hundred bytes.
DEADLINE = 10.0
#: Seconds from there until the whole answer is written: 30 KB a second for
#: the largest file there is.
ANSWERING = 30.0
#: Bytes of one request. A browser sends less than a thousand, and eight times
#: as much where other programs of the same host have set many cookies.
MOST_BYTES = 64 * 1024
#: Bytes of a request that sends an attachment; the channel has a limit of
#: its own below it.
MOST_UPLOADED = 101 * 2**20
#: The ends of the paths where back-ends give what is kept in memory, and the
#: bytes after which the connection is cut: those above the routes' own bound
#: are read and dropped.
GIVEN = ("/private-data", "/create")
#: The beginning of the paths of the API, which does the same.
API = "/api/v1/"
MOST_GIVEN = 8 * 2**20
#: What stands in the paths by which it gives files that are written while
#: they are read: they may be of any size.
WRITTEN = ("/privacy/exports/", "/server/backups")
#: Bytes a second that such a request must bring on the whole, and seconds an
#: answer with one may take. A telephone in a train manages.
SLOWEST = 8 * 1024
GIVING = 900.0
#: Requests sent before the first is answered; browsers send no second.
MOST_AT_ONCE = 8


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
        self._bytes = 0
        self._began_at = 0.0
        self._is_file = self._answers_long = False
        self._most = MOST_BYTES

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, and give it its time."""
        super().connection_made(cast("asyncio.Transport", transport))
        address = self.client[0] if self.client else "local"
        try:
            self._door.come_in(address)
        except TurnedAway:
            # Without a word: an answer costs more than the connection did,
            # and what floods does not read.
            self.transport.abort()
            return
        self._address = address
        self._allow(DEADLINE)

    def data_received(self, data: bytes) -> None:
        """Bytes came in."""
        if len(self.pipeline) >= MOST_AT_ONCE:
            self.transport.abort()
            return
        if self._deadline is None:
            # Not when a request begins: empty lines before it begin none.
            self._allow(DEADLINE)
        if self._bytes == 0:
            self._began_at = self.loop.time()
        self._bytes += len(data)
        super().data_received(data)
        # Only now is it known what kind of request it is. What was read at
        # once is bounded by the loop: 256 KiB.
        if self._bytes > self._most:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._allow(None)
        self._go_out()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """The socket goes to a ``WebSocket``, which counts it anew."""
        self._allow(None)
        self._go_out()
        super().handle_websocket_upgrade()

    def on_headers_complete(self) -> None:
        """The head is all there: attachments may take longer than pages."""
        super().on_headers_complete()
        path = self.scope.get("path", "")
        self._is_file = path.startswith(FILES)
        self._answers_long = self._is_file or (
            path.startswith(API) and any(one in path for one in WRITTEN)
        )
        # These read their bodies with a bound of their own, and say so: the
        # sender should hear 413, not find the connection cut.
        self._most = MOST_UPLOADED if self._is_file else MOST_BYTES
        if path.endswith(GIVEN) or path.startswith(API):
            self._most = MOST_GIVEN

    def on_message_complete(self) -> None:
        """It is all there."""
        super().on_message_complete()
        self._bytes = 0
        # uvicorn says it always has a cycle; before the first request it has
        # None, and on the way to a WebSocket it gets no other.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        is_answered = cycle is not None and cycle.response_complete
        answering = GIVING if self._answers_long else ANSWERING
        self._allow(None if is_answered else answering)
        self._is_file = self._answers_long = False
        self._most = MOST_BYTES

    def on_response_complete(self) -> None:
        """The answer is written, and the next request may come."""
        if self.cycle.response_complete and not self.transport.is_closing():
            self._allow(None)
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """No next request came."""
        if self.transport.get_write_buffer_size():
            # Nor was the last answer read: to close would wait for that.
            self.transport.abort()
        super().timeout_keep_alive_handler()

    def _allow(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self._too_late)

    def _too_late(self) -> None:
        self._deadline = None
        took = self.loop.time() - self._began_at - DEADLINE
        if self._is_file and self._bytes > took * SLOWEST:
            self._allow(DEADLINE)  # a file on its way, and fast enough
        else:
            self.transport.abort()

    def _go_out(self) -> None:
        if self._address is not None:
            self._door.go_out(self._address)
            self._address = None
