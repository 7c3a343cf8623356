"""The console for everybody: keyboard alone, and axe in light and in dark."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]
    Axe,
)
from playwright.async_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.browser.running import LOOP, Customer, Running

pytestmark = pytest.mark.timeout(120)

Arrive = Callable[[], Awaitable[Customer]]

#: Width, scheme: a phone and a desk, by day and by night.
LOOKS = [(390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")]


async def faults(page: Page) -> list[str]:
    """What axe has to say, one line a rule."""
    result = await Axe().run(page)
    return [
        f"{rule['id']}: {[node['target'] for node in rule['nodes']]}"
        for rule in result.response["violations"]
    ]


@pytest_asyncio.fixture(loop_scope=LOOP, params=LOOKS, ids=str)
async def looked_at(
    browser: Browser, server: Running, request: pytest.FixtureRequest
) -> AsyncIterator[Desk]:
    """The console in each of its looks.

    Without motion: a colour that is still fading in has no contrast yet.
    """
    width, scheme = request.param
    page = await browser.new_page(
        locale="en-GB",
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
    )
    desk = Desk(page, server)
    await desk.open()
    yield desk
    await page.close()


async def test_axe_finds_nothing_at_the_door(looked_at: Desk) -> None:
    """The sign-in screen passes, before and after a wrong password."""
    assert await faults(looked_at.page) == []

    await looked_at.sign_in("wrong-password")
    await expect(looked_at.page.get_by_role("alert")).not_to_be_empty()

    assert await faults(looked_at.page) == []


async def test_axe_finds_nothing_at_the_desk(
    looked_at: Desk, arrive: Arrive
) -> None:
    """Lists, conversation and receipt pass."""
    desk, customer = looked_at, await arrive()
    await customer.write("Do you ship to Ireland?")
    await desk.sign_in()
    await expect(desk.listed("Waiting")).to_have_count(1)
    assert await faults(desk.page) == []

    await desk.take_first()
    await desk.answer("We do.")
    await customer.hear("message")
    await customer.write("Lovely.")
    await customer.say("typing", on=True)
    await expect(desk.page.get_by_text("customer is typing")).to_be_visible()
    assert await faults(desk.page) == []

    await customer.say("end")
    await expect(desk.page.get_by_text("Erased: 3 messages")).to_be_visible()
    assert await faults(desk.page) == []


async def test_axe_finds_nothing_in_a_dialog(
    looked_at: Desk, arrive: Arrive
) -> None:
    """Shortcuts, preferences and the question before the end pass."""
    desk = looked_at
    await desk.sign_in()
    await (await arrive()).write("hello")
    await desk.take_first()
    await desk.page.get_by_role("log").focus()

    for key in ("?", ",", "e"):
        await desk.page.keyboard.press(key)
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        assert await faults(desk.page) == []
        await desk.page.keyboard.press("Escape")


async def test_no_mouse_is_needed(desk: Desk, arrive: Arrive) -> None:
    """From signing in to the receipt by keyboard alone."""
    keys = desk.page.keyboard
    await expect(desk.page.get_by_label("Name", exact=True)).to_be_focused()
    await keys.type("maria")
    await keys.press("Tab")
    await keys.type(desk.server.passwords["maria"])
    await keys.press("Enter")
    first, second = await arrive(), await arrive()
    await first.write("one")
    await second.write("two")
    await expect(desk.listed("Waiting")).to_have_count(2)

    await keys.press("j")
    await keys.press("ArrowDown")
    await keys.press("k")
    await keys.press("Enter")
    await expect(desk.log).to_contain_text("one")
    await keys.press("Enter")
    await expect(desk.reply).to_be_focused()
    await keys.type("first line")
    await keys.press("Shift+Enter")
    await keys.type("t e ?")
    await keys.press("Control+Enter")
    assert (await first.hear("message"))["text"] == "first line\nt e ?"

    await keys.press("Escape")
    await keys.press("?")
    await expect(desk.page.get_by_role("dialog")).to_be_visible()
    await keys.press("Escape")
    await keys.press("e")
    await keys.press("Tab")
    await keys.press("Enter")
    await first.hear("gone")
    await expect(desk.page.get_by_text("Erased: 2 messages")).to_be_visible()
