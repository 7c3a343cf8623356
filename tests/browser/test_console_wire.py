"""The console against a scripted server: what a real one says rarely."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.desk import NOW, Desk, DeskScript, message
from tests.browser.running import LOOP, PATIENCE, Running

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def script() -> DeskScript:
    """A server that says what a test wants."""
    return DeskScript()


@pytest_asyncio.fixture(loop_scope=LOOP)
async def scripted(
    browser: Browser, server: Running, script: DeskScript
) -> AsyncIterator[Desk]:
    """The console, signed in to the script, its conversation open."""
    page = await browser.new_page(locale="en-GB")
    await page.route_web_socket("**/socket/agent", script.route)
    desk = Desk(page, server)
    await desk.open()
    await desk.sign_in()
    await desk.listed("Mine").get_by_role("button").click()
    await expect(desk.log).to_contain_text("the first text")
    yield desk
    await page.close()
    assert desk.faults == []


async def test_a_reconnect_resumes_where_it_was(
    scripted: Desk, script: DeskScript
) -> None:
    """Only what came meanwhile is asked for, and marks are repeated."""
    script.held.append(message(2, "said meanwhile"))
    await script.close(4001)

    await expect(scripted.log).to_contain_text("said meanwhile")
    await expect(scripted.log.get_by_text("the first text")).to_have_count(1)
    assert script.all("hello")[-1]["token"] == "t"
    watch = script.all("watch")[-1]
    assert (watch["epoch"], watch["last"]) == ("e1", 1)
    assert script.all("read")[-1]["number"] == 2


async def test_a_resync_drops_what_was_shown(
    scripted: Desk, script: DeskScript
) -> None:
    """Another epoch means other messages: none of the old may stay."""
    script.epoch, script.held = "e2", [message(1, "another text")]
    await script.close(1012)

    await expect(scripted.log).to_contain_text("another text")
    await expect(scripted.page.get_by_text("the first text")).to_have_count(0)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (4503, "signed out"),
        (4501, "has ended"),
        (4500, "closed the connection"),
    ],
)
async def test_a_final_code_leads_to_the_door(
    scripted: Desk, script: DeskScript, code: int, said: str
) -> None:
    """Codes that say stay away are obeyed, and nothing is kept."""
    await script.close(code)

    await expect(scripted.page.get_by_role("alert")).to_contain_text(said)
    assert await scripted.page.evaluate("sessionStorage.length") == 0
    assert "the first text" not in await scripted.page.content()
    assert script.connections == 1


async def test_a_deadline_is_shown_until_it_moves(
    scripted: Desk, script: DeskScript
) -> None:
    """The warning comes with a countdown and goes with the next message."""
    warning = scripted.page.get_by_text("unless somebody writes")

    script.tell("deadline", ends_at=NOW + 60_000, warn=True)
    await expect(warning).to_be_visible()
    script.tell("deadline", ends_at=NOW + 1_800_000)
    await expect(warning).to_be_hidden()


async def test_texts_leave_the_page_when_their_time_may_be_up(
    scripted: Desk, script: DeskScript
) -> None:
    """A page that cannot ask does not go on showing what may be erased."""
    script.tell("deadline", ends_at=NOW - 60_000)
    await expect(scripted.log).to_contain_text("the first text")

    script.is_refusing = True
    await script.close(1012)
    await expect(scripted.log).to_contain_text("taken off this page")
    await expect(scripted.page.get_by_text("the first text")).to_have_count(0)

    script.is_refusing = False
    await scripted.button("Try now").click()
    await expect(scripted.log).to_contain_text("the first text")


async def test_an_answer_shows_wherever_the_agent_had_read(
    scripted: Desk, script: DeskScript
) -> None:
    """Sending scrolls to what was sent; hearing does not."""
    for number in range(2, 40):
        script.tell("message", **message(number, f"line {number}"))
    await expect(scripted.log.get_by_text("line 39")).to_be_in_viewport()
    await scripted.log.evaluate("log => { log.scrollTop = 0; }")
    script.tell("message", **message(40, "heard meanwhile"))
    await expect(scripted.button("1 new message")).to_be_visible()
    heard = scripted.log.get_by_text("heard meanwhile")
    await expect(heard).not_to_be_in_viewport()

    await scripted.answer("here I am")

    await expect(scripted.log.get_by_text("here I am")).to_be_in_viewport()


async def test_the_end_is_told_in_two_steps(
    scripted: Desk, script: DeskScript
) -> None:
    """First why it ended, then that it is erased."""
    script.tell("ended", by="inactivity", at=NOW)
    await expect(scripted.page.get_by_text("nobody wrote")).to_contain_text(
        "Erasing"
    )
    await expect(scripted.reply).to_have_count(0)

    script.tell("gone", at=NOW, messages=1)
    await expect(scripted.page.get_by_text("Erased: 1 message")).to_be_visible()
    await expect(scripted.page.get_by_text("nobody wrote")).to_be_visible()


async def test_what_is_kept_is_closed_and_out_of_reach(
    scripted: Desk, script: DeskScript
) -> None:
    """No receipt follows: until when it is kept, and nothing that was said."""
    script.tell("ended", by="customer", at=NOW, kept=True, kept_until=NOW)
    page = scripted.page
    closed = page.get_by_role("region", name="Closed")
    await expect(closed).to_contain_text("Kept until")
    await expect(closed.get_by_text("Erased")).to_have_count(0)
    await expect(scripted.reply).to_have_count(0)
    await expect(page.get_by_text("Ended by the customer")).to_be_visible()


async def test_what_may_succeed_later_is_sent_again(
    scripted: Desk, script: DeskScript
) -> None:
    """The same id goes out again; what follows waits behind it."""
    await scripted.answer("one")
    await scripted.answer("two")
    sent = await _sent(script, 1)
    refusal = {"code": "too_fast", "act": "person", "retry": True}
    script.say("refused", **refusal, retry_after=1, ref=sent[0]["id"])

    sent = await _sent(script, 2)
    assert sent[0] == sent[1]
    script.tell("ack", id=sent[0]["id"], number=2, at=NOW)
    assert (await _sent(script, 3))[2]["text"] == "two"


async def test_what_cannot_succeed_is_given_back(
    scripted: Desk, script: DeskScript
) -> None:
    """A refused answer can be tried again or discarded."""
    await scripted.answer("not wanted")
    sent = await _sent(script, 1)
    refusal = {"code": "not_yours", "act": "person", "retry": False}
    script.say("refused", **refusal, ref=sent[0]["id"])

    await expect(scripted.log.get_by_text("Not sent.")).to_be_visible()
    await scripted.button("Discard").click()
    await expect(scripted.log.get_by_text("not wanted")).to_have_count(0)


async def _sent(script: DeskScript, count: int) -> list[dict[str, Any]]:
    """The first ``count`` sends, once there are that many."""
    async with asyncio.timeout(PATIENCE):
        while len(script.all("send")) < count:
            script.news.clear()
            await script.news.wait()
    return script.all("send")[:count]
