"""What is held about the customer: shown, taken along, taken back, deleted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Route, expect

from tests.browser.chat import Chat, configured
from tests.browser.holdings import ABOUT, ALL, About
from tests.browser.script import NOW, Script
from tests.browser.test_widget_access import faults

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def about(scripted: Chat, script: Script) -> About:
    """A chat whose server can be asked."""
    return About(scripted, script)


async def test_each_record_type_is_told_in_plain_words(about: About) -> None:
    """What, how many, where, until when; and what is not known, as it came."""
    await about.open()
    for name in ("messages", "page, device and rough location"):
        await about.shows(f"Your {name}")
    memory = about.panel.get_by_role("listitem").filter(has_text="rough")
    await expect(memory).to_contain_text("5")
    await about.shows("In memory only")
    await about.shows("Kept until you have it deleted")
    until = about.panel.get_by_text("Deleted when the chat ends, or in 30 min")
    await expect(until.first).to_contain_text("if nobody writes")
    strange = about.panel.locator("section").filter(has_text="moon phases")
    await expect(strange).to_contain_text("1,200")
    await expect(strange.get_by_text("one day")).to_have_attribute("lang", "en")
    await about.shows("You are not located.")
    await about.shows("do_not_dance")


async def test_nothing_of_it_is_kept_in_the_browser(about: About) -> None:
    """Storage is as it was, and the closed panel holds nothing."""
    await about.chat.write("hello")
    await about.chat.settled()
    before = sorted(await about.chat.kept())
    await about.open()
    assert sorted(await about.chat.kept()) == before
    await about.chat.page.keyboard.press("Escape")
    await expect(about.chat.frame.locator(".sheet-body > *")).to_have_count(0)
    assert sorted(await about.chat.kept()) == before


async def test_it_is_asked_anew_each_time(about: About) -> None:
    """Opened again, it tells what is held then; at first, that is little."""
    about.answer = {"held": []}
    await about.button.click()
    await about.shows("Nothing is held about you.")
    await about.chat.page.keyboard.press("Escape")
    about.answer = dict(ALL)
    await about.button.click()
    await about.shows("Your messages")
    assert len(about.script.all("holdings")) == 2


async def test_a_consent_is_withdrawn_at_once(about: About) -> None:
    """One press, told to screen readers; the focus stays where it was."""
    await about.open()
    await about.panel.get_by_role("button", name="Withdraw: news").click()
    (said,) = await about.script.hears("withdraw")
    assert said["purpose"] == "news"
    line = about.panel.get_by_role("listitem").filter(has_text="news")
    await expect(line).to_contain_text("Withdrawn")
    await expect(line).to_be_focused()
    await expect(line.get_by_role("button")).to_have_count(0)
    await expect(about.panel.get_by_role("status").last).to_have_text(
        "Withdrawn."
    )


async def test_a_keyboard_is_enough_for_the_panel(about: About) -> None:
    """In, to each thing in order, out; the chat behind cannot be reached."""
    page, keyboard = about.chat.page, about.chat.page.keyboard
    await about.chat.write("hello")
    await about.chat.settled()
    await about.button.focus()
    await keyboard.press("Enter")
    await about.shows("Your messages")
    await expect(about.panel).to_be_focused()
    for name in (
        "Back to the chat",
        None,
        "Withdraw: Being answered in this chat",
        "Withdraw: news",
        "Download my transcript: As text",
        "Download my transcript: As web page",
        "Delete everything now",
    ):
        await keyboard.press("Tab")
        if name:
            await expect(about.chat.button(name)).to_be_focused()
    main = about.chat.frame.locator("main")
    assert await main.evaluate("(main) => main.inert") is True
    await keyboard.press("Escape")
    await expect(about.panel).to_be_hidden()
    await expect(about.button).to_be_focused()
    await expect(about.chat.field).to_be_visible()
    await expect(page.get_by_role("dialog", name="Chat with")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "format_", "ending"),
    [("As text", "text", "txt"), ("As web page", "html", "html")],
)
async def test_a_transcript_is_fetched_without_telling_the_token(
    about: About, tmp_path: Path, name: str, format_: str, ending: str
) -> None:
    """The token goes in a header, never in an address; the file is saved."""
    asked: list[Any] = []

    async def give(route: Route) -> None:
        asked.append(route.request)
        await route.fulfill(body="you: hello")

    await about.chat.page.route("**/transcript?*", give)
    await about.open()
    async with about.chat.page.expect_download() as coming:
        await about.panel.get_by_role("button", name=name).click()
    download = await coming.value
    await download.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == b"you: hello"
    assert download.suggested_filename.startswith("chat-20")
    assert download.suggested_filename.endswith(ending)
    (request,) = asked
    assert request.url.endswith(f"/transcript?format={format_}")
    assert request.headers["authorization"] == "Bearer " + "t" * 43
    await about.shows("Your copy is in your downloads.")


async def test_a_transcript_that_cannot_be_had_is_said_to_be(
    about: About,
) -> None:
    """A refusal is no file."""
    await about.chat.page.route(
        "**/transcript?*", lambda route: route.fulfill(status=404)
    )
    await about.open()
    await about.panel.get_by_role("button", name="As text").click()
    await about.shows("That did not work. Please try again.")


async def test_a_channel_may_give_no_transcript(about: About) -> None:
    """Then none is offered."""
    about.answer |= {"transcript": False}
    await about.open()
    await expect(about.panel.get_by_text("transcript")).to_have_count(0)


async def test_everything_is_deleted_after_two_steps(about: About) -> None:
    """Asked first; then gone from there, from here and from the browser."""
    about.script.answers["forget"] = about.erase
    await about.open()
    first = about.panel.get_by_role("button", name="Delete everything now")
    await first.click()
    await expect(about.chat.button("Keep it")).to_be_focused()
    await about.chat.page.keyboard.press("Escape")
    await expect(first).to_be_focused()
    assert about.script.all("forget") == []
    await about.delete()
    await about.shows("Everything is deleted")
    await about.shows("Nothing is held about you any more.")
    await expect(about.body.get_by_text("4 messages erased")).to_be_visible()
    assert about.script.all("end") == []
    await about.chat.shows()
    assert await about.chat.kept() == []
    about.script.stored.clear()
    await about.chat.button("Start a new conversation").last.click()
    await expect(about.chat.field).to_be_focused()


async def test_who_said_nothing_can_be_forgotten_too(about: About) -> None:
    """The account may know somebody who has not written yet."""
    about.script.state = {"phase": "open"}
    about.script.answers["forget"] = about.erase
    await about.button.click()
    await about.shows("Your messages")
    await about.delete()
    await about.shows("Everything is deleted")
    assert await about.chat.kept() == []


async def test_the_wish_to_be_forgotten_outlives_a_connection(
    about: About,
) -> None:
    """Lost before the answer, it is said again by the next one."""
    lost = asyncio.Event()
    about.script.answers["forget"] = lambda _frame: lost.set()
    await about.open()
    await about.delete()
    await lost.wait()
    about.script.answers["forget"] = about.erase
    await about.script.routes[-1].close(code=1012)
    await about.shows("Everything is deleted")
    assert len(about.script.all("forget")) == 2


async def test_what_is_on_hold_is_said_and_not_offered(about: About) -> None:
    """A sentence in the place of the button."""
    about.answer |= {"on_hold": True}
    await about.open()
    hold = about.body.get_by_text("This is on legal hold")
    await expect(hold).to_be_visible()
    await expect(
        about.panel.get_by_role("button", name="Delete everything")
    ).to_have_count(0)


async def test_a_hold_nobody_told_of_is_learnt_by_the_refusal(
    about: About,
) -> None:
    """Then it stays, and the chat goes on."""
    about.script.answers["forget"] = lambda _frame: about.script.say(
        "refused", code="on_hold", act="nobody", retry=False, ref="forget"
    )
    await about.open()
    await about.delete()
    await expect(
        about.body.get_by_text("This is on legal hold")
    ).to_be_visible()
    await about.chat.page.keyboard.press("Escape")
    await about.chat.write("still here")
    await about.chat.settled()
    await about.chat.shows("hello", "still here")


async def test_another_connection_is_asked_again(about: About) -> None:
    """A question that was lost is not waited for."""
    lost = asyncio.Event()
    about.script.answers["holdings"] = lambda _frame: lost.set()
    await about.button.click()
    await about.shows("Looking it up…")
    await lost.wait()
    about.script.answers["holdings"] = about.tell
    await about.script.routes[-1].close(code=1012)
    await about.shows("Your messages")


async def test_a_refused_question_can_be_asked_again(about: About) -> None:
    """It says that it did not work, and how to go on."""
    about.script.answers["holdings"] = lambda _frame: about.script.say(
        "refused",
        code="unavailable",
        act="operator",
        retry=True,
        ref="holdings",
    )
    await about.button.click()
    await about.shows("This did not work just now.")
    about.script.answers["holdings"] = about.tell
    await about.panel.get_by_role("button", name="Try again").click()
    await about.shows("Your messages")


@pytest.mark.parametrize(
    ("kept_until", "said"),
    [
        (NOW, "It is kept until 21 November 2026 at "),
        (None, "It is kept for now, and deleted later."),
    ],
)
async def test_a_channel_that_keeps_what_ended_says_until_when(
    closed: Chat, script: Script, kept_until: int | None, said: str
) -> None:
    """Below the field, in the question and on the ended screen."""
    await configured(closed, retention=30 * 86_400.0)
    await closed.open()
    await expect(
        closed.frame.get_by_text("Deleted 30 days after the chat ends").last
    ).to_be_visible()
    script.answers["end"] = lambda _frame: script.say(
        "ended", by="customer", at=NOW, kept=True, kept_until=kept_until
    )
    await closed.write("hello")
    await closed.settled()
    await closed.button("End chat").click()
    question = closed.frame.get_by_role("alertdialog")
    await expect(question).to_contain_text("deleted 30 days later")
    await question.get_by_role("button", name="End chat").click()
    await expect(closed.frame.locator(".deleted")).to_contain_text(said)
    await expect(closed.frame.get_by_text("only in this window")).to_be_hidden()
    assert await closed.kept() == []


async def test_a_kept_conversation_dies_after_its_end(
    closed: Chat, script: Script
) -> None:
    """Nobody knows yet when that will be: days are told, and no time."""
    about = About(closed, script)
    await configured(closed, retention=30 * 86_400.0)
    await closed.open()
    await about.open()
    messages = about.panel.locator("section").filter(has_text="Your messages")
    await expect(messages.first).to_contain_text(
        "Deleted 30 days after the chat"
    )
    context = about.panel.locator("section").filter(has_text="rough location")
    await expect(context).to_contain_text("Deleted when the chat ends")


async def test_a_real_server_tells_and_forgets(chat: Chat) -> None:
    """From the first message to the receipt, without a script."""
    await chat.open()
    await chat.write("hello", "my name is Canary")
    await chat.settled()
    await chat.button(ABOUT).click()
    panel = chat.frame.get_by_role("dialog", name=ABOUT)
    messages = panel.get_by_role("listitem").filter(has_text="Your messages")
    await expect(messages.first).to_contain_text("2")
    await expect(panel).to_contain_text("The key to your messages")
    await expect(panel.locator("[lang=en]")).to_have_count(0)
    await panel.get_by_role("button", name="Delete everything").click()
    question = chat.frame.get_by_role("alertdialog")
    await question.get_by_role("button", name="Delete everything").click()
    body = panel.locator(".sheet-body")
    await expect(body).to_contain_text("Everything is deleted")
    await expect(body).to_contain_text("2 messages erased")
    assert await chat.kept() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_axe_finds_nothing_in_the_panel(
    about: About, scheme: Literal["light", "dark"], width: int
) -> None:
    """Told, asked, on hold and gone; and nothing moves for who wants that."""
    page = about.chat.page
    await page.set_viewport_size({"width": width, "height": 844})
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    about.script.answers["forget"] = about.erase
    await about.open()
    assert await faults(page) == []
    moving = "(panel) => getComputedStyle(panel).animationName"
    assert await about.panel.evaluate(moving) == "none"
    await about.panel.get_by_role("button", name="Delete everything").click()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await about.delete()
    await about.shows("Everything is deleted")
    assert await faults(page) == []
