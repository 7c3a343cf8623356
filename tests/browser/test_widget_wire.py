"""The widget against a scripted server: the rare sides of the protocol."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.browser.script import NOW, Script, Told

pytestmark = pytest.mark.timeout(120)


async def test_a_gap_is_asked_for_and_never_shown(
    scripted: Chat, script: Script
) -> None:
    """A message that comes too early waits for the one before it."""
    await scripted.write("one")
    await scripted.settled()
    early = script.keep("two")
    late = script.keep("three")
    script.answers["fetch"] = lambda frame: script.say(
        "history", messages=script.stored[frame["after"] :]
    )
    script.say("message", **late)
    await scripted.shows("one", "two", "three")
    script.say("message", **early)
    await scripted.shows("one", "two", "three")
    assert {"type": "fetch", "after": 1} in script.said


async def test_a_resync_drops_what_the_server_does_not_hold(
    scripted: Chat, script: Script
) -> None:
    """After resync only what follows is shown."""
    await scripted.write("mine")
    await scripted.settled()
    script.stored.clear()
    restored = script.keep("from a backup")
    script.say("resync", epoch="f")
    script.say("history", messages=[restored])
    await scripted.shows("from a backup")


async def test_too_fast_is_waited_out_in_order(
    scripted: Chat, script: Script
) -> None:
    """A refusal for haste delays; it neither loses nor reorders."""
    refused: list[Told] = []

    def once(frame: Told) -> None:
        if refused:
            script.acknowledge(frame)
            return
        refused.append(frame)
        script.say(
            "refused",
            code="too_fast",
            act="person",
            retry=True,
            retry_after=1,
            ref=frame["id"],
        )

    script.answers["send"] = once
    await scripted.write("one", "two")
    await scripted.settled()
    await scripted.shows("one", "two")
    assert script.texts_sent() == ["one", "one", "two"]


async def test_a_refused_message_can_be_tried_again(
    scripted: Chat, script: Script
) -> None:
    """A final refusal says why, and leaves the choice to the person."""
    script.answers["send"] = lambda frame: script.say(
        "refused",
        code="text_too_long",
        act="person",
        retry=False,
        ref=frame["id"],
    )
    await scripted.write("too long, says the server")
    await expect(
        scripted.frame.get_by_text("Not sent: too long")
    ).to_be_visible()
    script.answers["send"] = script.acknowledge
    await scripted.button("Try again").click()
    await scripted.settled()
    first, second = [f["id"] for f in script.said if f["type"] == "send"]
    assert first == second


async def test_the_same_id_is_sent_again_after_a_lost_ack(
    scripted: Chat, script: Script
) -> None:
    """A connection lost before the ack repeats the id, and shows it once."""
    arrived = asyncio.Event()
    script.answers["send"] = lambda frame: arrived.set()
    await scripted.write("did it arrive?")
    await arrived.wait()
    script.answers["send"] = script.acknowledge
    await script.routes[-1].close(code=1012)
    await scripted.settled()
    await scripted.shows("did it arrive?")
    ids = [f["id"] for f in script.said if f["type"] == "send"]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    hello = [f for f in script.said if f["type"] == "hello"][-1]
    assert hello["token"] == "t" * 43


@pytest.mark.parametrize("code", [4001, 1012])
async def test_some_codes_ask_to_come_back(
    scripted: Chat, script: Script, code: int
) -> None:
    """The widget connects again by itself, with what it holds."""
    await scripted.write("hello")
    await scripted.settled()
    await script.routes[-1].close(code=code)
    await scripted.write("again")
    await scripted.settled()
    assert len(script.routes) == 2
    hello = [f for f in script.said if f["type"] == "hello"][-1]
    assert (hello["last"], hello["epoch"]) == (1, "e")


@pytest.mark.parametrize("code", [1000, 4500])
async def test_other_codes_forbid_to_come_back(
    scripted: Chat, script: Script, code: int
) -> None:
    """The widget stays away until the person asks for it."""
    await scripted.write("hello")
    await scripted.settled()
    await script.routes[-1].close(code=code)
    again = scripted.button("Connect again")
    await expect(again).to_be_visible()
    assert len(script.routes) == 1
    await again.click()
    await expect(again).to_be_hidden()
    assert len(script.routes) == 2


async def test_a_deadline_is_warned_of_and_can_be_moved(
    scripted: Chat, script: Script
) -> None:
    """The countdown goes by the server's clock; staying says so."""
    await scripted.write("hello")
    await scripted.settled()
    script.say("deadline", ends_at=NOW + 60_000, warn=True)
    notice = scripted.frame.get_by_text("This chat ends in")
    await expect(notice).to_be_visible()
    shown = await notice.inner_text()
    assert 40 < int("".join(c for c in shown if c.isdigit())) <= 60
    script.answers["stay"] = lambda frame: script.say(
        "deadline", ends_at=NOW + 1_800_000
    )
    await scripted.button("Stay").click()
    await expect(notice).to_be_hidden()


async def test_the_count_appears_near_the_limit(scripted: Chat) -> None:
    """Too long is told before sending, counted as the server counts."""
    await scripted.field.fill("é" * 39)
    await expect(
        scripted.frame.get_by_text("1 characters left")
    ).to_be_visible()
    await scripted.field.fill("e\u0301" * 40)
    await expect(
        scripted.frame.get_by_text("0 characters left")
    ).to_be_visible()
    await scripted.field.fill("🙂" * 41)
    await expect(scripted.frame.get_by_text("too many")).to_be_visible()
    await expect(scripted.button("Send")).to_be_disabled()


async def test_a_token_that_opens_nothing_begins_anew(
    scripted: Chat, script: Script
) -> None:
    """An open conversation the server forgot keeps what was written."""
    arrived = asyncio.Event()
    script.answers["send"] = lambda frame: arrived.set()
    await scripted.write("first words")
    await arrived.wait()

    def unknown(frame: Told) -> None:
        if "token" in frame:
            script.say(
                "refused", code="session_unknown", act="client", retry=False
            )
        else:
            script.answers["send"] = script.acknowledge
            script.welcome()

    script.answers["hello"] = unknown
    await script.routes[-1].close(code=1012)
    await scripted.settled()
    await scripted.shows("first words")


async def test_frames_of_a_newer_server_are_ignored(
    scripted: Chat, script: Script
) -> None:
    """Unknown types and keys change nothing."""
    script.say("constructor", weather="fine")
    script.say("weather", tomorrow="rain")
    script.say("message", **script.keep("hi"), mood="good")
    await scripted.shows("hi")
