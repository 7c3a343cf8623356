"""The widget for a customer: the conversation follows, and ends for good."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat import Agent, Chat, until
from tests.browser.running import Running

pytestmark = pytest.mark.timeout(120)


async def test_a_conversation_follows_from_page_to_page(
    chat: Chat, agent: Agent
) -> None:
    """Page switch, reload, second tab: complete, in order, nothing doubled."""
    await chat.open()
    await chat.write("one", "two")
    await chat.settled()
    assert [m["text"] for m in await agent.take()] == ["one", "two"]
    await agent.answer("three")
    await chat.shows("one", "two", "three")

    await chat.page.get_by_role("link", name="Help", exact=True).click()
    await chat.shows("one", "two", "three")
    await expect(chat.field).to_be_visible()
    await chat.page.reload()
    await chat.shows("one", "two", "three")
    await chat.write("four")

    second = Chat(await chat.page.context.new_page(), chat.address)
    await second.go("mug.html")
    await second.shows("one", "two", "three", "four")
    await second.write("five")
    await chat.shows("one", "two", "three", "four", "five")
    await agent.answer("six")
    for tab in (chat, second):
        await tab.shows("one", "two", "three", "four", "five", "six")


async def test_a_second_tab_joins_what_the_first_begins(
    chat: Chat, agent: Agent
) -> None:
    """Two open tabs become one conversation with the first message."""
    second = Chat(await chat.page.context.new_page(), chat.address)
    await second.go("help.html")
    await second.open()
    await chat.page.bring_to_front()
    await chat.open()
    await chat.write("from the first")
    await second.shows("from the first")
    await second.write("from the second")
    await chat.shows("from the first", "from the second")
    assert len(await agent.take()) == 2


async def test_a_killed_server_loses_and_doubles_nothing(
    chat: Chat, server: Running
) -> None:
    """What was written while it was down arrives once, in order."""
    await chat.open()
    await chat.write("before")
    await chat.settled()
    await server.kill()
    await chat.write("during", "still during")
    await expect(chat.frame.get_by_text("Reconnecting")).to_be_visible()
    await server.start()
    await chat.settled()
    await expect(chat.frame.get_by_text("Reconnecting")).to_be_hidden()
    await chat.write("after")
    await chat.shows("before", "during", "still during", "after")

    agent = Agent(server.port)
    await agent.sign_in(server)
    texts = [message["text"] for message in await agent.take()]
    assert texts == ["before", "during", "still during", "after"]
    await agent.leave()


async def test_what_is_on_its_way_survives_its_page(
    chat: Chat, server: Running, agent: Agent
) -> None:
    """A message written without a connection is sent by the next page."""
    await chat.open()
    await chat.write("before")
    await chat.settled()
    await agent.leave()
    await server.kill()
    await chat.write("unsent")
    await server.start()
    await chat.page.goto(f"{chat.address}/demo/help.html")
    await chat.shows("before", "unsent")
    await chat.settled()
    await agent.sign_in(server)
    assert [m["text"] for m in await agent.take()] == ["before", "unsent"]


async def test_marks_and_typing_are_shown(chat: Chat, agent: Agent) -> None:
    """Sent, delivered, read; who is there, and that they are writing."""
    await chat.open()
    await chat.write("hello")
    await expect(chat.frame.get_by_text("Sent", exact=True)).to_be_visible()
    await agent.take()
    await expect(chat.frame.get_by_text("Maria is here")).to_be_visible()
    mark = {"conversation": agent.conversation, "number": 1}
    await agent.say("delivered", **mark)
    await expect(
        chat.frame.get_by_text("Delivered", exact=True)
    ).to_be_visible()
    await agent.say("read", **mark)
    await expect(chat.frame.get_by_text("Read", exact=True)).to_be_visible()
    await agent.say("typing", on=True, conversation=agent.conversation)
    writing = chat.frame.get_by_text("Maria is writing")
    await expect(writing).to_be_attached()
    await agent.answer("hi")
    await expect(writing).to_have_count(0)
    await agent.hear("seen", by="customer", read=2)


async def test_unread_messages_are_counted_on_the_launcher(
    chat: Chat, agent: Agent
) -> None:
    """A closed panel counts, also on the next page; opening it reads."""
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    await agent.take()
    await chat.page.keyboard.press("Escape")
    await expect(chat.launcher("Open chat")).to_be_focused()
    await agent.answer("first")
    await agent.answer("second")
    await expect(chat.launcher("Open chat, 2 unread")).to_be_visible()
    await chat.go("help.html")
    await expect(chat.launcher("Open chat, 2 unread")).to_be_visible()
    await chat.open()
    await expect(chat.frame.get_by_text("New", exact=True)).to_be_visible()
    await agent.hear("seen", by="customer", read=3)


async def test_an_agent_ends_it_in_every_tab(chat: Chat, agent: Agent) -> None:
    """All tabs show the receipt, and a new conversation starts empty."""
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    second = Chat(await chat.page.context.new_page(), chat.address)
    await second.go()
    await second.shows("hello")
    await agent.take()
    await agent.say("end", conversation=agent.conversation)
    for tab in (chat, second):
        receipt = tab.frame.get_by_text("1 message erased at", exact=False)
        await expect(receipt.first).to_be_visible()
        assert await tab.kept() == []
    await second.button("Start a new conversation").click()
    await second.shows()
    await second.write("something else")
    await second.settled()
    assert len(await agent.take()) == 1


async def test_the_page_can_steer_and_listen(chat: Chat) -> None:
    """Verbs and events of window.Dayfly, without a word of what was said."""
    await chat.page.evaluate(
        """() => {
            window.heard = [];
            for (const name of ['open', 'close', 'started', 'ended', 'unread'])
                Dayfly.on(name, (detail) => heard.push([name, detail]));
            const stop = Dayfly.on('open', () => heard.push('no'));
            stop();
            Dayfly.push(['open']);
        }"""
    )
    await chat.write("secret words")
    await chat.settled()
    await chat.page.evaluate("Dayfly.toggle(); Dayfly.end()")
    await until(chat.page, "heard.some(([name]) => name === 'ended')")
    heard = await chat.page.evaluate("JSON.stringify(heard)")
    assert "secret" not in heard
    assert '"no"' not in heard
    for name in ("open", "close", "started"):
        assert f'"{name}"' in heard


async def test_what_is_hidden_is_hidden_from_its_sender_at_once(
    chat: Chat, agent: Agent
) -> None:
    """The page shows what the server keeps, and what the agent sees."""
    await chat.open()
    await chat.write("my card: 4111 1111 1111 1111")
    await chat.shows("my card: •••• •••• •••• 1111")
    taken = await agent.take()
    assert [one["text"] for one in taken] == ["my card: •••• •••• •••• 1111"]
