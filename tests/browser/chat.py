"""The widget from outside: its page, its frame, and an agent on a wire."""

from __future__ import annotations

import json
import secrets
from typing import Any

from playwright.async_api import Frame, Page, Route, expect
from websockets.asyncio.client import connect

from tests.browser.running import Customer, Running

#: What the browser keeps for the frame's origin, all kinds of storage.
KEPT = """async () => [
    ...Object.keys(localStorage), ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(({name}) => name),
    ...(await caches.keys()), document.cookie,
].filter(Boolean)"""


async def until(where: Page | Frame, expression: str) -> None:
    """Wait until ``expression`` is true in a page.

    Playwright's own ``wait_for_function`` is stopped by the pages' policy as
    soon as it has to look twice: it evaluates text.
    """
    await where.evaluate(
        f"""() => new Promise((done) => {{
            const look = () => ({expression}) ? done() : setTimeout(look, 50);
            look();
        }})"""
    )


class Chat:
    """What a customer sees and does in one tab.

    Attributes:
        sockets: The addresses of all connections the tab has opened.
        requests: The addresses of everything the tab has asked for.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.sockets: list[str] = []
        self.requests: list[str] = []
        self.frame = page.frame_locator("dayfly-launcher iframe")
        self.field = self.frame.get_by_label("Write a message")
        self.bubbles = self.frame.locator("li .bubble")
        page.on("websocket", lambda socket: self.sockets.append(socket.url))
        page.on("request", lambda request: self.requests.append(request.url))

    async def go(self, name: str = "") -> None:
        """Visit a page of the shop, and wait for the widget."""
        await self.page.goto(f"{self.address}/demo/{name}")
        await self.ready()

    async def ready(self) -> None:
        """Wait until frame and page know each other."""
        await self.page.evaluate("window.Dayfly.ready.then(() => {})")

    async def open(self) -> None:
        """Press the launcher, and wait for the field to write in."""
        await self.launcher("Open chat").click()
        await expect(self.field).to_be_visible()

    def launcher(self, name: str) -> Any:
        """The button in the corner of the page, by its label."""
        return self.page.get_by_role("button", name=name)

    async def write(self, *texts: str) -> None:
        """Write messages; they may still be on their way."""
        for text in texts:
            await self.field.fill(text)
            await self.field.press("Enter")

    async def shows(self, *texts: str) -> None:
        """Exactly these messages, in this order."""
        await expect(self.bubbles).to_have_text(list(texts))

    async def settled(self) -> None:
        """No message is on its way any more."""
        await expect(self.frame.locator(".meta .sending")).to_have_count(0)

    async def end(self) -> None:
        """End the conversation, and wait for the receipt."""
        await self.button("End chat").click()
        await self.button("End and delete").click()
        await expect(
            self.frame.get_by_text("Dayfly has deleted it.", exact=True)
        ).to_be_visible()

    def button(self, name: str) -> Any:
        """A button in the frame."""
        return self.frame.get_by_role("button", name=name)

    def inside(self) -> Frame:
        """The frame, to run scripts in."""
        return next(f for f in self.page.frames if f.url.endswith("/frame"))

    async def kept(self) -> list[str]:
        """The names of everything the browser keeps for the widget."""
        names: list[str] = await self.inside().evaluate(KEPT)
        return names


async def configured(chat: Chat, **more: Any) -> None:
    """Visit the page again, with other settings in the frame."""

    async def change(route: Route) -> None:
        answer = await route.fetch()
        text = await answer.text()
        start = text.index('config">') + len('config">')
        end = text.index("</script>", start)
        config = json.loads(text[start:end]) | more
        body = text[:start] + json.dumps(config) + text[end:]
        await route.fulfill(response=answer, body=body)

    await chat.page.route("**/frame", change)
    await chat.page.reload()
    await chat.ready()


class Agent(Customer):
    """An agent without a browser."""

    async def sign_in(self, server: Running) -> None:
        """Connect as maria, who is shown as Maria."""
        self._wire = await connect(
            f"ws://127.0.0.1:{server.port}/socket/agent",
            subprotocols=["dayfly.v1.json"],  # type: ignore[list-item]
        )
        password = server.passwords["maria"]
        await self.say("hello", name="maria", password=password)
        await self.hear("welcome")

    async def take(self) -> list[dict[str, Any]]:
        """Take the only waiting conversation; its messages so far."""
        waiting: list[dict[str, Any]] = []
        while not waiting:
            await self.say("list")
            waiting = (await self.hear("list"))["waiting"]
        self.conversation = waiting[0]["conversation"]
        await self.say("take", conversation=self.conversation)
        history = await self.hear("history")
        messages: list[dict[str, Any]] = history["messages"]
        return messages

    async def answer(self, text: str) -> int:
        """Say something in the conversation taken; its number."""
        await self.say(
            "send",
            id=secrets.token_hex(8),
            conversation=self.conversation,
            text=text,
        )
        return int((await self.hear("ack"))["number"])
