"""What the console keeps, forgets, and never lets in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.desk import Cut, Desk
from tests.browser.running import Customer

pytestmark = pytest.mark.timeout(120)

Arrive = Callable[[], Awaitable[Customer]]


async def stored(page: Page) -> dict[str, list[str]]:
    """The keys that the page has put into the browser, and where."""
    kept: dict[str, list[str]] = await page.evaluate(
        """async () => ({
            local: Object.keys(localStorage),
            session: Object.keys(sessionStorage).sort(),
            databases: (await indexedDB.databases()).map((d) => d.name),
            caches: await caches.keys(),
            cookie: document.cookie.split(";").filter(Boolean),
        })"""
    )
    return kept


async def test_a_customer_who_ends_leaves_nothing_on_the_page(
    desk: Desk, arrive: Arrive
) -> None:
    """What the server has forgotten is on no part of the page."""
    await desk.sign_in()
    customer = await arrive()
    await customer.write("my secret is heliotrope")
    await desk.take_first()
    await desk.reply.fill("half an answer about heliotrope")

    await customer.say("end")

    await expect(desk.page.get_by_text("Erased: 1 message")).to_be_visible()
    assert "heliotrope" not in await desk.page.content()
    await expect(desk.reply).to_have_count(0)


async def test_a_conversation_that_ended_while_away_is_forgotten(
    desk: Desk, arrive: Arrive
) -> None:
    """A page that was offline for the end does not show the dead."""
    cut = Cut()
    await desk.page.route_web_socket("**/socket/agent", cut.route)
    await desk.sign_in()
    customer = await arrive()
    await customer.write("heliotrope")
    await desk.take_first()
    await expect(desk.log).to_contain_text("heliotrope")

    await cut.off()
    await expect(desk.page.get_by_text("No connection.")).to_be_visible()
    await customer.say("end")
    await customer.hear("gone")
    cut.is_off = False

    away = desk.page.get_by_text("while this page was not connected")
    await expect(away).to_be_visible()
    assert "heliotrope" not in await desk.page.content()


async def test_only_this_tab_is_written_to(desk: Desk, arrive: Arrive) -> None:
    """The token stays in sessionStorage, out of the address, and goes."""
    assert (await stored(desk.page))["session"] == []
    await desk.sign_in()
    await (await arrive()).write("hello")
    await desk.take_first()

    kept = await stored(desk.page)
    session = kept.pop("session")
    assert set(session) == {"dayfly-agent-token", "dayfly-open-conversation"}
    assert not any(kept.values())
    assert desk.page.url == f"{desk.server.address}/console/"

    await desk.button("Sign out").click()
    await expect(desk.page.get_by_label("Name", exact=True)).to_be_visible()
    assert (await stored(desk.page))["session"] == []
    assert "hello" not in await desk.page.content()


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=\"document.title='owned'\">",
        "<script>document.title='owned'</script>",
        "javascript:alert(1)",
        '"><svg onload=alert(1)>',
        "{{constructor.constructor('return 1')()}}",
    ],
)
async def test_what_customers_write_is_text(
    desk: Desk, arrive: Arrive, text: str
) -> None:
    """Markup shows as it was typed and makes no element, anywhere."""
    await desk.sign_in()
    await (await arrive()).write(text)
    await desk.take_first()

    await expect(desk.log.get_by_text(text, exact=True)).to_be_visible()
    await expect(desk.log.locator("img, script, a, svg[onload]")).to_have_count(
        0
    )
    assert "owned" not in await desk.page.title()


async def test_links_are_made_of_honest_addresses_only(
    desk: Desk, arrive: Arrive
) -> None:
    """A sentence's full stop is not part of it, and a disguise no link."""
    await desk.sign_in()
    customer = await arrive()
    await customer.write("see (https://shop.example/a?b=1).")
    await customer.write("https://bank.example@evil.example/")
    await desk.take_first()

    link = desk.log.get_by_role("link")
    await expect(link).to_have_count(1)
    await expect(link).to_have_attribute("href", "https://shop.example/a?b=1")
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
