"""The agent console in a real browser, against a real server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk import Desk
from tests.browser.running import Customer, Running

pytestmark = pytest.mark.timeout(120)

Arrive = Callable[[], Awaitable[Customer]]


async def test_a_wrong_password_is_said_and_may_be_mended(desk: Desk) -> None:
    """After a wrong password the right one lets the agent in."""
    await desk.sign_in("not-the-password")
    await expect(desk.page.get_by_role("alert")).to_contain_text("do not match")

    await desk.sign_in()

    await expect(desk.page.get_by_text("Nobody is waiting")).to_be_visible()


async def test_a_conversation_from_waiting_to_gone(
    desk: Desk, arrive: Arrive
) -> None:
    """Taken, answered, read by both sides, released, ended, and no more."""
    await desk.sign_in()
    customer = await arrive()
    await customer.write("Is the blue one in stock?")
    await desk.take_first()
    await expect(desk.log).to_contain_text("Is the blue one in stock?")
    await customer.hear("seen", by="agent", read=1)

    await desk.answer("It is.")
    assert (await customer.hear("message"))["text"] == "It is."
    await customer.say("read", number=2)
    await expect(desk.log.get_by_label("Read", exact=True)).to_be_visible()

    await desk.button("Release").click()
    await expect(desk.listed("Waiting")).to_have_count(1)
    await desk.button("Take conversation").click()
    await expect(desk.listed("Mine")).to_have_count(1)

    await desk.button("End").click()
    await desk.button("End and erase").click()
    await customer.hear("gone")
    await expect(desk.page.get_by_text("Erased: 2 messages")).to_be_visible()
    await expect(desk.page.get_by_text("Ended by an agent")).to_be_visible()
    await expect(desk.page.get_by_text("blue one")).to_have_count(0)
    await expect(desk.listed("Mine")).to_have_count(0)


async def test_what_is_hidden_is_hidden_from_the_agent_who_wrote_it(
    desk: Desk, arrive: Arrive
) -> None:
    """At once, not only when the conversation is opened again."""
    await desk.sign_in()
    customer = await arrive()
    await customer.write("Hello?")
    await desk.take_first()

    await desk.answer("So it is 4111 1111 1111 1111?")

    await expect(desk.log).to_contain_text("So it is •••• •••• •••• 1111?")
    await expect(desk.log).not_to_contain_text("4111")


async def test_a_reload_keeps_the_agent_and_the_open_conversation(
    desk: Desk, arrive: Arrive
) -> None:
    """After a reload the same conversation is open, and can be answered."""
    await desk.sign_in()
    customer = await arrive()
    await customer.write("before the reload")
    await desk.take_first()

    await desk.page.reload()

    await expect(desk.log).to_contain_text("before the reload")
    await desk.answer("after the reload")
    assert (await customer.hear("message"))["text"] == "after the reload"


async def test_a_killed_server_costs_nothing(
    desk: Desk, arrive: Arrive, server: Running
) -> None:
    """What was sent while the server was dead arrives once it is back."""
    await desk.sign_in()
    customer = await arrive()
    await customer.write("before the crash")
    await desk.take_first()
    await desk.answer("kept")
    await customer.hear("message", text="kept")

    await server.kill()
    await expect(desk.page.get_by_text("No connection.")).to_be_visible()
    await desk.answer("said while it was dead")
    await expect(
        desk.log.get_by_label("Waiting for the connection")
    ).to_be_visible()
    await server.start()
    await customer.arrive()

    await expect(desk.log.get_by_label("Stored")).to_have_count(1)
    if "said while it was dead" not in customer.texts:
        await customer.hear("message", text="said while it was dead")
    await customer.write("and on it goes")
    await expect(desk.log).to_contain_text("and on it goes")


async def test_a_text_too_long_is_held_back(desk: Desk, arrive: Arrive) -> None:
    """The counter says how much is too much, and Enter does not send it."""
    await desk.sign_in()
    await (await arrive()).write("hello")
    await desk.take_first()

    await desk.answer("x" * 4001)
    await expect(desk.page.get_by_text("1 character too many")).to_be_visible()
    await expect(desk.reply).to_have_value("x" * 4001)
    await desk.answer("y" * 4000)
    await expect(desk.reply).to_have_value("")


async def test_two_agents_see_who_has_it(
    desk: Desk, browser: Browser, arrive: Arrive
) -> None:
    """What one takes leaves the other's list."""
    await desk.sign_in()
    page = await browser.new_page(locale="en-GB")
    other = Desk(page, desk.server)
    await other.open()
    await page.get_by_label("Name", exact=True).fill("jonas")
    await page.get_by_label("Password", exact=True).fill(
        desk.server.passwords["jonas"]
    )
    await other.button("Sign in").click()
    await (await arrive()).write("for one of you")
    await other.listed("Waiting").get_by_role("button").first.click()

    await desk.take_first()

    await expect(page.get_by_text("Maria is answering")).to_be_visible()
    await expect(other.listed("Waiting")).to_have_count(0)
    await page.close()


async def test_the_title_counts_and_the_list_marks(
    desk: Desk, arrive: Arrive
) -> None:
    """Somebody new shows in the title, in the list, and is said aloud."""
    await desk.sign_in()
    await expect(desk.listed("Waiting")).to_have_count(0)
    await expect(desk.page.get_by_text("Connected")).to_be_visible()

    await (await arrive()).write("anybody there?")

    await expect(desk.page).to_have_title("(1) Dayfly console")
    await expect(desk.listed("Waiting")).to_contain_text("anybody there?")
    await expect(desk.listed("Waiting").get_by_text("new")).to_be_visible()
    await expect(
        desk.page.get_by_text("A new conversation is waiting")
    ).to_be_attached()


async def test_on_a_phone_back_leads_to_the_list(
    desk: Desk, arrive: Arrive
) -> None:
    """One pane at a time; the phone's own back button works too."""
    await desk.page.set_viewport_size({"width": 390, "height": 844})
    await desk.sign_in()
    await (await arrive()).write("from a phone")
    await desk.take_first()
    await expect(desk.listed("Mine")).to_be_hidden()

    await desk.button("Back to the list").click()
    await expect(desk.listed("Mine")).to_be_visible()
    await desk.listed("Mine").get_by_role("button").click()
    await desk.page.go_back()

    await expect(desk.listed("Mine")).to_be_visible()
    await expect(desk.log).to_have_count(0)
