"""Administration as somebody sees it who may do it: names and roles."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.browser.running import Running


class Administration:
    """One person in front of one page.

    Attributes:
        faults: Errors of scripts, and what the policy of the page stopped.
        asked: The path of every request to the API, with its method.
    """

    def __init__(self, page: Page, server: Running) -> None:
        self.page = page
        self.server = server
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._note)
        page.on(
            "request",
            lambda asked: self.asked.append(f"{asked.method} {asked.url}"),
        )

    def _note(self, message: object) -> None:
        if "Content Security Policy" in (text := str(message)):
            self.faults.append(text)

    async def sign_in(self, name: str = "maria") -> None:
        """By the form of the page itself."""
        await self.page.goto(f"{self.server.address}/console/admin/")
        await self.prove(name)
        await expect(self.navigation).to_be_visible()

    async def prove(self, name: str = "maria") -> None:
        """Fill in the form that is there."""
        password = self.server.passwords[name]
        await self.field("Name").fill(name)
        await self.field("Password").fill(password)
        await self.button("Sign in").click()

    async def go(self, route: str, heading: str) -> None:
        """Open ``#/route`` and wait until its heading is there."""
        await self.page.evaluate("to => { location.hash = to; }", f"#/{route}")
        await expect(self.heading(heading)).to_be_visible()

    async def save(self, label: str = "Save") -> None:
        """Press the button at the end of the form."""
        await self.button(label).click()

    async def said(self, text: str) -> None:
        """Wait until the page has said ``text`` in passing."""
        await expect(self.page.locator(".toast", has_text=text)).to_be_visible()

    @property
    def navigation(self) -> Locator:
        return self.page.get_by_role("navigation", name="Administration")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def rows(self) -> Locator:
        return self.page.locator("main .rows").get_by_role("listitem")

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name, level=1)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.locator("main").get_by_role("link", name=name)

    def field(self, name: str) -> Locator:
        return self.page.get_by_label(name, exact=True)
