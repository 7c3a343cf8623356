"""What waits for one slow reader: bounded, and in order.

``transport.write`` never says no: a reader that has stopped would cost
hundreds of megabytes within seconds. What is above the limit here is the
reader's end; it resumes by number, so nothing is lost by it.
"""

from __future__ import annotations

import asyncio
from collections import deque

#: Bytes in the transport before it asks us to wait, and bytes we then keep.
#: 10,000 stalled readers cost 3.2 GB at the very worst.
HIGH_WATER = 64 * 1024
OUTBOX = 256 * 1024


class Outbox:
    """The way out of one socket.

    Args:
        transport: Where to; told here when to ask us to wait.
    """

    __slots__ = ("_is_paused", "_size", "_transport", "_waiting")

    def __init__(self, transport: asyncio.Transport) -> None:
        transport.set_write_buffer_limits(high=HIGH_WATER)
        self._transport = transport
        self._is_paused = False
        self._waiting: deque[bytes] | None = None
        self._size = 0

    @property
    def is_paused(self) -> bool:
        """Whether the peer reads more slowly than it is written to."""
        return self._is_paused

    def put(self, data: bytes, *, is_droppable: bool = False) -> bool:
        """Write ``data``, or keep it until the peer reads again.

        Returns:
            False once more waits than may: close the connection.
        """
        if not self._is_paused:
            self._transport.write(data)
            return True
        if is_droppable:
            return True
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(data)
        self._size += len(data)
        return self._size <= OUTBOX

    def pause(self) -> None:
        """The transport holds as much as it should."""
        self._is_paused = True

    def resume(self) -> None:
        """The peer has caught up: what waited goes out."""
        self._is_paused = False
        self.flush()

    def flush(self) -> None:
        """Hand everything to the transport, whatever it says."""
        waiting, self._waiting = self._waiting, None
        self._size = 0
        if waiting:
            self._transport.writelines(waiting)

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting = None
        self._size = 0
