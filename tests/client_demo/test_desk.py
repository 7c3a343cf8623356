"""The agent's Textual screen, driven by a pilot."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input, OptionList

from client_demo.agent import SignIn
from client_demo.desk import Desk
from client_demo.panel import Bubble
from tests.client_demo.scripted import C, Frame, message, summary
from tests.client_demo.worlds import IdleConnection, World

D = C[::-1]


def desk_of(world: World) -> Desk:
    """A desk whose connection does nothing."""
    sign_in = SignIn(name="maria", password="secret")
    return Desk(IdleConnection(), world.means, sign_in)


def waiting(conversation: str, at: int, preview: str) -> Frame:
    """A Summary of one who waits since ``at``."""
    return summary(
        conversation=conversation,
        phase="waiting",
        last=1,
        started_at=at,
        preview=preview,
    )


def sign_in(desk: Desk) -> None:
    """Two customers wait; ``C`` for longer."""
    desk.agent.hear({"type": "welcome", "role": "agent", "name": "Maria"})
    both = [waiting(C, 1, "In stock?"), waiting(D, 2, "Where is it?")]
    desk.agent.hear({"type": "list", "waiting": both, "mine": []})


def give(desk: Desk, conversation: str, **changes: Any) -> None:
    """Let the agent watch ``conversation``, as the one who has it."""
    mine = waiting(conversation, 1, "In stock?") | {
        "phase": "active",
        "mine": True,
        "agent": "Maria",
    }
    desk.agent.hear({"type": "listed", "summary": mine})
    desk.agent.hear({"type": "watching", "summary": mine | changes})
    said = message(1, "In stock?", "customer")
    about = {"conversation": conversation, "messages": [said]}
    desk.agent.hear({"type": "history", **about})


def listed(desk: Desk) -> list[str]:
    """The lines of the list."""
    options = desk.query_one("#list", OptionList).options
    return [str(option.prompt) for option in options]


def shown(desk: Desk) -> list[str]:
    """The text of each bubble."""
    return [str(bubble.content) for bubble in desk.query(Bubble)]


async def test_one_key_takes_the_one_who_waited_longest() -> None:
    """And what was said so far is shown, and marked as read."""
    world = World()
    desk = desk_of(world)
    async with desk.run_test() as pilot:
        sign_in(desk)
        await pilot.pause()
        assert listed(desk) == [
            "MINE 0",
            "WAITING 2",
            "  (1) In stock?",
            "  (1) Where is it?",
        ]
        await pilot.press("ctrl+n")
        assert world.said("take")[0]["conversation"] == C
        give(desk, C)
        await pilot.pause()
        assert listed(desk)[:2] == ["MINE 1", "▸ In stock?"]
        assert shown(desk)[0].startswith("In stock?")
        assert world.said("read")[0]["conversation"] == C


async def test_an_answer_goes_to_the_conversation_at_hand() -> None:
    """The keys go there at once; its name stands under what it said."""
    world = World()
    desk = desk_of(world)
    async with desk.run_test() as pilot:
        sign_in(desk)
        give(desk, C)
        await pilot.pause()
        await pilot.press("Y", "e", "s", "enter")
        sent = world.said("send")[0]
        assert (sent["conversation"], sent["text"]) == (C, "Yes")
        ack = {"type": "ack", "id": sent["id"], "number": 2, "at": 0}
        desk.agent.hear(ack | {"conversation": C})
        await pilot.pause()
        assert shown(desk)[1].startswith("Yes\nMaria")


async def test_what_is_half_written_stays_with_its_conversation() -> None:
    """It must not be sent to another customer by the next key."""
    desk = desk_of(World())
    async with desk.run_test() as pilot:
        sign_in(desk)
        give(desk, C)
        give(desk, D)
        await pilot.press("f", "o", "r", "C")
        box = desk.query_one(Input)
        desk.agent.watch(D)
        desk.show()
        assert box.value == ""
        desk.agent.watch(C)
        desk.show()
        assert box.value == "forC"


async def test_choosing_from_the_list_looks_first_and_takes_then() -> None:
    """Once to watch, once more to take."""
    world = World()
    desk = desk_of(world)
    async with desk.run_test() as pilot:
        sign_in(desk)
        await pilot.pause()
        options = desk.query_one("#list", OptionList)
        for kind in ("watch", "take"):
            options.focus()
            options.highlighted = 2
            await pilot.press("enter")
            assert [f["conversation"] for f in world.said(kind)] == [C]


async def test_a_released_conversation_leaves_the_desk() -> None:
    """Given back, no longer watched, no longer shown."""
    world = World()
    desk = desk_of(world)
    async with desk.run_test() as pilot:
        sign_in(desk)
        give(desk, C)
        await pilot.press("ctrl+r")
        assert world.said("release")[0]["conversation"] == C
        state = {"type": "state", "conversation": C, "phase": "waiting"}
        desk.agent.hear(state)
        await pilot.pause()
        assert world.said("unwatch")[0]["conversation"] == C
        assert shown(desk) == []


async def test_what_is_gone_is_gone_from_the_desk_too() -> None:
    """The receipt is told; the messages are dropped."""
    world = World()
    desk = desk_of(world)
    async with desk.run_test() as pilot:
        sign_in(desk)
        give(desk, C)
        await pilot.press("ctrl+e", "ctrl+e")
        assert world.said("end")[0]["conversation"] == C
        about = {"conversation": C, "at": 1}
        desk.agent.hear({"type": "ended", "by": "agent", **about})
        desk.agent.hear({"type": "gone", "messages": 1, **about})
        desk.agent.hear({"type": "unlisted", "conversation": C})
        await pilot.pause()
        assert shown(desk) == []
        assert desk.agent.open == {}
        assert listed(desk)[0] == "MINE 0"
