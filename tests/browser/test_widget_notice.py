"""What the account tells its customers first, and terms to be agreed to."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chat import Chat
from tests.browser.running import Running
from tests.browser.script import Script
from tests.browser.test_widget_access import faults

pytestmark = pytest.mark.timeout(120)

TEXT = "This chat is kept until it ends; see https://shop.example/privacy."
NOTICE = {"version": "7", "language": "en", "text": TEXT}
TERMS = NOTICE | {
    "terms": "I agree to the terms of the shop.",
    "terms_url": "https://shop.example/terms",
}
WHY = re.compile("Please tick the box; then you can send.")
REQUIRED = TERMS | {"terms_required": True}


async def told(chat: Chat, script: Script, notice: dict[str, Any]) -> Any:
    """Open the chat with ``notice``; the box to tick."""
    script.notice = notice
    script.state = {"phase": "open"}
    await chat.open()
    await expect(
        chat.frame.get_by_text("is kept until it ends")
    ).to_be_visible()
    return chat.frame.get_by_role("checkbox", name="I agree")


async def test_the_notice_stands_above_what_is_said(
    closed: Chat, script: Script
) -> None:
    """From the opening on, with its link, in the language it is written in."""
    box = await told(closed, script, NOTICE)
    await expect(box).to_have_count(0)
    line = closed.frame.get_by_text("is kept until it ends")
    await expect(line).to_have_attribute("lang", "en")
    link = line.get_by_role("link", name="https://shop.example/privacy")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await closed.write("hello")
    await closed.settled()
    await expect(line).to_be_visible()
    assert "terms" not in script.all("send")[0]


async def test_the_language_of_the_customer_is_told(
    browser: Browser, server: Running, script: Script
) -> None:
    """Also one that the widget does not speak: the account may."""
    page = await browser.new_page(locale="pt-BR")
    await page.route_web_socket("**/socket/**", script.connected)
    chat = Chat(page, server.address)
    await chat.go()
    await chat.open()
    assert (await script.hears("hello"))[0]["language"] == "pt-BR"


async def test_required_terms_are_ticked_before_the_first_message(
    closed: Chat, script: Script
) -> None:
    """Nothing goes out before, and the way on is said; then the version."""
    box = await told(closed, script, REQUIRED)
    await closed.field.fill("hello")
    send = closed.button("Send")
    await expect(send).to_be_disabled()
    await expect(send).to_have_accessible_description(WHY)
    await closed.field.press("Enter")
    await expect(box).to_be_focused()
    await expect(box).to_have_accessible_description(WHY)
    assert script.texts_sent() == []
    await closed.page.keyboard.press("Space")
    await expect(send).to_be_enabled()
    await closed.field.press("Enter")
    assert (await script.hears("send"))[0]["terms"] == "7"
    await expect(box).to_be_hidden()


async def test_what_was_ticked_does_not_come_back(
    closed: Chat, script: Script
) -> None:
    """Neither with the next connection, nor with the next message or page."""
    box = await told(closed, script, REQUIRED)
    await box.check()
    await closed.write("one")
    await closed.settled()
    await script.routes[-1].close(code=1012)
    await closed.write("two")
    await closed.settled()
    await expect(box).to_be_hidden()
    await closed.page.reload()
    await closed.shows("one", "two")
    await expect(box).to_be_hidden()
    assert [frame.get("terms") for frame in script.all("send")] == ["7", None]


async def test_terms_that_are_not_required_may_be_left(
    closed: Chat, script: Script
) -> None:
    """A message goes out without them, and says nothing of any."""
    box = await told(closed, script, TERMS)
    await expect(closed.frame.get_by_text("Please tick")).to_be_hidden()
    await closed.write("hello")
    await closed.settled()
    assert "terms" not in script.all("send")[0]
    await expect(box).to_be_hidden()


@pytest.mark.parametrize(
    "address",
    ["http://shop.example/", "javascript:top.ran=1", "data:text/html,x", ""],
)
async def test_terms_are_linked_to_honest_addresses_only(
    closed: Chat, script: Script, address: str
) -> None:
    """https, in a window of its own, told nothing of this one; or no link."""
    await told(closed, script, TERMS)
    link = closed.frame.get_by_role("link", name="Read the terms")
    await expect(link).to_have_attribute("href", "https://shop.example/terms")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(link).to_have_attribute("target", "_blank")
    script.notice = TERMS | {"terms_url": address}
    await script.routes[-1].close(code=1012)
    await expect(link).to_be_hidden()


async def test_a_notice_is_text(closed: Chat, script: Script) -> None:
    """Markup in it is shown as it was written."""
    hostile = "<img src=x onerror='top.ran=1'>"
    words = {"text": f"{hostile} is kept until it ends", "terms": hostile}
    await told(closed, script, TERMS | words)
    await expect(closed.frame.get_by_text(hostile)).to_have_count(2)
    assert await closed.page.evaluate("window.ran") is None


async def test_terms_that_have_become_others_are_asked_for_again(
    closed: Chat, script: Script
) -> None:
    """The message waits, unsent; with the new version it goes out."""
    box = await told(closed, script, REQUIRED)
    await box.check()
    script.answers["send"] = lambda frame: script.say(
        "refused",
        code="terms_needed",
        act="person",
        retry=False,
        ref=frame["id"],
    )
    script.notice = REQUIRED | {"version": "8"}
    await closed.write("hello")
    unsent = closed.frame.get_by_text("Not sent: the terms")
    await expect(unsent).to_be_visible()
    await expect(box).to_be_visible()
    await expect(box).not_to_be_checked()
    await closed.button("Try again").click()
    await expect(box).to_be_focused()
    script.answers["send"] = script.acknowledge
    await box.check()
    await closed.button("Try again").click()
    first, second = await script.hears("send", 2)
    assert (first["terms"], second["terms"]) == ("7", "8")
    assert first["id"] == second["id"]
    await expect(box).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_notice(
    closed: Chat, script: Script, scheme: Literal["light", "dark"]
) -> None:
    """Asked, and missed."""
    await closed.page.emulate_media(
        color_scheme=scheme, reduced_motion="reduce"
    )
    await told(closed, script, REQUIRED)
    assert await faults(closed.page) == []
    await closed.write("hello")
    assert await faults(closed.page) == []
