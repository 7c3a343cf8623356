"""A real server, a real browser, customers; shared by all browser tests."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.administration import Administration
from tests.browser.chat import Agent, Chat
from tests.browser.desk import Desk
from tests.browser.running import LOOP, Customer, Running, running
from tests.browser.script import Script

Arrive = Callable[[], Awaitable[Customer]]


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Have the tests of this folder run where the browser lives."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and inspect.iscoroutinefunction(item.obj):
            item.add_marker(pytest.mark.asyncio(loop_scope=LOOP), append=False)


@pytest_asyncio.fixture(loop_scope=LOOP)
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    """A server of this test's own."""
    async with running(tmp_path / "data") as server:
        yield server


@pytest_asyncio.fixture(loop_scope=LOOP, scope="session")
async def pages(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Running]:
    """One server for all that ask it for files only; it keeps nothing."""
    async with running(tmp_path_factory.mktemp("pages") / "data") as server:
        yield server


@pytest_asyncio.fixture(loop_scope=LOOP, scope="session")
async def chromium(chromium_options: dict[str, Any]) -> AsyncIterator[Browser]:
    """One browser for all tests: starting it takes longer than most."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(**chromium_options)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope=LOOP)
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """A browser without a past: every context is new, and gone afterwards."""
    yield chromium
    for context in list(chromium.contexts):
        await context.close()


@pytest_asyncio.fixture(loop_scope=LOOP)
async def arrive(server: Running) -> AsyncIterator[Arrive]:
    """Lets customers in, and out again at the end."""
    async with AsyncExitStack() as leaving:

        async def arrive() -> Customer:
            customer = Customer(server.port)
            await customer.arrive()
            leaving.push_async_callback(customer.leave)
            return customer

        yield arrive


@pytest_asyncio.fixture(loop_scope=LOOP)
async def chat(browser: Browser, server: Running) -> Chat:
    """The demo shop in a tab, with the chat still closed."""
    context = await browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    chat = Chat(await context.new_page(), server.address)
    await chat.go()
    return chat


@pytest_asyncio.fixture(loop_scope=LOOP)
async def agent(server: Running) -> AsyncIterator[Agent]:
    """Maria, signed in."""
    agent = Agent(server.port)
    await agent.sign_in(server)
    yield agent
    await agent.leave()


@pytest_asyncio.fixture(loop_scope=LOOP)
async def desk(browser: Browser, server: Running) -> AsyncIterator[Desk]:
    """The console, opened; a script's error or a broken policy fails."""
    page = await browser.new_page(locale="en-GB")
    desk = Desk(page, server)
    await desk.open()
    yield desk
    await page.close()
    assert desk.faults == []


@pytest_asyncio.fixture(loop_scope=LOOP)
async def administration(
    browser: Browser, server: Running
) -> AsyncIterator[Administration]:
    """Administration, Maria signed in; a broken script or policy fails."""
    page = await browser.new_page(locale="en-GB")
    page.set_default_timeout(15_000)
    administration = Administration(page, server)
    await administration.sign_in()
    yield administration
    await page.close()
    assert administration.faults == []


@pytest.fixture
def script() -> Script:
    """A server that does what the test says."""
    return Script()


@pytest_asyncio.fixture(loop_scope=LOOP)
async def closed(browser: Browser, pages: Running, script: Script) -> Chat:
    """A chat that nobody opened yet; all its connections go to the script."""
    context = await browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    page = await context.new_page()
    await page.route_web_socket("**/socket/**", script.connected)
    chat = Chat(page, pages.address)
    await chat.go()
    return chat


@pytest_asyncio.fixture(loop_scope=LOOP)
async def scripted(closed: Chat) -> Chat:
    """The same, opened."""
    await closed.open()
    return closed
