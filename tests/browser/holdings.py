"""The panel that shows customers what is held, before a scripted server."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.chat import Chat
from tests.browser.script import NOW, Script, Told

ABOUT = "What we hold about you"
HALF_AN_HOUR = 1_800_000


def item(name: str, home: str, count: int = 1, **more: Any) -> Told:
    """Something that is held."""
    return {
        "name": name,
        "home": home,
        "count": count,
        "dies": "one day",
    } | more


HELD = [
    item("chat context data", "memory only", 5),
    item("customer messages, web", "database", 3, dies_at=NOW + HALF_AN_HOUR),
    item("conversation key", "key file", dies_at=NOW + HALF_AN_HOUR),
    item("customer messaging identities", "database"),
    item("moon phases", "the moon", 1200),
]
CONSENTS = [
    {"purpose": "service", "level": "implicit", "at": NOW, "version": "1"},
    {"purpose": "news", "level": "double", "at": NOW, "version": "2"},
]
ALL = {
    "held": HELD,
    "consents": CONSENTS,
    "restrictions": ["do_not_locate", "do_not_dance"],
    "transcript": True,
}


class About:
    """The panel, and what the server answers to it."""

    def __init__(self, chat: Chat, script: Script) -> None:
        self.chat = chat
        self.script = script
        self.answer: Told = dict(ALL)
        self.panel: Locator = chat.frame.get_by_role("dialog", name=ABOUT)
        self.body: Locator = self.panel.locator(".sheet-body")
        self.button: Locator = chat.button(ABOUT)
        script.answers["holdings"] = self.tell
        script.answers["withdraw"] = self.withdraw

    def tell(self, _frame: Told) -> None:
        """Say what is held."""
        self.script.say("holdings", **self.answer)

    def withdraw(self, frame: Told) -> None:
        """Take a consent back, and say what is held."""
        self.answer["consents"] = [
            one | {"level": "opted_out"}
            if one["purpose"] == frame["purpose"]
            else one
            for one in self.answer["consents"]
        ]
        self.tell(frame)

    def erase(self, _frame: Told) -> None:
        """End it, and give the receipt."""
        self.script.say("ended", by="customer", at=NOW)
        self.script.say("gone", at=NOW, messages=4)

    async def open(self) -> None:
        """Say something, then ask."""
        await self.chat.write("hello")
        await self.chat.settled()
        await self.button.click()
        await self.shows("Your messages")

    async def shows(self, text: str) -> None:
        """It is there to be read."""
        text_shown = self.body.get_by_text(text, exact=True)
        await expect(text_shown).to_be_visible()

    async def delete(self) -> None:
        """Say yes twice."""
        await self.panel.get_by_role("button", name="Delete everything").click()
        question = self.chat.frame.get_by_role("alertdialog")
        await question.get_by_role("button", name="Delete everything").click()
