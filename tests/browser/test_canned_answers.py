"""Canned answers: a slash in an empty reply has them at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.browser.administration import Administration
from tests.browser.desk import Desk
from tests.browser.running import Customer
from tests.browser.test_console_access import faults

pytestmark = pytest.mark.timeout(120)

Arrive = Callable[[], Awaitable[Customer]]
ANSWERS = {
    "Delivery time": "Two to four working days.",
    "Returns": "Within thirty days.",
}


async def test_an_answer_is_chosen_by_keyboard(
    desk: Desk, administration: Administration, arrive: Arrive
) -> None:
    """It stands in the reply, can be changed, and is sent as any other."""
    for title, text in ANSWERS.items():
        await administration.go("answers/!new", "New answer")
        await administration.field("Title").fill(title)
        await administration.field("Text").fill(text)
        await administration.save("Add")
        await expect(administration.heading("Answers")).to_be_visible()
    await desk.sign_in()
    customer = await arrive()
    await customer.write("hello")
    await desk.take_first()

    await desk.reply.press_sequentially("/")
    options = desk.page.get_by_role("option")
    await expect(options).to_have_count(2)
    assert await faults(desk.page) == []
    await desk.reply.press_sequentially("ret")
    await expect(options).to_have_count(1)
    await desk.reply.press("Enter")

    await expect(desk.reply).to_have_value(ANSWERS["Returns"])
    await desk.reply.press_sequentially(" Gladly.")
    await desk.reply.press("Enter")
    heard = await customer.hear("message")
    assert heard["text"] == "Within thirty days. Gladly."


async def test_a_slash_is_a_slash(desk: Desk, arrive: Arrive) -> None:
    """Escape closes the list; without any answer there is none."""
    await desk.sign_in()
    customer = await arrive()
    await customer.write("hello")
    await desk.take_first()

    await desk.answer("/shrug")

    assert (await customer.hear("message"))["text"] == "/shrug"
