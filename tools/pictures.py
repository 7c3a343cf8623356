"""Takes the pictures of the documents from the running product.

``python -m tools.pictures`` starts the demo on a data folder that is thrown
away, plays a small conversation between the shop's page and the console, and
writes docs/pictures/. Nothing is drawn or touched up: what the pictures show
is what the server and its pages do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import (
    Browser,
    FrameLocator,
    Page,
    async_playwright,
    expect,
)

from tests.browser.desk import Desk
from tests.browser.running import Customer, Running, running

PLACE = Path(__file__).parent.parent / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

Scheme = Literal["light", "dark"]

DESK = {"width": 1440, "height": 900}
SHOP = {"width": 1200, "height": 800}
PHONE = {"width": 390, "height": 844}
#: Dots a pixel: sharp on the screens that people read documents on.
SHARP = 1.5

#: Others who wait while the picture is taken.
WAITING = (
    "Is the tall floor lamp available in white?",
    "Hi, my parcel arrived with a broken lid. What can I do?",
)
#: Who says what, in turns: the customer in the shop, the agent in the console.
SCENE = (
    ("customer", "Hello! Is the blue mug dishwasher safe?"),
    ("agent", "Hi! Yes, it is: up to 65 °C, and fine in a microwave too."),
    ("customer", "Lovely. Would two of them be here by Friday?"),
    (
        "agent",
        "If you order before 16:00 they leave today and arrive on Thursday.",
    ),
    ("customer", "Perfect, ordering now. Can you gift-wrap them?"),
)
ANSWER = "Of course. Tick “gift” at the checkout and add a note if you like."


@dataclass(slots=True)
class Stage:
    """Both sides of the scene.

    Attributes:
        shop: The customer's tab.
        chat: The widget inside it.
        desk: The agent's tab.
    """

    shop: Page
    chat: FrameLocator
    desk: Desk

    async def write(self, text: str) -> None:
        """Let the customer say ``text``, and the agent's page show it."""
        field = self.chat.get_by_role("textbox")
        await field.fill(text)
        await field.press("Enter")

    async def play(self) -> None:
        """The whole scene, up to the answer that is being typed."""
        for author, text in SCENE:
            if author == "agent":
                await self.desk.answer(text)
                await expect(self.chat.get_by_text(text)).to_be_visible()
                continue
            await self.write(text)
            if text == SCENE[0][1]:
                await self.take()
            await expect(self.desk.log.get_by_text(text)).to_be_visible()

    async def take(self) -> None:
        """Take the conversation of the shop's tab."""
        item = self.desk.listed("Waiting").filter(has_text=SCENE[0][1])
        await item.get_by_role("button").click()
        await self.desk.button("Take conversation").click()


def chromium() -> str:
    """Where the browser is; an empty text for playwright's own."""
    wanted = os.environ.get("DAYFLY_TEST_BROWSER")
    return wanted or next(filter(None, map(shutil.which, BROWSERS)), "")


async def page_of(
    browser: Browser, scheme: Scheme, size: dict[str, int]
) -> Page:
    """A tab of its own, without a past."""
    return await browser.new_page(
        locale="en-GB",
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport=size,  # type: ignore[arg-type]  # playwright wants its own map
        device_scale_factor=SHARP,
    )


async def open_shop(page: Page, server: Running) -> FrameLocator:
    """The shop with its chat open."""
    await page.goto(f"{server.address}/demo/")
    await page.get_by_role("button", name="Open chat").click()
    chat = page.frame_locator("dayfly-launcher iframe")
    await expect(chat.get_by_role("textbox")).to_be_visible()
    return chat


@asynccontextmanager
async def others(server: Running) -> AsyncIterator[None]:
    """Customers who wait meanwhile."""
    async with AsyncExitStack() as leaving:
        for text in WAITING:
            customer = Customer(server.port)
            await customer.arrive()
            leaving.push_async_callback(customer.leave)
            await customer.write(text)
        yield


async def take_pictures(
    server: Running, browser: Browser, scheme: Scheme
) -> None:
    """Play the scene once and photograph both sides."""
    name = "" if scheme == "light" else "-dark"
    shop = await page_of(browser, scheme, SHOP)
    desk = Desk(await page_of(browser, scheme, DESK), server)
    await desk.open()
    await desk.sign_in()
    async with others(server):
        await expect(desk.listed("Waiting")).to_have_count(len(WAITING))
        stage = Stage(shop, await open_shop(shop, server), desk)
        await stage.play()
        await desk.reply.type(ANSWER[:38])
        await desk.page.mouse.move(0, 0)
        await shot(desk.page, f"console{name}")
        if scheme == "light":
            await shot_on_a_phone(desk.page, "console-phone")
        await desk.answer(ANSWER)
        await expect(stage.chat.get_by_text(ANSWER)).to_be_visible()
        await shot(shop, f"widget{name}")
        if scheme == "light":
            await finish(stage)
    await shop.close()
    await desk.page.close()


async def shot_on_a_phone(page: Page, name: str) -> None:
    """The same page in the hand, once its notices are gone."""
    await expect(page.locator(".toast")).to_have_count(0, timeout=10_000)
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await shot(page, name)
    await page.set_viewport_size(DESK)  # type: ignore[arg-type]


async def finish(stage: Stage) -> None:
    """End it, and photograph the receipt."""
    desk = stage.desk
    await desk.button("End").click()
    await desk.button("End and erase").click()
    await expect(desk.page.get_by_text("Erased: 6 messages")).to_be_visible()
    await desk.page.mouse.move(0, 0)
    await shot(desk.page, "console-receipt")


async def shot(page: Page, name: str) -> None:
    """Write one picture; the caret does not blink in it."""
    PLACE.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PLACE / f"{name}.png", caret="hide")
    print(f"docs/pictures/{name}.png")


async def main(schemes: list[Scheme]) -> None:
    """Take every picture."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="dayfly-pictures-")
        )
        driver = await stack.enter_async_context(async_playwright())
        browser = await driver.chromium.launch(
            executable_path=chromium() or None, args=["--no-sandbox"]
        )
        stack.push_async_callback(browser.close)
        for scheme in schemes:
            async with running(Path(folder) / scheme) as server:
                await take_pictures(server, browser, scheme)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "schemes", nargs="*", default=["light", "dark"], metavar="light|dark"
    )
    asyncio.run(main(parser.parse_args().schemes))
