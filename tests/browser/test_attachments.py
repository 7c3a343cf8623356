"""Files in both directions: sent, shown, and gone with the conversation."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped]
    Axe,
)
from playwright.async_api import Browser, FilePayload, Page, Route, expect

from tests.browser.chat import Chat
from tests.browser.desk import Desk
from tests.browser.running import LOOP, Running

pytestmark = pytest.mark.timeout(120)


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return (
            struct.pack(">I", len(data))
            + body
            + struct.pack(">I", zlib.crc32(body))
        )

    rows = zlib.compress(
        b"".join(b"\0" + b"\x0b\x6e\x4f" * 8 for _ in range(6))
    )
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 6, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def file(name: str, data: bytes = b"words in a file") -> FilePayload:
    """What a person picks from the disk."""
    return {"name": name, "mimeType": "", "buffer": data}


PICTURE = file("mug.png", _png())


@pytest_asyncio.fixture(loop_scope=LOOP)
async def talking(chat: Chat, desk: Desk) -> AsyncIterator[tuple[Chat, Desk]]:
    """A customer and an agent in one conversation."""
    await desk.sign_in()
    await chat.open()
    await chat.write("hello")
    await desk.take_first()
    yield chat, desk
    # The tab in front of the other one is the one that is drawn.


async def pick(where: Any, *files: FilePayload) -> None:
    """Choose files in the dialog of the paper clip."""
    await where.locator("input[type=file]").set_input_files(list(files))


async def shown(picture: Any) -> None:
    """The picture is there and drawn."""
    await picture.scroll_into_view_if_needed()
    await expect(picture).to_have_js_property("complete", value=True)
    await expect(picture).to_have_js_property("naturalWidth", 8)


async def test_a_picture_of_the_customer_is_shown_to_both(
    talking: tuple[Chat, Desk],
) -> None:
    """Uploaded, sent, previewed on both sides; gone with the end."""
    chat, desk = talking
    await pick(chat.frame, PICTURE)
    await desk.page.bring_to_front()
    await shown(desk.log.locator(".picture-shown img"))
    await chat.page.bring_to_front()
    await shown(chat.frame.locator(".picture img"))
    await chat.end()
    await expect(chat.frame.locator("img")).to_have_count(0)
    await expect(chat.button("mug.png: Deleted")).to_be_disabled()
    await expect(desk.page.locator(".picture-shown")).to_have_count(0)


async def test_a_file_of_the_agent_can_be_got(
    talking: tuple[Chat, Desk],
) -> None:
    """It arrives as a card, and comes back as it was sent."""
    chat, desk = talking
    await desk.page.bring_to_front()
    await pick(desk.page, file("care.txt"))
    await expect(desk.button("Download care.txt")).to_be_visible()
    await chat.page.bring_to_front()
    async with chat.page.expect_download() as coming:
        await chat.button("Download care.txt").click()
    download = await coming.value
    assert download.suggested_filename == "care.txt"
    assert (await download.path()).read_bytes() == b"words in a file"
    await expect(desk.listed("Mine")).to_contain_text("You: care.txt")


async def test_several_go_one_after_the_other_in_order(
    talking: tuple[Chat, Desk],
) -> None:
    """What was picked together arrives in that order."""
    chat, desk = talking
    names = [f"part-{number}.txt" for number in range(3)]
    await pick(chat.frame, *(file(name) for name in names))
    await expect(desk.log.locator(".file-shown")).to_have_count(3)
    cards = await desk.log.locator(".file-shown").all()
    assert [await card.get_attribute("title") for card in cards] == names
    await expect(chat.frame.locator(".tray li")).to_have_count(0)


async def test_a_pasted_picture_is_sent(talking: tuple[Chat, Desk]) -> None:
    """From the clipboard, while a draft stays where it is."""
    chat, desk = talking
    await chat.field.fill("a draft")
    paste = """async (field, bytes) => {
        const data = new DataTransfer();
        const picture = new Uint8Array(bytes);
        data.items.add(new File([picture], 'pasted.png', {type: 'image/png'}));
        field.dispatchEvent(new ClipboardEvent('paste',
            {clipboardData: data, bubbles: true, cancelable: true}));
    }"""
    await chat.field.evaluate(paste, list(_png()))
    await expect(desk.button("Open picture pasted.png")).to_be_visible()
    await expect(chat.field).to_have_value("a draft")


async def test_a_dropped_file_is_sent_and_opens_nothing(
    talking: tuple[Chat, Desk],
) -> None:
    """Dropped anywhere on the conversation; the page stays."""
    chat, desk = talking
    drop = """(node) => {
        const data = new DataTransfer();
        data.items.add(new File(['x'], 'dropped.txt'));
        for (const type of ['dragover', 'drop']) {
            node.dispatchEvent(new DragEvent(type,
                {dataTransfer: data, bubbles: true, cancelable: true}));
        }
    }"""
    await desk.log.evaluate(drop)
    await expect(chat.button("Download dropped.txt")).to_be_visible()
    await chat.frame.get_by_role("log").evaluate(drop)
    await expect(desk.log.locator(".file-shown")).to_have_count(2)


async def test_an_upload_can_be_cancelled(talking: tuple[Chat, Desk]) -> None:
    """Nothing of it is sent, and the next one goes on."""
    chat, desk = talking
    started, over = asyncio.Event(), asyncio.Event()

    async def hang(route: Route) -> None:
        if not started.is_set():
            started.set()
            await over.wait()
            await route.abort()
        else:
            await route.continue_()

    await chat.page.route("**/attachments", hang)
    await pick(chat.frame, file("wrong.txt"), file("right.txt"))
    await started.wait()
    await chat.button("Cancel wrong.txt").click()
    over.set()
    await expect(desk.log.locator(".file-shown")).to_have_count(1)
    await expect(desk.button("Download right.txt")).to_be_visible()


async def test_what_is_too_large_is_not_even_tried(
    talking: tuple[Chat, Desk],
) -> None:
    """The limit is told, and the file can be taken away."""
    chat, _ = talking
    await pick(chat.frame, file("huge.bin", b"x" * (10 * 2**20 + 1)))
    await expect(chat.frame.get_by_text("Larger than 10 MB")).to_have_count(2)
    await chat.button("Remove huge.bin").click()
    await expect(chat.frame.locator(".tray li")).to_have_count(0)
    assert not [a for a in chat.requests if a.endswith("/attachments")]


async def test_a_file_needs_words_before_it(chat: Chat) -> None:
    """Before anything was said there is no conversation to send it to."""
    await chat.open()
    await pick(chat.frame, PICTURE)
    await expect(
        chat.frame.locator("small").get_by_text("Write a message first")
    ).to_be_visible()
    await chat.write("hello")
    await chat.settled()
    await chat.button("Try again").click()
    await expect(chat.button("Open picture mug.png")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "off", "No files can be sent here"),
        (409, "ended", "The chat has ended"),
        (413, "too_large", "Larger than 10 MB"),
        (429, "too_many", "No more files fit into this chat"),
        (429, "busy", "Too many at once"),
        (507, "unavailable", "Not sent"),
    ],
)
async def test_every_refusal_says_why(
    talking: tuple[Chat, Desk], status: int, code: str, words: str
) -> None:
    """In the words of the person who sent it, on both sides."""
    chat, desk = talking

    async def refuse(route: Route) -> None:
        await route.fulfill(status=status, json={"code": code})

    await chat.page.route("**/attachments", refuse)
    await pick(chat.frame, PICTURE)
    await expect(
        chat.frame.locator("small").get_by_text(words, exact=True)
    ).to_be_visible()
    await desk.page.route("**/attachments", refuse)
    await pick(desk.page, PICTURE)
    await expect(desk.button("Remove mug.png")).to_be_visible()


async def test_an_address_that_has_expired_is_asked_for_again(
    talking: tuple[Chat, Desk],
) -> None:
    """A picture whose address is refused is tried once with a new one."""
    chat, desk = talking
    asked: list[str] = []

    async def stale(route: Route) -> None:
        asked.append(route.request.url)
        answer = await route.fetch()
        told = await answer.json()
        if len(asked) == 1:
            told["url"] += "x"
        await route.fulfill(response=answer, json=told)

    await desk.page.route("**/attachments/*/address", stale)
    await pick(chat.frame, PICTURE)
    await desk.page.bring_to_front()
    await shown(desk.log.locator(".picture-shown img"))
    assert len(asked) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_with_files(
    talking: tuple[Chat, Desk], scheme: Any
) -> None:
    """Pictures, cards and a failed upload pass every rule on both sides."""
    chat, desk = talking
    await pick(chat.frame, PICTURE, file("care.txt"))
    await pick(chat.frame, file("huge.bin", b"x" * (10 * 2**20 + 1)))
    await expect(desk.log.locator(".file-shown")).to_have_count(1)
    pages: list[Page] = [chat.page, desk.page]
    for page in pages:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.bring_to_front()
        result = await Axe().run(page)
        assert [rule["id"] for rule in result.response["violations"]] == []


async def test_a_channel_without_files_offers_none(
    browser: Browser, server: Running
) -> None:
    """No paper clip, and a dropped file does not open instead of the chat."""
    page = await (await browser.new_context(locale="en-GB")).new_page()

    async def without(route: Route) -> None:
        answer = await route.fetch()
        text = await answer.text()
        start = text.index('"attachments":')
        end = text.index("}", start) + 1
        body = text[:start] + '"attachments":null' + text[end:]
        await route.fulfill(response=answer, body=body)

    await page.route("**/frame", without)
    chat = Chat(page, server.address)
    await chat.go()
    await chat.open()
    await expect(chat.button("Attach a file")).to_have_count(0)
    prevented = await chat.frame.get_by_role("log").evaluate(
        """(node) => {
            const data = new DataTransfer();
            data.items.add(new File(['x'], 'dropped.txt'));
            return !node.dispatchEvent(new DragEvent('drop',
                {dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
    )
    assert prevented
