"""Menus, quick replies, cards and links in the widget."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]
    Axe,
)
from playwright.async_api import expect

from tests.browser.chat import Chat, until
from tests.browser.script import Script

pytestmark = pytest.mark.timeout(120)

BOT = {"author": "application", "name": "Fern"}
MENU = {
    "kind": "menu",
    "title": "What is it about?",
    "items": [
        {"text": "An order", "payload": "order"},
        {"text": "Sizes", "payload": "sizes"},
    ],
}
REPLIES = {
    "kind": "quick_replies",
    "items": [{"text": "Yes", "payload": "y"}, {"text": "No", "payload": "n"}],
}
CARDS = {
    "kind": "cards",
    "items": [
        {
            "title": f"Mug {number}",
            "subtitle": "Stoneware",
            "items": [{"text": f"About {number}", "payload": f"mug-{number}"}],
        }
        for number in range(4)
    ],
}
LINK = {
    "kind": "link_button",
    "title": "Returns",
    "label": "Read more",
    "url": "https://shop.example/returns",
}


async def choose(
    chat: Chat, script: Script, rich: dict[str, Any], name: str
) -> dict[str, Any]:
    """Have ``rich`` shown, choose ``name`` from it; what was sent."""
    script.show("", rich=rich, **BOT)
    await chat.button(name).click()
    return (await script.hears("send"))[-1]


@pytest.mark.parametrize(
    ("rich", "name", "payload"),
    [
        (MENU, "Sizes", "sizes"),
        (REPLIES, "Yes", "y"),
        (CARDS, "About 1", "mug-1"),
    ],
)
async def test_a_choice_is_sent_and_then_used(
    scripted: Chat,
    script: Script,
    rich: dict[str, Any],
    name: str,
    payload: str,
) -> None:
    """Words, number and payload go out; nothing can be chosen again."""
    sent = await choose(scripted, script, rich, name)
    assert (sent["text"], sent["answers"], sent["postback"]) == (
        name,
        1,
        payload,
    )
    await expect(scripted.button(f"{name} (chosen)")).to_be_disabled()
    used = scripted.frame.locator(".rich button.choice")
    for button in await used.all():
        await expect(button).to_be_disabled()
    await expect(scripted.field).to_be_focused()


async def test_what_was_chosen_elsewhere_is_used_here(
    scripted: Chat, script: Script
) -> None:
    """From history and from another window, as if it had been chosen here."""
    script.keep("", rich=MENU, **BOT)
    script.keep("Sizes", "customer", answers=1, postback="sizes")
    script.keep("", rich=REPLIES, **BOT)
    await script.routes[-1].close(code=1012)
    await expect(scripted.button("Sizes (chosen)")).to_be_disabled()
    await expect(scripted.button("Yes")).to_be_enabled()
    script.show("No", "customer", answers=3, postback="n")
    await expect(scripted.button("No (chosen)")).to_be_disabled()
    await expect(scripted.button("Yes")).to_be_disabled()


async def test_quick_replies_go_when_something_else_is_said(
    scripted: Chat, script: Script
) -> None:
    """Who writes instead has answered."""
    script.show("Was that it?", rich=REPLIES, **BOT)
    await expect(scripted.button("Yes")).to_be_visible()
    await scripted.write("something else")
    await expect(scripted.button("Yes")).to_be_hidden()


async def test_cards_are_walked_through_by_arrows(
    scripted: Chat, script: Script
) -> None:
    """Buttons where there is more, none where there is not; and by keys."""
    script.show("", rich=CARDS, **BOT)
    later = scripted.button("Next cards")
    earlier = scripted.button("Previous cards")
    await expect(later).to_be_visible()
    await expect(earlier).to_be_hidden()
    await later.click()
    await expect(earlier).to_be_visible()
    track = scripted.frame.get_by_role("group", name="Cards")
    await track.focus()
    at = await track.evaluate("(track) => track.scrollLeft")
    await scripted.page.keyboard.press("ArrowLeft")
    await until(
        scripted.inside(), f"document.querySelector('.track').scrollLeft < {at}"
    )


async def test_a_carousel_stays_where_it_was_scrolled_to(
    scripted: Chat, script: Script
) -> None:
    """The next message does not take the reader back to the first card."""
    script.show("", rich=CARDS, **BOT)
    await scripted.button("Next cards").click()
    await expect(scripted.button("Previous cards")).to_be_visible()
    script.show("Take your time.", **BOT)
    await scripted.shows("Take your time.")
    await expect(scripted.button("Previous cards")).to_be_visible()


async def test_a_link_button_opens_elsewhere_and_tells_nothing(
    scripted: Chat, script: Script
) -> None:
    """It says where it leads, and takes nothing along."""
    script.show("", rich=LINK, **BOT)
    link = scripted.frame.get_by_role("link", name="Read more")
    await expect(link).to_have_attribute("href", "https://shop.example/returns")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_contain_text("shop.example")


async def test_notes_are_not_for_customers(
    scripted: Chat, script: Script
) -> None:
    """Their number is kept, and nothing of them is shown or counted."""
    script.show("hello")
    await scripted.shows("hello")
    await scripted.launcher("Close chat").click()
    script.show("", note=True, **BOT)
    script.show("for you", **BOT)
    await expect(scripted.launcher("Open chat, 1 unread")).to_be_visible()
    await scripted.launcher("Open chat").click()
    await scripted.shows("hello", "for you")


async def test_the_application_is_named_and_marked(
    scripted: Chat, script: Script
) -> None:
    """Its name in the head while it serves; over its words, that it is one."""
    script.state = {"phase": "served"}
    await scripted.write("hello")
    script.show("At once!", **BOT)
    script.say("state", phase="served")
    await expect(
        scripted.frame.get_by_role("status").filter(has_text="Fern is here")
    ).to_be_visible()
    await expect(scripted.frame.get_by_text("Fern (automatic)")).to_be_visible()
    script.say("state", phase="active", agent="Maria")
    await expect(scripted.frame.get_by_text("Maria is here")).to_be_visible()


async def test_parts_of_a_newer_server_are_ignored(
    scripted: Chat, script: Script
) -> None:
    """An unknown kind shows the words alone."""
    script.show("words", rich={"kind": "constructor"}, **BOT)
    await scripted.shows("words")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_rich_parts(
    scripted: Chat, script: Script, scheme: Any
) -> None:
    """Fresh and used, every part passes every rule."""
    await scripted.page.emulate_media(
        color_scheme=scheme, reduced_motion="reduce"
    )
    for rich in (MENU, CARDS, LINK, REPLIES):
        script.show("words", rich=rich, **BOT)
    await scripted.button("Yes").click()
    script.show("", rich=REPLIES, **BOT)
    await expect(scripted.button("Yes").last).to_be_enabled()
    result = await Axe().run(scripted.page)
    assert [rule["id"] for rule in result.response["violations"]] == []
