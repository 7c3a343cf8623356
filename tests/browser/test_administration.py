"""Administration: what is changed there holds, and refusals say what to do."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.administration import Administration
from tests.browser.desk import Desk

pytestmark = pytest.mark.timeout(120)


async def test_an_agent_is_made_and_signs_in(
    administration: Administration, browser: Browser
) -> None:
    """The password is shown once, opens the console, and is never asked for."""
    page = administration
    await page.go("agents", "Agents")
    await page.link("Add agent").click()
    await page.field("Name to sign in with").fill("ines")
    await page.field("Name that customers see").fill("Inês")
    await page.save("Add")

    await expect(page.dialog).to_contain_text("Inês can sign in")
    password = await page.dialog.get_by_label("Password").text_content()
    assert password
    await page.button("I have copied it").click()
    await expect(page.rows).to_have_count(3)
    assert password not in await page.page.content()

    desk = Desk(await browser.new_page(locale="en-GB"), page.server)
    await desk.open()
    page.server.passwords["ines"] = password
    await desk.page.get_by_label("Name", exact=True).fill("ines")
    await desk.page.get_by_label("Password", exact=True).fill(password)
    await desk.button("Sign in").click()
    await expect(desk.page.get_by_text("Connected")).to_be_visible()


async def test_the_last_administrator_stays(
    administration: Administration,
) -> None:
    """Removing oneself is refused, in words that say why."""
    page = administration
    await page.go("agents/maria", "Maria")
    await page.button("Remove agent").click()
    await page.dialog.get_by_role("button", name="Remove").click()

    refusal = page.page.get_by_role("alert").filter(has_text="administrator")
    await expect(refusal).to_contain_text("last administrator")
    await page.field("Administrator").uncheck()
    await page.save()
    await expect(refusal.first).to_be_visible()


async def test_what_is_missing_is_said_at_its_field(
    administration: Administration,
) -> None:
    """First by the page, then by the server; the first fault has the focus."""
    page = administration
    await page.go("queues/!new", "New queue")
    await page.save("Add")
    name = page.field("Name")
    await expect(name).to_be_focused()
    await expect(name).to_have_accessible_description("This is needed.")

    await name.fill("Sales desk")
    await expect(page.field("Id")).to_have_value("sales-desk")
    await page.save("Add")
    await page.said("Made.")

    await page.go("queues/!new", "New queue")
    await page.field("Name").fill("Sales desk")
    await page.save("Add")
    await expect(page.page.get_by_role("alert").first).to_contain_text(
        "There is one with this name already"
    )


async def test_a_change_by_somebody_else_is_not_overwritten(
    administration: Administration, browser: Browser
) -> None:
    """Who saves second is told, and loses nothing that was typed."""
    page = administration
    await page.go("channels/shop", "Fjord & Fern")
    other = Administration(await browser.new_page(), page.server)
    await other.sign_in()
    await other.go("channels/shop", "Fjord & Fern")
    await other.field("Name").fill("Fjord and Fern")
    await other.save()
    await other.said("Saved.")

    await page.field("Greeting").fill("Good day!")
    await page.save()

    await expect(page.page.get_by_role("alert").first).to_contain_text(
        "Somebody has changed this"
    )
    await expect(page.field("Greeting")).to_have_value("Good day!")


async def test_leaving_with_changes_is_asked_about(
    administration: Administration,
) -> None:
    """Staying keeps the page, leaving forgets what was typed."""
    page = administration
    await page.go("agents/jonas", "Jonas")
    await page.field("Name that customers see").fill("Jon")
    await expect(page.page.get_by_text("Unsaved changes")).to_be_visible()

    await page.navigation.get_by_role("link", name="Queues").click()
    await page.dialog.get_by_role("button", name="Stay").click()
    await expect(page.heading("Jonas")).to_be_visible()
    assert page.page.url.endswith("#/agents/jonas")
    await page.navigation.get_by_role("link", name="Queues").click()
    await page.dialog.get_by_role("button", name="Leave").click()

    await expect(page.heading("Queues")).to_be_visible()


async def test_a_token_worth_nothing_asks_for_a_new_one(
    administration: Administration,
) -> None:
    """Whoever signs in again finds what was typed, and it can be saved."""
    page = administration
    await page.go("agents/jonas", "Jonas")
    await page.field("Name that customers see").fill("Jon")
    await page.page.evaluate(
        "sessionStorage.setItem('dayfly-agent-token', 'worth-nothing')"
    )
    await page.save()
    await expect(page.page.get_by_text("Sign in again")).to_be_visible()

    await page.prove()

    await page.said("Saved.")
    await expect(page.heading("Jon")).to_be_visible()
