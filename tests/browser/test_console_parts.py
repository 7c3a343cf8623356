"""The console shows what goes with words, notes, and where customers are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]
    Axe,
)
from playwright.async_api import Browser, expect

from tests.browser.desk import Desk, DeskScript, message
from tests.browser.running import LOOP, Running
from tests.browser.test_widget_rich import CARDS, LINK, MENU, REPLIES

pytestmark = pytest.mark.timeout(120)

FERN = {"author": "application", "name": "Fern"}
CONTEXT = {
    "address": "203.0.113.7",
    "place": {"city": "Bergen", "country": "NO"},
    "device": {
        "browser": "Google Chrome",
        "version": "143.0.1.2",
        "platform": "Android",
        "mobile": True,
    },
    "page": {"url": "https://shop.example/mug", "title": "Harbour mug"},
    "language": "nb-NO",
    "time_zone": "Europe/Oslo",
    "tags": {"basket": "2 things"},
}


@pytest.fixture
def script() -> DeskScript:
    """A conversation that began with the application."""
    script = DeskScript()
    script.held = [
        message(1, "hello"),
        message(2, "At once!", rich=MENU, **FERN),
        message(3, "Sizes", answers=2, postback="sizes"),
        message(4, "", rich=CARDS, **FERN),
        message(5, "", rich=LINK, **FERN),
        message(6, "Was that it?", rich=REPLIES, **FERN),
        message(7, "Has an open order.", note=True, **FERN),
    ]
    return script


@pytest_asyncio.fixture(loop_scope=LOOP)
async def looking(
    browser: Browser, server: Running, script: DeskScript
) -> AsyncIterator[Desk]:
    """The console with that conversation open."""
    page = await browser.new_page(
        locale="en-GB", viewport={"width": 1440, "height": 900}
    )
    await page.route_web_socket("**/socket/agent", script.route)
    desk = Desk(page, server)
    await desk.open()
    await desk.sign_in()
    await desk.listed("Mine").get_by_role("button").click()
    await expect(desk.log).to_contain_text("Has an open order.")
    yield desk
    await page.close()
    assert desk.faults == []


async def test_parts_are_shown_as_they_were_sent(looking: Desk) -> None:
    """Every choice can be read, and none of them pressed."""
    for text in ("What is it about?", "An order", "Mug 3", "About 3", "Yes"):
        await expect(looking.log.get_by_text(text, exact=True)).to_be_visible()
    await expect(looking.log.get_by_role("button")).to_have_count(0)
    link = looking.log.get_by_role("link", name="Read more")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")


async def test_what_was_chosen_is_marked(looking: Desk) -> None:
    """The customer's choice stands out, from history and live."""
    chosen = looking.log.get_by_role("listitem").filter(has_text="(chosen)")
    await expect(chosen).to_have_text(["Sizes (chosen)"])


async def test_a_choice_is_marked_when_it_is_made(
    looking: Desk, script: DeskScript
) -> None:
    """Live, too."""
    script.tell("message", **message(8, "Yes", answers=6, postback="y"))
    chosen = looking.log.get_by_role("listitem").filter(has_text="(chosen)")
    await expect(chosen).to_have_text(["Sizes (chosen)", "Yes (chosen)"])


async def test_notes_and_the_application_are_told_apart(looking: Desk) -> None:
    """A note says who may read it; the application, that it is one."""
    note = looking.log.locator(".message").filter(has_text="Has an open order.")
    await expect(note).to_contain_text("Note, agents only")
    await expect(note).to_contain_text("Fern (automatic)")
    await expect(looking.listed("Mine")).to_contain_text(
        "Fern: Has an open order."
    )


async def test_the_details_say_where_the_customer_is(
    looking: Desk, script: DeskScript
) -> None:
    """What the channel collects; a change replaces what was shown."""
    pane = looking.page.get_by_role("region", name="Customer")
    await expect(pane).to_be_hidden()
    script.tell("context", context=CONTEXT)
    for text in (
        "Bergen, Norway",
        "Google Chrome 143 · Android · phone",
        "Norwegian Bokmål (Norway)",
        "Europe/Oslo",
        "203.0.113.7",
        "2 things",
    ):
        await expect(pane.get_by_text(text, exact=True)).to_be_visible()
    page = pane.get_by_role("link", name="Harbour mug")
    await expect(page).to_have_attribute("href", "https://shop.example/mug")
    bad = {"url": "javascript:alert(1)", "title": "Not a page"}
    script.tell("context", context={"page": bad})
    await expect(pane).to_contain_text("Not a page")
    await expect(pane.get_by_role("link")).to_have_count(0)
    await expect(pane.get_by_text("203.0.113.7")).to_have_count(0)
    script.tell("ended", by="customer", at=1)
    script.tell("gone", at=1, messages=7)
    await expect(pane).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
async def test_axe_finds_nothing_in_parts_and_details(
    looking: Desk, script: DeskScript, scheme: Any, width: int
) -> None:
    """Every part, a note and the details pass every rule."""
    page = looking.page
    await page.set_viewport_size({"width": width, "height": 900})
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    # A colour that is still fading into the other scheme has no contrast yet.
    await page.reload()
    await expect(looking.log).to_contain_text("Has an open order.")
    script.tell("context", context=CONTEXT)
    result = await Axe().run(page)
    assert [rule["id"] for rule in result.response["violations"]] == []
    wide = await looking.log.evaluate(
        "(log) => log.scrollWidth > log.clientWidth"
    )
    assert not wide
