"""The console as an agent sees it: by names and roles, not by markup."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.browser.running import Running

RESTARTING = 1012

ID = "W7hRaaaaaaaaaaaaaaaaaa"
NOW = 4_000_000_000_000
LIMITS = {"text": 4000, "frame": 65536, "per_second": 5, "burst": 20}
NOTHING = {"delivered": 0, "read": 0}


class Desk:
    """One agent in front of one page."""

    def __init__(self, page: Page, server: Running) -> None:
        self.page = page
        self.server = server
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: object) -> None:
        if "Content Security Policy" in (text := str(message)):
            self.faults.append(text)

    async def open(self) -> None:
        await self.page.goto(f"{self.server.address}/console/")

    async def sign_in(self, password: str | None = None) -> None:
        chosen = password or self.server.passwords["maria"]
        await self.page.get_by_label("Name", exact=True).fill("maria")
        await self.page.get_by_label("Password", exact=True).fill(chosen)
        await self.button("Sign in").click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name).first

    def listed(self, title: str) -> Locator:
        section = self.page.get_by_role("region", name=title)
        return section.get_by_role("listitem")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def reply(self) -> Locator:
        return self.page.get_by_label("Reply", exact=True)

    async def take_first(self) -> None:
        await self.listed("Waiting").get_by_role("button").first.click()
        await self.button("Take conversation").click()
        await expect(self.reply).to_be_focused()

    async def answer(self, text: str) -> None:
        await self.reply.fill(text)
        await self.reply.press("Enter")


class Cut:
    """A cable between the console and the server, that can be pulled."""

    def __init__(self) -> None:
        self.is_off = False
        self._wires: list[WebSocketRoute] = []

    async def route(self, wire: WebSocketRoute) -> None:
        if self.is_off:
            await wire.close(code=RESTARTING)
            return
        wire.connect_to_server()
        self._wires.append(wire)

    async def off(self) -> None:
        self.is_off = True
        for wire in self._wires:
            await wire.close(code=RESTARTING)


def message(number: int, text: str, **more: Any) -> dict[str, Any]:
    """A message; the customer's, unless ``more`` says otherwise."""
    own = {"number": number, "id": f"c-{number:08}", "at": NOW + number}
    return {**own, "author": "customer", "text": text, **more}


class DeskScript:
    """The server's part of the protocol, with one conversation of ours.

    Attributes:
        heard: Every frame of the console, of all connections.
        held: The messages that the conversation holds.
        epoch: The conversation's.
        is_refusing: Whether new connections are turned away.
        news: Set by every frame.
    """

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.held = [message(1, "the first text")]
        self.epoch = "e1"
        self.connections = 0
        self.is_refusing = False
        self.news = asyncio.Event()
        self._wire: WebSocketRoute | None = None

    async def route(self, wire: WebSocketRoute) -> None:
        """Stand in for the server on one connection."""
        if self.is_refusing:
            await wire.close(code=1013)
            return
        self.connections += 1
        self._wire = wire
        wire.on_message(self._hear)

    def say(self, what: str, **fields: Any) -> None:
        """Tell the console one frame."""
        assert self._wire is not None
        self._wire.send(json.dumps({"type": what, **fields}))

    def tell(self, what: str, **fields: Any) -> None:
        """Tell it one frame about the conversation."""
        self.say(what, conversation=ID, **fields)

    async def close(self, code: int) -> None:
        """Close the connection as the server does."""
        assert self._wire is not None
        await self._wire.close(code=code)

    def all(self, what: str) -> list[dict[str, Any]]:
        """Every frame of type ``what`` so far."""
        return [frame for frame in self.heard if frame["type"] == what]

    def summary(self) -> dict[str, Any]:
        """What the lists say of the conversation."""
        names = {"conversation": ID, "channel": "shop", "phase": "active"}
        times = {"started_at": NOW, "last_at": NOW, "ends_at": NOW + 1_800_000}
        seen = {"customer_seen": NOTHING, "agent_seen": NOTHING}
        ours = {"agent": "Maria", "mine": True, "last": len(self.held)}
        return {**names, **times, **seen, **ours, "epoch": self.epoch}

    def _hear(self, raw: str | bytes) -> None:
        frame: dict[str, Any] = json.loads(raw)
        self.heard.append(frame)
        self.news.set()
        if frame["type"] == "hello":
            welcome = {"role": "agent", "name": "Maria", "token": "t"}
            self.say(
                "welcome", **welcome, limits=LIMITS, heartbeat=25, now_at=NOW
            )
            self.say("list", waiting=[], mine=[self.summary()])
        elif frame["type"] == "watch":
            self._watch(frame)

    def _watch(self, frame: dict[str, Any]) -> None:
        last = frame.get("last", 0)
        self.tell("watching", summary=self.summary())
        if frame.get("epoch", self.epoch) != self.epoch:
            self.tell("resync", epoch=self.epoch)
            last = 0
        self.tell("history", messages=self.held[last:])
