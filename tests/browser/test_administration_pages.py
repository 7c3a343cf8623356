"""Each page of administration does what its page is for."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Route, expect

from server.domain.permission import SCOPES_OF_KEYS
from tests.browser.administration import Administration
from tests.browser.chat import Chat
from tests.browser.running import ROOT

pytestmark = pytest.mark.timeout(120)


async def test_the_widget_shows_what_the_channel_is_set_to(
    administration: Administration, chat: Chat
) -> None:
    """The preview follows what is typed, the shop what is saved."""
    page = administration
    await page.go("channels/shop", "Fjord & Fern")
    preview = page.page.frame_locator("iframe")
    await expect(preview.get_by_role("heading")).to_have_text("Fjord & Fern")

    await page.field("Name").fill("Fern & Fjord")
    await page.field("Greeting").fill("Good day!")
    await expect(preview.get_by_role("heading")).to_have_text("Fern & Fjord")
    await expect(preview.get_by_text("Good day!")).to_be_visible()
    await page.save()
    await page.said("Saved.")

    await chat.go()
    await chat.open()
    await expect(chat.frame.get_by_role("heading")).to_have_text("Fern & Fjord")


async def test_a_channel_that_lacks_words_does_not_open(
    administration: Administration,
) -> None:
    """The page says which, and takes it once they are there."""
    page = administration
    await page.go("channels/shop", "Fjord & Fern")
    await page.field("A word that agrees").check()
    await page.save()
    problem = page.page.get_by_role("alert").first
    await expect(problem).to_contain_text("The channel cannot be open")
    await expect(page.page.get_by_text("Needed: a word for")).to_be_visible()

    await page.button("Add words in a language").click()
    await page.save()

    await page.said("Saved.")
    await expect(page.page.get_by_text("English (en)").last).to_be_visible()


async def test_what_the_file_declares_is_read(
    administration: Administration,
) -> None:
    """With the reason, and without a button that would be refused."""
    page = administration

    async def declared(route: Route) -> None:
        answer = await route.fetch()
        told = await answer.json()
        await route.fulfill(response=answer, json={**told, "declared": True})

    await page.page.route("**/channels/shop", declared)
    await page.go("channels/shop", "Fjord & Fern")

    note = page.page.get_by_role("note")
    await expect(note).to_contain_text("Set in the settings file")
    await expect(page.field("Name")).not_to_be_editable()
    for name in ("Save", "Remove channel", "Make a new secret"):
        await expect(page.button(name)).to_have_count(0)


async def test_every_scope_can_be_given() -> None:
    """The boxes for keys are those that the server knows."""
    listed = (ROOT / "server/web/admin/scopes.js").read_text("utf-8")

    named = set(re.findall(r'^  \["([a-z:]+)"', listed, re.MULTILINE))
    assert named == {scope.value for scope in SCOPES_OF_KEYS}


async def test_rules_are_tried_on_a_text(
    administration: Administration,
) -> None:
    """What would go is marked; a rule that is not kept yet counts as well."""
    page = administration
    await page.go("rules/!new", "New redaction rule")
    await page.field("Name").fill("case")
    await page.field("A pattern of your own").check()
    await page.field("Pattern").fill("case-[0-9]{6}")
    await page.field("Text").fill(
        "\U0001f600 4111 1111 1111 1111 and case-123456"
    )

    marks = page.page.locator("mark")
    await expect(marks.first).to_contain_text("4111 1111 1111 1111")
    await expect(marks.last).to_contain_text("case-123456")
    await expect(page.page.get_by_text("Hidden: 1 by cards")).to_be_visible()
    await page.button("Count in what is being said").click()
    await expect(page.page.get_by_text("Nobody is saying")).to_be_visible()
    await page.save("Add")
    await page.said("Made.")
    await expect(page.rows).to_have_count(3)


async def test_a_week_is_edited(administration: Administration) -> None:
    """Times as people type them; an end before its beginning is refused."""
    page = administration
    await page.go("hours/!new", "New business hours")
    await page.field("Name").fill("Office")
    await page.field("Monday, from").fill("8")
    await page.field("Monday, until").fill("7")
    await page.save("Add")
    await expect(
        page.page.get_by_text("The end has to be later")
    ).to_be_visible()
    await page.field("Monday, until").fill("1730")
    await page.button("Copy the hours of Monday to Monday to Friday").click()
    await page.button("Remove these hours of Friday").click()
    await page.save("Add")
    await page.said("Made.")
    await expect(page.rows).to_contain_text("Mon, Tue, Wed, Thu")
    await page.link("Office").click()
    await expect(page.field("Thursday, from")).to_have_value("08:00")


async def test_a_key_is_shown_once_and_works(
    administration: Administration,
) -> None:
    """With the scopes that were chosen, and no others."""
    page = administration
    await page.go("keys/!new", "New API key")
    await page.field("Name").fill("CRM")
    await page.field("See channels").check()
    await page.save("Add")
    key = await page.dialog.get_by_label("API key").text_content()
    await page.button("I have copied it").click()
    await expect(page.rows).to_contain_text("1 scope")

    api = f"{page.server.address}/api/v1/accounts/acme"
    heard = [
        (
            await page.page.request.get(
                f"{api}/{what}", headers={"authorization": f"Bearer {key}"}
            )
        ).status
        for what in ("channels", "agents")
    ]

    assert heard == [200, 403]
    await page.page.reload()
    await expect(page.rows).to_contain_text("used just now")


async def test_an_application_gets_secrets_once(
    administration: Administration,
) -> None:
    """Its key and its signing secret, made when it is and later anew."""
    page = administration
    await page.go("applications/!new", "New application")
    await page.field("Name").fill("Helper")
    await page.page.get_by_role("textbox", name="Webhook").fill(
        "https://example.org/hook"
    )
    await page.button("Generate").click()
    await page.save("Add")
    await expect(page.dialog.get_by_label("Key")).to_have_text(
        re.compile(r"^[\w-]{43}$")
    )
    await expect(page.dialog.get_by_label("Signing secret")).to_contain_text(
        "whsec_"
    )
    await page.button("I have copied it").click()

    await page.link("Helper").click()
    await page.field("Name").fill("Helping hand")
    await page.button("Make a new signing secret").click()
    await page.button("I have copied it").click()
    await page.save()
    await page.said("Saved.")
