"""A scene: lines are cut and servers restarted, and every message is heard.

A state machine in which one window writes and another one listens, in any
order of what can happen to them. The model is a list of what was said.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)
from websockets.asyncio.client import ClientConnection

from tests.scenes.sites import Site
from tests.strangers_client import Frame, Stranger

#: Without agents there are no passwords to be looked at, at each start.
SHOP = {"id": "shop", "name": "Acme"}
SHOP_ONLY = {"id": "acme", "name": "Acme", "channel": [SHOP]}
TEXTS = st.lists(st.text("ab\n\u00e4\U0001f600", min_size=1), max_size=4)


class Window(Stranger):
    """A customer's window that remembers in which order it heard.

    Attributes:
        heard: The numbers of messages, as they came in.
    """

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(socket)
        self.heard: list[int] = []

    async def _take_in(self, frame: Frame) -> None:
        if frame["type"] == "message":
            self.heard.append(frame["number"])
        if frame["type"] == "history":
            self.heard += [m["number"] for m in frame["messages"]]
        await super()._take_in(frame)

    def cut(self) -> None:
        """Lose the line without a word."""
        self._socket.transport.abort()


class Resuming(RuleBasedStateMachine):
    """One customer, two windows, a server; and what was said."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        self.site = Site(Path(self._folder.name) / "data", account=[SHOP_ONLY])
        self.sent = 0

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        self._runner.run(work)

    def teardown(self) -> None:
        """The last look, then everything is put away."""
        self.the_listener_has_heard_everything_once()
        self._do(self._leave())
        self._runner.close()
        self._folder.cleanup()

    async def _leave(self) -> None:
        for window in (self.writer, self.listener):
            window.cut()
        await self.site.stop()

    async def _window(self, **hello: Any) -> Window:
        return await Window.meet(f"{self.site.address}/customer/shop", **hello)

    @initialize()
    def open_the_shop(self) -> None:
        """The server starts, and the customer writes a first time."""
        self._do(self.site.start())
        self._do(self._begin())

    async def _begin(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.pending: list[tuple[str, str]] = []
        self.writer = await self._window()
        self.token = self.writer.token
        self.epoch = self.writer.welcome["summary"]["epoch"]
        await self._say("the first word")
        self.listener = await self._window(token=self.token)

    async def _say(self, text: str) -> None:
        self.sent += 1
        client_id = f"client-{self.sent:04}"
        self._note(client_id, text, await self.writer.send(client_id, text))

    def _note(self, client_id: str, text: str, ack: Frame) -> None:
        assert ack["type"] == "ack"
        if (client_id, text) not in self.said:
            self.said.append((client_id, text))
        assert self.said[ack["number"] - 1] == (client_id, text)

    @rule(
        texts=st.lists(st.text("ab\n\u00e4\U0001f600", min_size=1), max_size=4)
    )
    def write(self, texts: list[str]) -> None:
        """The customer writes."""
        for text in texts:
            self._do(self._say(f"x{text}x"))

    @rule(which=st.integers(0, 99))
    def send_again(self, which: int) -> None:
        """An old message is sent again, and is the same message."""
        client_id, text = self.said[which % len(self.said)]
        self._do(self._repeat(client_id, text))

    async def _repeat(self, client_id: str, text: str) -> None:
        ack = await self.writer.send(client_id, "other words")
        assert ack["repeat"]
        self._note(client_id, text, ack)

    @rule(count=st.integers(1, 3))
    def write_and_lose_the_line(self, count: int) -> None:
        """Nobody knows what arrived: after the return it is sent again."""
        for _ in range(count):
            self.sent += 1
            self.pending.append((f"client-{self.sent:04}", f"lost {self.sent}"))
        self._do(self._lose())
        self._do(self._come_back())

    async def _lose(self) -> None:
        for client_id, text in self.pending:
            await self.writer.say("send", id=client_id, text=text)
        self.writer.cut()

    async def _come_back(self) -> None:
        self.writer = await self._window(
            token=self.token, epoch=self.epoch, last=len(self.said)
        )
        for client_id, text in self.pending:
            self._note(client_id, text, await self.writer.send(client_id, text))
        self.pending.clear()

    @rule()
    def the_listener_changes_pages(self) -> None:
        """It comes back with the number it has heard."""
        self.listener.cut()
        self._do(self._listen_again())

    async def _listen_again(self) -> None:
        before = self.listener
        self.listener = await self._window(
            token=self.token, epoch=self.epoch, last=before.last
        )
        self.listener.messages |= before.messages
        self.listener.heard = before.heard + self.listener.heard

    @rule()
    def the_listener_fetches(self) -> None:
        """Asking again for what is known does no harm."""
        self.the_listener_has_heard_everything_once()
        self._do(self.listener.say("fetch", after=self.listener.last))

    @rule()
    def the_server_restarts(self) -> None:
        """And everybody comes back."""
        self._do(self.site.restart())
        self._do(self._come_back())
        self._do(self._listen_again())

    @rule()
    @precondition(lambda self: len(self.said) > 1)
    def it_ends_and_another_begins(self) -> None:
        """Gone for both windows; the next conversation begins at 1."""
        self.the_listener_has_heard_everything_once()
        self._do(self._end())

    async def _end(self) -> None:
        await self.writer.say("end")
        for window in (self.writer, self.listener):
            assert (await window.hear("gone"))["messages"] == len(self.said)
            assert await window.closed() == 4502
        late = await self._window(token=self.token)
        assert late.welcome["code"] == "session_unknown"
        late.cut()
        await self._begin()

    @rule()
    def the_listener_has_heard_everything_once(self) -> None:
        """No gap, no double, in order, and in the right words."""
        self._do(self._catch_up())
        count = len(self.said)
        assert self.listener.heard == list(range(1, count + 1))
        assert self.listener.texts() == [text for _, text in self.said]

    async def _catch_up(self) -> None:
        while self.listener.last < len(self.said):
            await self.listener.hear("message", "history")


TestResuming = Resuming.TestCase
TestResuming.settings = settings(
    max_examples=10,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
