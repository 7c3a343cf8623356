"""A server's part of the protocol, said as a test wants it, for the widget."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from playwright.async_api import WebSocketRoute

from tests.browser.running import PATIENCE

NOW = 1_795_291_200_000
Told = dict[str, Any]


class Script:
    """Answers as told; keeps what the widget said.

    Attributes:
        answers: By frame type, what to do with a frame of the widget.
        said: Every frame of the widget, over all connections.
        routes: Every connection it has opened, newest last.
        stored: The messages of the conversation.
        state: Its phase, and who has it.
        notice: What customers are told first, if anything.
        news: Set by every frame.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Told], None]] = {
            "hello": lambda frame: self.welcome(),
            "send": self.acknowledge,
        }
        self.said: list[Told] = []
        self.routes: list[WebSocketRoute] = []
        self.news = asyncio.Event()
        self.stored: list[Told] = []
        self.state: Told = {"phase": "active", "agent": "Maria"}
        self.notice: Told | None = None

    def connected(self, route: WebSocketRoute) -> None:
        """Take a new connection of the widget."""
        self.routes.append(route)
        route.on_message(self._hear)

    def _hear(self, data: str | bytes) -> None:
        frame = json.loads(data)
        self.said.append(frame)
        self.news.set()
        if answer := self.answers.get(frame["type"]):
            answer(frame)

    def say(self, what: str, **fields: Any) -> None:
        """Send a frame on the newest connection."""
        frame = {"type": what, "conversation": "c", **fields}
        self.routes[-1].send(json.dumps(frame))

    def welcome(self) -> None:
        """Let it in: one conversation, in which it holds what is stored."""
        marks = {"delivered": 0, "read": 0}
        self.say(
            "welcome",
            role="customer",
            token="t" * 43,
            heartbeat=25,
            now_at=NOW,
            notice=self.notice,
            limits={"text": 40, "frame": 65536, "per_second": 5, "burst": 20},
            summary={
                "conversation": "c",
                "channel": "shop",
                **self.state,
                "epoch": "e",
                "last": len(self.stored),
                "customer_seen": marks,
                "agent_seen": marks,
            },
        )
        self.say("history", messages=self.stored)

    def keep(self, text: str, author: str = "agent", **more: Any) -> Told:
        """Put a message into the history."""
        number = len(self.stored) + 1
        message = {
            "number": number,
            "id": f"stored-{number:04}",
            "author": author,
            "at": NOW,
            "text": text,
            **more,
        }
        self.stored.append(message)
        return message

    def acknowledge(self, frame: Told) -> None:
        """Keep what was sent, under the next number."""
        said = {
            name: frame[name]
            for name in ("answers", "postback")
            if name in frame
        }
        message = self.keep(frame["text"], "customer", **said)
        message["id"] = frame["id"]
        self.say("ack", id=frame["id"], number=message["number"], at=NOW)

    def show(self, text: str, author: str = "agent", **more: Any) -> Told:
        """Keep a message, and tell it."""
        message = self.keep(text, author, **more)
        self.say("message", **message)
        return message

    def all(self, what: str) -> list[Told]:
        """Every frame of type ``what`` that the widget has sent."""
        return [frame for frame in self.said if frame["type"] == what]

    async def hears(self, what: str, count: int = 1) -> list[Told]:
        """The first ``count`` frames of type ``what``, once there are."""
        async with asyncio.timeout(PATIENCE):
            while len(self.all(what)) < count:
                self.news.clear()
                await self.news.wait()
        return self.all(what)[:count]

    def texts_sent(self) -> list[str]:
        """What the widget has sent, repeats included."""
        return [f["text"] for f in self.said if f["type"] == "send"]
