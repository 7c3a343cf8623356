"""Lines of standard input, read beside the event loop.

A daemon thread and bare ``os.read``: regular files cannot be watched by the
event loop, and a thread that holds the lock of ``sys.stdin`` while it waits
would stop the interpreter from leaving.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import threading
from typing import Protocol

_BLOCK = 65_536

#: Lines read ahead. Whoever types does not notice; a file piped in waits on
#: the disk and not in our memory.
_AHEAD = 256


class Lines(Protocol):
    """Where a person's or a script's lines come from."""

    async def next(self) -> str | None:
        """The next line without its end; None when there are no more."""


class InputLines:
    """Lines of a file descriptor, UTF-8; call inside a running loop."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        threading.Thread(target=self._read, daemon=True).start()

    async def next(self) -> str | None:
        """The next line without its end; None when there are no more."""
        line = await self._queue.get()
        self._room.release()
        return line

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        try:
            while data := os.read(self._descriptor, _BLOCK):
                *lines, rest = (rest + decoder.decode(data)).split("\n")
                self._give(*lines)
            self._give(*([rest] if rest else []), None)
        except (OSError, RuntimeError):
            return  # the input or the loop is closed: nobody listens

    def _give(self, *lines: str | None) -> None:
        for line in lines:
            self._room.acquire()
            given = None if line is None else line.removesuffix("\r")
            self._loop.call_soon_threadsafe(self._queue.put_nowait, given)
