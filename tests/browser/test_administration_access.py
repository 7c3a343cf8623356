"""Administration for everybody who may: roles, keyboard, and axe."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.administration import Administration
from tests.browser.running import LOOP, Running
from tests.browser.test_console_access import LOOKS, faults

pytestmark = pytest.mark.timeout(180)

#: Every page, and its heading.
PAGES = [
    ("channels", "Channels"),
    ("channels/shop", "Fjord & Fern"),
    ("channels/!new", "New channel"),
    ("agents", "Agents"),
    ("agents/jonas", "Jonas"),
    ("queues", "Queues"),
    ("queues/!new", "New queue"),
    ("answers", "Answers"),
    ("answers/!new", "New answer"),
    ("hours", "Business hours"),
    ("hours/!new", "New business hours"),
    ("rules", "Redaction rules"),
    ("rules/cards", "cards"),
    ("applications", "Applications"),
    ("applications/bot", "Fern the bot"),
    ("keys", "API keys"),
    ("keys/!new", "New API key"),
]


@pytest_asyncio.fixture(loop_scope=LOOP, params=LOOKS, ids=str)
async def looked_at(
    browser: Browser, server: Running, request: pytest.FixtureRequest
) -> AsyncIterator[Administration]:
    """Administration in each of its looks, without motion."""
    width, scheme = request.param
    page = await browser.new_page(
        locale="en-GB",
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
    )
    page.set_default_timeout(15_000)
    yield Administration(page, server)
    await page.close()


async def is_too_wide(page: Page) -> bool:
    """Whether something has to be scrolled sideways to be read."""
    wide: bool = await page.evaluate(
        """() => [document.documentElement, document.querySelector("main")]
            .some((one) => one.scrollWidth > one.clientWidth)"""
    )
    return wide


async def test_axe_finds_nothing_on_any_page(
    looked_at: Administration,
) -> None:
    """Each page passes, and none has to be scrolled sideways."""
    page = looked_at
    await page.page.goto(f"{page.server.address}/console/admin/")
    await expect(page.field("Name")).to_be_visible()
    assert await faults(page.page) == []
    await page.prove()
    await expect(page.navigation).to_be_visible()

    for route, heading in PAGES:
        await page.go(route, heading)
        assert (route, await faults(page.page)) == (route, [])
        assert (route, await is_too_wide(page.page)) == (route, False)


async def test_axe_finds_nothing_where_something_is_wrong(
    looked_at: Administration,
) -> None:
    """Faults at fields, a question, and a secret shown once pass as well."""
    page = looked_at
    await page.sign_in()
    await page.go("agents/!new", "New agent")
    await page.save("Add")
    await expect(page.page.get_by_text("This is needed.").first).to_be_visible()
    assert await faults(page.page) == []

    await page.field("Name to sign in with").fill("ines")
    await page.field("Name that customers see").fill("Ines")
    await page.save("Add")
    await expect(page.dialog).to_be_visible()
    assert await faults(page.page) == []
    await page.button("I have copied it").click()
    await expect(page.heading("Agents")).to_be_visible()

    await page.go("rules", "Redaction rules")
    await page.field("Text").fill("4111 1111 1111 1111")
    await expect(page.page.locator("mark")).to_be_visible()
    assert await faults(page.page) == []


async def test_an_agent_finds_no_way_in(
    browser: Browser, server: Running
) -> None:
    """No link in the console; by address, what may be seen and not changed."""
    desk = await browser.new_page(locale="en-GB")
    await desk.goto(f"{server.address}/console/")
    found = desk.get_by_role("link", name="Administration")
    for name, link in (("jonas", 0), ("maria", 1)):
        await desk.get_by_label("Name", exact=True).fill(name)
        await desk.get_by_label("Password", exact=True).fill(
            server.passwords[name]
        )
        async with desk.expect_response("**/api/v1/me"):
            await desk.get_by_role("button", name="Sign in").click()
        await expect(desk.get_by_text("Connected")).to_be_visible()
        await expect(found).to_have_count(link)
        if link == 0:
            await desk.get_by_role("button", name="Sign out").click()
    await found.click()
    await expect(desk.get_by_role("heading", name="Channels")).to_be_visible()

    page = Administration(await browser.new_page(locale="en-GB"), server)
    await page.sign_in("jonas")
    await expect(page.navigation.get_by_role("link")).to_have_text(
        ["Channels", "Queues", "Answers", "Hours", "Back to the console"]
    )
    await page.go("channels/shop", "Fjord & Fern")
    await expect(page.page.get_by_role("note")).to_contain_text("Read only")
    await expect(page.button("Save")).to_have_count(0)
    await expect(
        page.page.locator(".form input:enabled:not([readonly])")
    ).to_have_count(0)
    await page.go("agents", "There is no such page")


async def test_no_mouse_is_needed(administration: Administration) -> None:
    """Past the navigation, to a form, through it, and out by keyboard."""
    page, keys = administration, administration.page.keyboard
    await page.go("answers", "Answers")
    await page.page.reload()
    await expect(page.heading("Answers")).to_be_visible()
    await page.page.locator("body").focus()
    await page.page.get_by_role("link", name="Skip").focus()
    await keys.press("Enter")
    await expect(page.page.locator("#main")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(page.heading("New answer")).to_be_visible()

    await page.field("Title").focus()
    await keys.type("Delivery time")
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.type("Two to four working days.")
    await keys.press("Tab")
    await keys.press("Enter")
    await page.said("Made.")
    await expect(page.rows).to_contain_text("Delivery time")


async def test_nothing_is_loaded_by_who_never_opens_it(
    browser: Browser, server: Running
) -> None:
    """The console asks for no file of administration."""
    page = await browser.new_page(locale="en-GB")
    loaded: list[str] = []
    page.on("request", lambda asked: loaded.append(asked.url))
    await page.goto(f"{server.address}/console/")
    await expect(page.get_by_label("Name", exact=True)).to_be_visible()

    assert any("/web/console/" in url for url in loaded)
    assert not any("/web/admin/" in url for url in loaded)


async def test_the_token_is_in_no_address(
    administration: Administration,
) -> None:
    """It goes into a header, and stays in this tab."""
    page = administration
    await page.go("channels/shop", "Fjord & Fern")
    token = await page.page.evaluate(
        "sessionStorage.getItem('dayfly-agent-token')"
    )

    assert token
    assert not any(token in asked for asked in page.asked)
    assert token not in page.page.url
    assert await page.page.evaluate("Object.keys(localStorage)") == []
