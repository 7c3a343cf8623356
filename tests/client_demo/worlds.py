"""Means whose effects are lists, for tests without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

from client_demo.backoff import LEFT
from client_demo.connection import Connection, Party
from client_demo.participant import Means


class World:
    """Means whose every effect is a list."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.given_up: list[tuple[str, str]] = []
        self.connected = True
        self.now = 0.0
        ids = count(1)
        self.means = Means(
            tell=self._tell,
            later=lambda after, do: self.timers.append((after, do)),
            new_id=lambda: f"id-{next(ids):05}",
            elapsed=lambda: self.now,
            not_sent=lambda code, text: self.given_up.append((code, text)),
        )

    def _tell(self, frame: dict[str, Any]) -> bool:
        if self.connected:
            self.sent.append(frame)
        return self.connected

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Frames of one kind sent so far."""
        return [frame for frame in self.sent if frame["type"] == kind]


class IdleConnection(Connection):
    """A connection that never connects, and ends when it is left."""

    def __init__(self) -> None:
        super().__init__("ws://x", jitter=lambda: 0.0, elapsed=lambda: 0.0)
        self._left = asyncio.Event()

    def leave(self) -> None:
        """Let ``run`` return."""
        self._left.set()

    async def run(self, party: Party) -> int:
        """Wait until somebody leaves."""
        await self._left.wait()
        return LEFT
