"""What a browser keeps of a chat: nothing before, nothing after."""

from __future__ import annotations

import json

import pytest

from tests.browser.chat import Agent, Chat, until

pytestmark = pytest.mark.timeout(120)


async def test_nothing_is_kept_before_the_first_message(chat: Chat) -> None:
    """No storage of any kind, and no connection before the panel is opened."""
    assert await chat.kept() == []
    assert chat.sockets == []
    await chat.open()
    await chat.field.fill("written but not sent")
    await chat.page.keyboard.press("Escape")
    assert await chat.kept() == []
    state = await chat.page.context.storage_state(indexed_db=True)
    assert state == {"cookies": [], "origins": []}


async def test_nothing_is_kept_after_the_end(chat: Chat) -> None:
    """The token and all else go when the customer ends it."""
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    assert "dayfly.shop.session" in await chat.kept()
    await chat.end()
    assert await chat.kept() == []
    await chat.go("help.html")
    assert await chat.kept() == []
    state = await chat.page.context.storage_state(indexed_db=True)
    assert state == {"cookies": [], "origins": []}


async def test_no_text_is_kept_once_it_is_on_the_server(chat: Chat) -> None:
    """An acknowledged message leaves the browser's storage."""
    await chat.open()
    await chat.write("canary-4711")
    await chat.settled()
    kept = await chat.inside().evaluate("JSON.stringify(localStorage)")
    assert "canary" not in kept


async def test_what_ended_elsewhere_is_forgotten(
    chat: Chat, agent: Agent
) -> None:
    """A token that opens nothing any more is removed by the next page."""
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    await agent.take()
    await chat.page.goto("about:blank")
    await agent.say("end", conversation=agent.conversation)
    await agent.hear("gone")
    await chat.go()
    await until(chat.page, "Object.keys(localStorage).length === 0")
    await chat.shows()


async def test_no_address_holds_the_token(chat: Chat) -> None:
    """Neither pages nor sockets are asked for with anything secret."""
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    stored = await chat.inside().evaluate(
        "localStorage.getItem('dayfly.shop.session')"
    )
    token = json.loads(stored)["token"]
    await chat.go("mug.html")
    await chat.shows("hello")
    addresses = [*chat.sockets, *chat.requests]
    assert len(chat.sockets) == 2
    assert [a for a in addresses if token in a or "?" in a] == []
