"""The widget for everybody: axe, keyboard, screen reader, small screens."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]
    Axe,
)
from playwright.async_api import Browser, Page, expect

from tests.browser.chat import Agent, Chat
from tests.browser.running import Running

pytestmark = pytest.mark.timeout(120)


async def faults(page: Page) -> list[str]:
    """What axe has to say, one line a rule."""
    result = await Axe().run(page)
    return [
        f"{rule['id']}: {[node['target'] for node in rule['nodes']]}"
        for rule in result.response["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_axe_finds_nothing(
    browser: Browser,
    server: Running,
    agent: Agent,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    """Closed, empty, talking, asking, ended: every state passes every rule."""
    context = await browser.new_context(
        locale="en-GB",
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
    )
    chat = Chat(await context.new_page(), server.address)
    await chat.go("mug.html")
    assert await faults(chat.page) == []
    await chat.open()
    assert await faults(chat.page) == []
    await chat.write("hello", "see https://example.com/size")
    await agent.take()
    await agent.answer("look at https://example.com/other")
    await chat.shows(
        "hello",
        "see https://example.com/size",
        "look at https://example.com/other",
    )
    assert await faults(chat.page) == []
    await chat.button("End chat").click()
    assert await faults(chat.page) == []
    await chat.button("End and delete").click()
    await expect(
        chat.frame.get_by_text("Dayfly has deleted it.", exact=True)
    ).to_be_visible()
    assert await faults(chat.page) == []


async def test_a_keyboard_is_enough(chat: Chat) -> None:
    """Open, write, end, start anew, close: without a pointer."""
    page, keyboard = chat.page, chat.page.keyboard
    await chat.launcher("Open chat").focus()
    await keyboard.press("Enter")
    await expect(chat.field).to_be_focused()
    assert await chat.launcher("Close chat").get_attribute("aria-expanded") == (
        "true"
    )
    await keyboard.type("first line")
    await keyboard.press("Shift+Enter")
    await keyboard.type("second line")
    await keyboard.press("Enter")
    await chat.settled()
    assert await chat.bubbles.inner_text() == "first line\nsecond line"
    await chat.button("End chat").focus()
    await keyboard.press("Enter")
    await expect(chat.button("Keep chatting")).to_be_focused()
    await keyboard.press("Escape")
    await expect(chat.button("Keep chatting")).to_be_hidden()
    await expect(chat.field).to_be_focused()
    await keyboard.press("Escape")
    await expect(chat.launcher("Open chat")).to_be_focused()
    await expect(page.get_by_role("dialog", name="Chat with")).to_be_hidden()


async def test_a_screen_reader_is_told_what_is_what(
    chat: Chat, agent: Agent
) -> None:
    """A labelled dialog that is not modal, a log, a status outside of it."""
    await chat.open()
    dialog = chat.page.get_by_role("dialog", name="Chat with Fjord & Fern")
    await expect(dialog).to_be_visible()
    assert await dialog.get_attribute("aria-modal") is None
    log = chat.frame.get_by_role("log", name="Messages")
    await chat.write("hello")
    await chat.settled()
    await agent.take()
    await agent.say("typing", on=True, conversation=agent.conversation)
    await expect(chat.frame.get_by_text("Maria is writing")).to_be_attached()
    await expect(log.get_by_text("Maria is writing")).to_have_count(0)
    await expect(log.get_by_role("listitem")).to_have_count(1)


async def test_enter_belongs_to_an_input_method(chat: Chat) -> None:
    """Enter that chooses a word does not send it."""
    await chat.open()
    await chat.field.fill("にほん")
    await chat.field.evaluate(
        """(field) => field.dispatchEvent(new KeyboardEvent('keydown',
            {key: 'Enter', isComposing: true, bubbles: true}))"""
    )
    await chat.shows()
    await chat.field.press("Enter")
    await chat.shows("にほん")


async def test_a_phone_gets_the_whole_screen(
    browser: Browser, server: Running
) -> None:
    """A full-screen sheet, closed by its own button; the page stays put."""
    context = await browser.new_context(
        locale="de-DE",
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
    )
    chat = Chat(await context.new_page(), server.address)
    await chat.go()
    await chat.launcher("Chat öffnen").tap()
    sheet = chat.page.get_by_role("dialog")
    await expect(sheet).to_be_visible()
    box = await sheet.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 844)
    locked = "document.documentElement.style.overflow"
    assert await chat.page.evaluate(locked) == "hidden"
    await chat.button("Chatfenster schließen").tap()
    await expect(sheet).to_be_hidden()
    assert await chat.page.evaluate(locked) == ""
