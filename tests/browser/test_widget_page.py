"""What the page may ask of the chat, and what the chat learns of the page."""

from __future__ import annotations

import pytest
from playwright.async_api import Route, expect

from tests.browser.chat import Agent, Chat, configured, until
from tests.browser.script import Script

pytestmark = pytest.mark.timeout(120)


async def test_nothing_is_told_before_the_chat_is_opened(
    closed: Chat, script: Script
) -> None:
    """No connection, and nobody looks at the page or its cookies."""
    await closed.page.evaluate(
        """() => {
            window.looked = 0;
            Object.defineProperty(document, 'cookie', {get() {
                window.looked += 1;
                return '';
            }});
            Dayfly.setContext({tags: {plan: 'gold'}});
            Dayfly.setPrivateData('sealed');
        }"""
    )
    assert script.routes == []
    await configured(closed, collect=[], cookies=[])
    await closed.open()
    await closed.write("hello")
    await closed.settled()
    assert {frame["type"] for frame in script.said} <= {"hello", "send"}


async def test_an_agent_sees_where_the_customer_is(
    chat: Chat, agent: Agent
) -> None:
    """The page, its change without a load, and tags, on a real server."""
    await chat.page.evaluate("Dayfly.setContext({tags: {basket: 2}})")
    await chat.open()
    await chat.write("hello")
    await chat.settled()
    await agent.take()
    told = (await agent.hear("context"))["context"]
    while "tags" not in told:
        told = (await agent.hear("context"))["context"]
    assert told["page"]["url"] == f"{chat.address}/demo/"
    assert told["tags"]["basket"] == "2"
    assert told["language"] == "en-GB"
    await chat.page.evaluate(
        """() => {
            history.pushState(null, '', '/demo/mug.html?secret=1');
            document.title = 'The mug';
        }"""
    )
    while told["page"].get("title") != "The mug":
        told = (await agent.hear("context"))["context"]
    assert told["page"]["url"] == f"{chat.address}/demo/mug.html"


async def test_only_what_changed_is_told_again(
    scripted: Chat, script: Script
) -> None:
    """First everything the channel collects; then the one new part."""
    before = 0
    known: set[str] = set()
    while not {"page", "hints"} <= known:
        before += 1
        known |= (await script.hears("context", before))[-1].keys()
    await scripted.page.evaluate("Dayfly.setContext({tags: {a: 'b'}})")
    frames = await script.hears("context", before + 1)
    assert frames[-1] == {"type": "context", "tags": {"a": "b"}}
    page = next(frame["page"] for frame in frames if "page" in frame)
    assert page["url"] == f"{scripted.address}/demo/"
    hints = next(frame["hints"] for frame in frames if "hints" in frame)
    assert hints["mobile"] is False


async def test_cookies_on_the_list_are_read_and_no_others(
    closed: Chat, script: Script
) -> None:
    """A name that only ends like a listed one is another name."""
    await configured(closed, collect=[], cookies=["plan", "none"])
    await closed.page.evaluate(
        """() => {
            for (const one of ['plan=gold', 'explan=x', 'canary=secret']) {
                document.cookie = one;
            }
        }"""
    )
    await closed.open()
    assert await script.hears("context") == [
        {"type": "context", "cookies": {"plan": "gold"}}
    ]


async def test_an_event_reaches_the_page_and_is_acknowledged(
    scripted: Chat, script: Script
) -> None:
    """What the application asks of the page comes with a way to answer."""
    await scripted.page.evaluate(
        """() => Dayfly.on('event', ({name, data, acknowledge}) => {
            window.seen = {name, data};
            acknowledge();
        })"""
    )
    script.say("event", name="highlight", data={"what": "basket"})
    assert await script.hears("event_taken") == [
        {"type": "event_taken", "name": "highlight"}
    ]
    assert await scripted.page.evaluate("window.seen") == {
        "name": "highlight",
        "data": {"what": "basket"},
    }


async def test_private_data_is_told_to_every_connection_and_kept_nowhere(
    scripted: Chat, script: Script
) -> None:
    """Forwarded as it came, again after a reconnect, never stored."""
    await scripted.page.evaluate("Dayfly.setPrivateData('sealed.canary')")
    await script.hears("private")
    await scripted.write("hello")
    await scripted.settled()
    await script.routes[-1].close(code=1012)
    first, second = await script.hears("private", 2)
    assert first == second == {"type": "private", "token": "sealed.canary"}
    stored = await scripted.inside().evaluate("JSON.stringify(localStorage)")
    assert "canary" not in stored


@pytest.mark.parametrize("made", ["'made-by-the-back-end'", "undefined"])
async def test_a_conversation_may_begin_with_the_pages_back_end(
    closed: Chat, script: Script, made: str
) -> None:
    """Its token is used; without one, the chat begins by itself."""
    await closed.page.evaluate(
        f"Dayfly.onCreateSession(async () => {made})",
    )
    await closed.open()
    (hello,) = await script.hears("hello")
    assert hello.get("token") == (
        None if made == "undefined" else made.strip("'")
    )


async def test_a_callback_that_fails_stops_no_chat(
    closed: Chat, script: Script
) -> None:
    """A fault in the page is not the customer's."""
    await closed.page.evaluate(
        "Dayfly.onCreateSession(async () => { throw new Error('no'); })"
    )
    await closed.open()
    await closed.write("hello")
    await closed.settled()
    assert script.texts_sent() == ["hello"]


async def test_the_page_is_told_which_conversation_it_is(
    closed: Chat, script: Script
) -> None:
    """Its id, which opens nothing, so that a back end can speak of it."""
    await closed.page.evaluate(
        "() => { window.told = new Promise((d) => Dayfly.on('session', d)); }"
    )
    await closed.open()
    told = await closed.page.evaluate("window.told")
    assert told == {"conversation": "c", "resumed": False}


THEIRS = """
    window.PegaChatTags = {departure: 'AMS'};
    window.PegaUnifiedChatWidget = {
        onCreateSessionRequest: async () => 'their-session',
        onChatAPIEvent: (event) => { window.seen = event.name; },
    };
    window.told = new Promise((done) => {
        PegaUnifiedChatWidget.onSessionInitialized = done;
    });
"""


async def test_pages_of_another_widget_go_on_working(
    closed: Chat, script: Script
) -> None:
    """The names they know do here what they did there."""
    page = closed.page

    async def add_shim(route: Route) -> None:
        answer = await route.fetch()
        shim = '<script src="/web/widget/pega.js" defer></script></head>'
        body = (await answer.text()).replace("</head>", shim)
        await route.fulfill(response=answer, body=body)

    await page.route("**/demo/", add_shim)
    await page.add_init_script(f"if (top === self) {{{THEIRS}}}")
    await closed.go()
    await page.evaluate("PegaUnifiedChatWidget.toggleWidget()")
    assert await page.evaluate("window.told") == "c"
    assert (await script.hears("hello"))[0]["token"] == "their-session"
    await page.evaluate("PegaChatTags.trip = 'return'")
    wanted = {"departure": "AMS", "trip": "return"}
    count = 1
    while (await script.hears("context", count))[-1].get("tags") != wanted:
        count += 1
    script.say("event", name="highlight")
    await until(page, "window.seen === 'highlight'")
    await page.evaluate("PegaUnifiedChatWidget.toggleWidget()")
    await expect(closed.field).to_be_hidden()
    await page.evaluate("PegaUnifiedChatWidget.triggerChat('5sonPage')")
    await expect(closed.field).to_be_visible()
    await closed.write("hello")
    await closed.settled()
    await page.evaluate("PegaUnifiedChatWidget.endChat()")
    await script.hears("end")
