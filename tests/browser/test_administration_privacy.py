"""The duties towards people, done in administration on a real server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Download, Locator, expect

from server.vault.one_time_key import OneTimeKey
from server.vault.package_files import open_package
from tests.browser.administration import Administration
from tests.browser.clerk import Clerk
from tests.browser.running import LOOP, Customer, Running

pytestmark = pytest.mark.timeout(180)

Arrive = Callable[[], Awaitable[Customer]]

DAY = 86_400.0
ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}


@pytest_asyncio.fixture(loop_scope=LOOP)
async def clerk(server: Running) -> Clerk:
    """Prepares what a test needs."""
    clerk = Clerk(server)
    await clerk.sign_in()
    return clerk


@pytest_asyncio.fixture(loop_scope=LOOP)
async def office(
    browser: Browser, server: Running
) -> AsyncIterator[Administration]:
    """Maria in administration; a script's error or a broken policy fails."""
    page = await browser.new_page(locale="en-GB", reduced_motion="reduce")
    page.set_default_timeout(15_000)
    office = Administration(page, server)
    await office.sign_in()
    yield office
    await page.close()
    assert office.faults == []


def panel(office: Administration, title: str) -> Locator:
    """The part of the page under that heading."""
    return office.page.get_by_role("region", name=title, exact=True)


async def content(download: Download) -> bytes:
    """What was downloaded."""
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


async def test_the_map_shows_what_is_held_and_takes_what_is_said_of_it(
    office: Administration, arrive: Arrive
) -> None:
    """With the keyboard: a card opens, and what is saved is in the table."""
    customer = await arrive()
    await customer.write("Hello")
    await office.go("data-map", "Data map")
    card = office.page.get_by_role("button", name="Customer messages, web, 1")
    await expect(office.page.get_by_text("Nothing is past")).to_be_visible()

    await card.focus()
    await card.press("Enter")
    await expect(office.dialog).to_contain_text("sensitive")
    await office.field("Legal basis").select_option("contract")
    await office.field("Owner").fill("Customer care")
    await office.button("Save").click()

    await office.said("Saved.")
    await expect(card).to_be_focused()
    await office.page.get_by_text("Table", exact=True).click()
    row = office.page.get_by_role("row", name="Customer messages, web")
    await expect(row).to_contain_text("Customer care")
    await expect(row).to_contain_text("Contract")


async def test_the_register_of_processing_can_be_kept(
    office: Administration,
) -> None:
    """As a page for people, and as a file for programs."""
    await office.go("data-map/register", "Register of processing")
    await expect(office.page.get_by_text("Fern the bot")).to_be_visible()

    async with office.page.expect_download() as downloading:
        await office.button("Download").click()

    told = json.loads(await content(await downloading.value))
    assert told["account"] == "acme"
    assert [one["name"] for one in told["recipients"]] == ["Fern the bot"]


async def test_somebody_is_found_and_put_right(
    office: Administration, clerk: Clerk
) -> None:
    """And what they are found by stands in no address."""
    await clerk.know("ada-17", **ADA)
    await office.go("people", "People")
    await office.field("What to look up").fill("ADA@example.com ")
    await office.button("Find").click()
    await expect(office.rows).to_have_count(1)
    await office.rows.get_by_role("link").click()
    await expect(office.heading("Ada Lovelace")).to_be_visible()

    await office.button("Correct").click()
    await office.field("Phone").fill("+47 22 22 55 55")
    await office.field("Note").fill("She rang.")
    await office.dialog.get_by_role("button", name="Save").click()

    await expect(panel(office, "Who they are")).to_contain_text("22 55 55")
    past = panel(office, "History")
    await expect(past).to_contain_text("Corrected: phone")
    await expect(past).to_contain_text("She rang.")
    assert not any("ada%40" in one or "@" in one for one in office.asked)


async def test_a_restriction_is_lifted_only_after_notice(
    office: Administration, clerk: Clerk
) -> None:
    """Set at once; a notice from before it was set is none."""
    ada = await clerk.know("ada-17", **ADA)
    await office.go(f"people/{ada}", "Ada Lovelace")
    await office.button("Restrict: Do not profile").click()
    await office.dialog.get_by_role("button", name="Restrict").click()
    limits = panel(office, "Restrictions")
    await expect(limits).to_contain_text("in force")
    told = await clerk.do("GET", f"customers/{ada}/restrictions")
    assert told["restrictions"] == ["do_not_profile"]

    await office.button("Lift: Do not profile").click()
    await office.field("They were told").fill("2020-01-01T12:00")
    await office.dialog.get_by_role("button", name="Lift").click()
    alert = office.dialog.get_by_role("alert")
    await expect(alert).to_contain_text("after it was set")
    await office.button("Cancel").click()
    await expect(limits).to_contain_text("in force")


async def test_a_consent_is_written_down(
    office: Administration, clerk: Clerk
) -> None:
    """By purpose, and the history keeps it."""
    ada = await clerk.know("ada-17", **ADA)
    await office.go(f"people/{ada}", "Ada Lovelace")
    await office.button("Record").click()
    await office.field("Purpose").fill("offers")
    await office.dialog.get_by_role("button", name="Record").click()

    consents = panel(office, "Consents")
    await expect(consents.get_by_role("row", name="offers")).to_contain_text(
        "Explicit"
    )
    await expect(panel(office, "History")).to_contain_text("Explicit: offers")


async def test_an_export_shows_its_key_once_and_comes_as_a_file(
    office: Administration, clerk: Clerk, tmp_path: Path
) -> None:
    """In that order; the one opens the other, and is nowhere afterwards."""
    ada = await clerk.know("ada-17", **ADA)
    await office.go(f"people/{ada}", "Ada Lovelace")
    await office.button("Export").click()
    await office.button("Prepare").click()
    key = await office.dialog.get_by_label("Key", exact=True).inner_text()
    await office.page.keyboard.press("Escape")
    await expect(office.dialog).to_be_visible()

    async with office.page.expect_download() as downloading:
        await office.button("Download package").click()
    download = await downloading.value

    assert download.suggested_filename.endswith(".dayfly")
    package, opened = tmp_path / "package", tmp_path / "opened.zip"
    await download.save_as(package)
    await office.button("I have both").click()
    open_package(package, opened, OneTimeKey.parse(key).package_key())
    with ZipFile(opened) as files:
        told = json.loads(files.read("export.json"))
    assert told["customer"]["name"] == ADA["name"]
    await expect(office.dialog).to_have_count(0)
    await expect(office.page.get_by_text(key)).to_have_count(0)


async def test_somebody_is_erased_in_two_steps_with_a_receipt(
    office: Administration, clerk: Clerk
) -> None:
    """One press of a button erases nobody; the receipt says of whom not."""
    ada = await clerk.know("ada-17", **ADA)
    await office.go(f"people/{ada}", "Ada Lovelace")
    await office.button("Erase").click()
    await office.button("Erase for good").click()
    await expect(office.dialog).to_contain_text("This is needed.")
    await office.field("Write erase to go on").fill("yes")
    await office.button("Erase for good").click()
    await expect(office.dialog).to_contain_text("Write erase.")
    assert (await clerk.do("GET", f"customers/{ada}"))["name"] == ADA["name"]

    await office.field("Write erase to go on").fill("erase")
    await office.button("Erase for good").click()

    await expect(panel(office, "Receipt")).to_be_visible()
    async with office.page.expect_download() as downloading:
        await office.button("Download").click()
    raw = await content(await downloading.value)
    assert json.loads(raw)["receipt"]["account"] == "acme"
    assert b"Ada" not in raw
    assert ada.encode() not in raw
    told = await clerk.do("POST", "customers/lookup", {"email": ADA["email"]})
    assert told["customers"] == []


async def test_a_conversation_is_held_and_not_erased(
    office: Administration, arrive: Arrive
) -> None:
    """The list says so, and there is nothing to erase it with until lifted."""
    customer = await arrive()
    await customer.write("I will see you in court")
    await office.go("conversations", "Conversations")
    await office.rows.get_by_role("link").click()
    await expect(office.button("Erase")).to_be_visible()

    await office.button("Legal hold").click()
    await office.button("Put on hold").click()

    await expect(office.page.get_by_role("note")).to_contain_text("legal hold")
    await expect(office.button("Erase")).to_have_count(0)
    await office.page.go_back()
    await office.page.get_by_text("On hold").click()
    await expect(office.rows).to_have_count(1)
    await office.rows.get_by_role("link").click()
    await office.button("Lift hold").click()
    await office.dialog.get_by_role("button", name="Lift hold").click()
    await expect(office.button("Erase")).to_be_visible()


async def test_words_are_found_and_the_search_is_audited(
    office: Administration, arrive: Arrive
) -> None:
    """By record type, marked, with a way there; and Maria is on record."""
    customer = await arrive()
    await customer.write("The teapot of order 4711 is broken")
    await office.go("search", "Search")
    await expect(office.page.get_by_role("note")).to_contain_text("audit log")
    await office.field("Words").fill("TEAPOT")
    await office.field("Words").press("Enter")
    await expect(office.page.locator("mark")).to_have_text("teapot")

    await office.page.get_by_role("link", name="teapot").click()
    name = f"Conversation {customer.conversation[:8]}"
    await expect(office.heading(name)).to_be_visible()

    await office.go("audit", "Audit log")
    await office.field("Show").select_option("privacy_searched")
    rows = office.page.get_by_role("row", name="maria")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("1 hit")


async def test_what_is_overdue_stands_first_and_is_closed(
    office: Administration, clerk: Clerk
) -> None:
    """With what was done about it."""
    body = {"kind": "access", "subject": "Bob, by mail"}
    await clerk.do("POST", "privacy/requests", body)
    late = {
        "kind": "erasure",
        "subject": "Eve, on the phone",
        "received_at": time.time() - 60 * DAY,
    }
    await clerk.do("POST", "privacy/requests", late)
    await office.go("requests", "Requests")
    await expect(office.rows.first).to_contain_text("overdue")
    alert = office.page.get_by_role("alert").filter(has_text="overdue")
    await expect(alert).to_be_visible()

    await office.rows.first.get_by_role("link").click()
    await office.button("Close").click()
    await office.field("Note").fill("Erased, and told her.")
    await (
        office.dialog.locator("form")
        .get_by_role("button", name="Close")
        .click()
    )

    await expect(panel(office, "Notes")).to_contain_text("told her")
    await office.go("requests", "Requests")
    await expect(alert).to_have_count(0)


async def test_a_request_begins_at_the_person_it_is_of(
    office: Administration, clerk: Clerk
) -> None:
    """So that export and erasure are at hand in it."""
    ada = await clerk.know("ada-17", **ADA)
    await office.go(f"people/{ada}", "Ada Lovelace")
    await office.link("New request").click()
    await office.field("Who asked, and how you know that it is them").fill(
        "Ada, from the address that we know"
    )
    await office.button("Write down").click()

    acts = panel(office, "Do it")
    await expect(acts).to_contain_text("Ada Lovelace")
    await expect(acts.get_by_role("button", name="Export")).to_be_visible()
    [made] = (await clerk.do("GET", "privacy/requests"))["items"]
    assert made["customer"] == ada


async def test_agents_find_no_duties_there(
    browser: Browser, server: Running
) -> None:
    """Jonas answers customers; what is held of them is not his to see."""
    page = await browser.new_page(locale="en-GB")
    jonas = Administration(page, server)
    await jonas.sign_in("jonas")

    for name in ("Data map", "People", "Search", "Requests", "Audit log"):
        await expect(jonas.navigation.get_by_text(name)).to_have_count(0)
    await page.evaluate("location.hash = '#/people'")
    await expect(jonas.heading("There is no such page")).to_be_visible()
