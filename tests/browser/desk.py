"""The console as an agent sees it: by names and roles, not by markup."""

from __future__ import annotations

from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.browser.running import Running

RESTARTING = 1012


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
