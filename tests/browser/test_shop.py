"""The demo shop: three pages, the same chat on each."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat

pytestmark = pytest.mark.timeout(120)

PAGES = ("", "mug.html", "help.html")


@pytest.mark.parametrize("name", PAGES)
async def test_every_page_loads_without_a_complaint(
    chat: Chat, name: str
) -> None:
    """No fault in the browser's log, nothing missing, nothing from outside."""
    complaints: list[str] = []
    chat.page.on("console", lambda line: complaints.append(line.text))
    chat.page.on("pageerror", lambda error: complaints.append(str(error)))
    chat.page.on(
        "response",
        lambda got: complaints.append(got.url) if got.status >= 400 else None,
    )
    await chat.go(name)
    await chat.open()
    assert complaints == []
    assert [a for a in chat.requests if not a.startswith(chat.address)] == []


async def test_its_links_lead_to_its_pages(chat: Chat) -> None:
    """Every link of every page is a page of the shop."""
    for name in PAGES:
        await chat.go(name)
        for link in await chat.page.locator("a[href]").all():
            target = await link.get_attribute("href")
            assert target is not None
            assert target.removeprefix("/demo/") in PAGES


async def test_its_buttons_open_the_chat(chat: Chat) -> None:
    """The shop's own buttons use the page interface."""
    await chat.go("mug.html")
    await chat.page.get_by_role("button", name="Ask about this mug").click()
    await expect(chat.field).to_be_visible()
    await expect(chat.field).to_be_focused()


async def test_calls_before_the_loader_are_kept(chat: Chat) -> None:
    """What a page asks for before the loader runs happens after it."""
    await chat.page.add_init_script(
        "window.Dayfly = [['open'], (api) => { window.given = api; }]"
    )
    await chat.page.reload()
    await expect(chat.field).to_be_visible()
    assert await chat.page.evaluate("window.given === window.Dayfly")
