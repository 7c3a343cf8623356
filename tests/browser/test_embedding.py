"""The chat in a site of another origin, under the policy the docs name."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.chat import Chat
from tests.browser.running import LOOP, PATIENCE, ROOT

pytestmark = pytest.mark.timeout(120)

SETTINGS = """
data = "{data}"
port = {port}
[[account]]
id = "acme"
name = "Acme"
[[account.channel]]
id = "shop"
name = "Fjord & Fern"
allowed_origins = ["{site}", "http://chat.shop.localhost:{port}"]
"""


PAGE = """HTTP/1.1 200 OK\r
Content-Type: text/html\r
Connection: close\r
Cross-Origin-Embedder-Policy: require-corp\r
Content-Security-Policy: default-src 'none'; script-src {dayfly};\
 frame-src {dayfly}; require-trusted-types-for 'script'\r
\r
<!doctype html><title>Shop</title><body>
<script src="{dayfly}/widget/shop/widget.js" async></script>
<script src="{dayfly}/web/widget/pega.js" async></script>
"""


class Site:
    """A site of another origin: one page under every address.

    Attributes:
        origin: As a browser names it.
        dayfly: Where the widget comes from.
    """

    def __init__(self) -> None:
        self.origin = ""
        self.dayfly = ""

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Send the page, whatever was asked for."""
        await reader.readuntil(b"\r\n\r\n")
        writer.write(PAGE.format(dayfly=self.dayfly).encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def opened() -> AsyncIterator[Site]:
    """A site on a port of its own, below the server's domain."""
    site = Site()
    async with await asyncio.start_server(site.answer, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        site.origin = f"http://www.shop.localhost:{port}"
        yield site


@asynccontextmanager
async def started(folder: Path, allowed: str) -> AsyncIterator[str]:
    """A server with settings, as in production; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = folder / "dayfly.toml"
    settings.write_text(
        SETTINGS.format(data=folder / "data", port=port, site=allowed)
    )
    settings.chmod(0o600)
    key = base64.b64encode(os.urandom(32)).decode()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "run.py",
        "--settings",
        str(settings),
        cwd=ROOT,
        env=os.environ | {"DAYFLY_MASTER_KEY": key},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            await _listening(process)
        yield f"http://chat.shop.localhost:{port}"
    finally:
        process.kill()
        await process.communicate()


async def _listening(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    lines = []
    async for raw in process.stderr:
        lines.append(raw.decode())
        line = json.loads(raw) if raw.startswith(b"{") else {}
        if line.get("event") == "listening":
            return
    raise AssertionError("".join(lines))


@pytest_asyncio.fixture(loop_scope=LOOP)
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site whose pages show the widget under a strict policy."""
    async with (
        opened() as site,
        started(tmp_path, site.origin) as site.dayfly,
    ):
        yield site


@pytest_asyncio.fixture(loop_scope=LOOP)
async def tab(browser: Browser) -> Page:
    """A tab without a past."""
    return await (await browser.new_context(locale="en-GB")).new_page()


async def test_an_allowed_site_shows_a_chat_that_works(
    site: Site, tab: Page
) -> None:
    """Opened, written in, still there on the next page; nothing is refused."""
    complaints: list[str] = []
    tab.on("console", lambda line: complaints.append(line.text))
    chat = Chat(tab, "")
    await tab.goto(f"{site.origin}/")
    await chat.ready()
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    await tab.goto(f"{site.origin}/other")
    await chat.ready()
    await chat.shows("hello")
    assert await tab.evaluate("typeof PegaUnifiedChatWidget.endChat") == (
        "function"
    )
    assert complaints == []


async def test_without_storage_the_chat_lives_as_long_as_the_page(
    site: Site, tab: Page
) -> None:
    """Shown by another site altogether, a browser may refuse the storage."""
    site.dayfly = site.dayfly.replace("chat.shop.localhost", "127.0.0.1")
    chat = Chat(tab, "")
    await tab.goto(f"{site.origin}/")
    await chat.ready()
    await chat.open()
    refused = await chat.inside().evaluate(
        "() => { try { return !localStorage; } catch { return true; } }"
    )
    assert refused
    await chat.write("hello")
    await chat.settled()
    await chat.shows("hello")


async def test_a_site_that_is_not_allowed_shows_no_button(
    site: Site, tab: Page
) -> None:
    """The browser refuses the frame, so nobody is offered a chat."""
    async with tab.expect_console_message(
        lambda line: "frame-ancestors" in line.text
    ):
        await tab.goto(site.origin.replace("www.", "other."))
    launcher = tab.locator("dayfly-launcher")
    await expect(launcher).to_be_attached()
    assert await launcher.get_attribute("on") is None
