"""Hostile words and hostile windows: text stays text, strangers stay out."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.chat import Agent, Chat

pytestmark = pytest.mark.timeout(120)

PAYLOADS = (
    "<script>window.top.ran = 1</script>",
    '<img src=x onerror="window.top.ran = 1">',
    "<svg/onload=window.top.ran=1>",
    "\"><iframe srcdoc='<script>parent.top.ran=1</script>'>",
    "javascript:window.top.ran=1",
    'https://example.com/"onmouseover="window.top.ran=1',
    "https://example.com/<b>bold</b>",
    "{{constructor.constructor('window.top.ran=1')()}}",
    '<math><mi//xlink:href="data:x,<script>ran=1</script>">',
    "&lt;script&gt;window.top.ran=1&lt;/script&gt;",
    "data:text/html,<script>window.top.ran=1</script>",
    "\u202emoc.elpmaxe//:sptth",
)


@pytest.mark.parametrize("who", ["customer", "agent"])
async def test_no_text_becomes_markup(
    chat: Chat, agent: Agent, who: str
) -> None:
    """Every payload is shown as it was written, and none of it runs."""
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    await agent.take()
    if who == "customer":
        await chat.write(*PAYLOADS)
    else:
        for number, payload in enumerate(PAYLOADS):
            await agent.say(
                "send",
                id=f"payload-{number:02}",
                conversation=agent.conversation,
                text=payload,
            )
    await chat.shows("hello", *PAYLOADS)
    inside = chat.inside()
    tags = await inside.evaluate(
        "[...document.querySelectorAll('.bubble *')].map((e) => e.tagName)"
    )
    assert set(tags) <= {"A"}
    assert await chat.page.evaluate("window.ran") is None
    links = await inside.evaluate(
        "[...document.querySelectorAll('.bubble a')].map((a) => a.href)"
    )
    assert links == ["https://example.com/", "https://example.com/"]


async def test_links_open_elsewhere_and_tell_nothing(
    chat: Chat, agent: Agent
) -> None:
    """Only honest https addresses become links, without what is around them."""
    await chat.open()
    await chat.write(
        "See (https://example.com/a_(b)), http://example.com, "
        "https://bank.com@evil.example/ and https://example.org/x."
    )
    links = chat.bubbles.get_by_role("link")
    await expect(links).to_have_text(
        ["https://example.com/a_(b)", "https://example.org/x"]
    )
    await expect(links.first).to_have_attribute("rel", "noopener noreferrer")
    await expect(links.first).to_have_attribute("target", "_blank")


async def test_only_the_page_around_may_speak_to_the_frame(chat: Chat) -> None:
    """Another frame's and the page's own forged messages are not heard."""
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    await chat.page.evaluate(
        """async () => {
            window.forged = false;
            Dayfly.on('forged', () => { window.forged = true; });
            postMessage({dayfly: 1, type: 'event', name: 'forged'}, '*');
            const other = document.createElement('iframe');
            other.src = '/widget/shop/frame';
            document.body.append(other);
            await new Promise((done) => { other.onload = done; });
            const chat = document.querySelector('dayfly-launcher')
                .shadowRoot.querySelector('iframe').contentWindow;
            window.chatFrame = chat;
        }"""
    )
    other = [f for f in chat.page.frames if f.url.endswith("/frame")][-1]
    await other.evaluate(
        "top.chatFrame.postMessage({dayfly: 1, type: 'end'}, '*')"
    )
    await chat.write("still here")
    await chat.settled()
    await chat.shows("hello", "still here")
    assert await chat.page.evaluate("window.forged") is False


async def test_the_policy_forbids_scripts_from_text(chat: Chat) -> None:
    """With all care taken away, the browser itself refuses (Trusted Types)."""
    await chat.open()
    refused = await chat.inside().evaluate(
        """() => {
            try { document.body.innerHTML = '<b>x</b>'; return false; }
            catch (error) { return error instanceof TypeError; }
        }"""
    )
    assert refused
