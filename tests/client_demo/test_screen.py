"""The customer's Textual screen, driven by a pilot."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input, Static

from client_demo.panel import Bubble
from client_demo.screen import CustomerScreen
from tests.client_demo.scripted import (
    C,
    Frame,
    message,
    summary,
    welcome,
)
from tests.client_demo.worlds import IdleConnection, World

ACTIVE = {"type": "state", "conversation": C, "phase": "active"}


def screen_of(world: World) -> CustomerScreen:
    """A screen whose connection does nothing."""
    return CustomerScreen(IdleConnection(), world.means, keep=lambda _: None)


def let_in(screen: CustomerScreen, *frames: Frame, **changes: Any) -> None:
    """``welcome``, history and what follows."""
    party = screen.customer
    party.hear(welcome(token="t", summary=summary(**changes)))
    party.hear({"type": "history", "conversation": C, "messages": []})
    for frame in frames:
        party.hear(frame)


def shown(screen: CustomerScreen) -> list[str]:
    """The text of each bubble, from top to bottom."""
    return [str(bubble.content) for bubble in screen.query(Bubble)]


def standing(screen: CustomerScreen) -> str:
    """The line that says how things stand."""
    return str(screen.query_one("#standing", Static).content)


async def test_what_is_typed_is_shown_at_once_and_ticked_later() -> None:
    """Sending, on the disk, read."""
    world = World()
    screen = screen_of(world)
    async with screen.run_test() as pilot:
        let_in(screen)
        await pilot.press("H", "i", "enter")
        assert shown(screen) == ["Hi\nsending ..."]
        sent = world.said("send")[0]
        screen.customer.hear(
            {"type": "ack", "id": sent["id"], "number": 1, "at": 0}
        )
        await pilot.pause()
        assert shown(screen)[0].endswith("✓")
        screen.customer.hear(
            {"type": "seen", "by": "agent", "delivered": 1, "read": 1}
        )
        assert shown(screen)[0].endswith("✓✓ read")
        assert [frame["on"] for frame in world.said("typing")] == [True]


async def test_an_answer_is_shown_and_read() -> None:
    """Read, because the terminal is looked at."""
    world = World()
    screen = screen_of(world)
    async with screen.run_test() as pilot:
        let_in(screen, ACTIVE | {"agent": "Maria"})
        said = message(1, "[bold]It is.[/]\x1b[2J")
        screen.customer.hear({"type": "message", "conversation": C, **said})
        await pilot.pause()
        assert shown(screen)[0].startswith("[bold]It is.[/]\\x1b[2J\nMaria")
        assert world.said("read")[0]["number"] == 1
        assert standing(screen) == "Maria is with you."


async def test_a_terminal_out_of_sight_reads_nothing() -> None:
    """Delivered; and read as soon as somebody looks."""
    world = World()
    screen = screen_of(world)
    async with screen.run_test():
        let_in(screen)
        screen.on_app_blur()
        said = message(1, "Hello?")
        screen.customer.hear({"type": "message", "conversation": C, **said})
        assert world.said("read") == []
        assert world.said("delivered")[0]["number"] == 1
        screen.on_app_focus()
        assert world.said("read")[0]["number"] == 1


async def test_a_deadline_is_warned_of_and_can_be_moved() -> None:
    """By the server's clock, whatever ours says."""
    world = World()
    screen = screen_of(world)
    async with screen.run_test() as pilot:
        ends_at = welcome()["now_at"] + 60_000
        let_in(screen, {"type": "deadline", "ends_at": ends_at, "warn": True})
        assert standing(screen).startswith("Ends in 60 s")
        await pilot.press("ctrl+s")
        assert len(world.said("stay")) == 1


async def test_to_end_takes_two_keys_and_shows_the_receipt() -> None:
    """The receipt stays; nothing more can be written."""
    world = World()
    screen = screen_of(world)
    async with screen.run_test() as pilot:
        let_in(screen)
        await pilot.press("ctrl+e")
        assert world.said("end") == []
        await pilot.press("ctrl+e")
        assert len(world.said("end")) == 1
        about = {"conversation": C, "at": 1}
        screen.customer.hear({"type": "ended", "by": "customer", **about})
        screen.customer.hear({"type": "gone", "messages": 4, **about})
        assert "4 messages erased" in standing(screen)
        assert screen.query_one(Input).disabled


async def test_a_message_not_sent_is_given_back() -> None:
    """Into the line where it was typed."""
    world = World()
    screen = screen_of(world)
    async with screen.run_test() as pilot:
        let_in(screen)
        await pilot.press("H", "i", "enter")
        refused = {"code": "text_too_long", "retry": False}
        ref = world.said("send")[0]["id"]
        screen.customer.hear({"type": "refused", "ref": ref, **refused})
        await pilot.pause()
        assert screen.query_one(Input).value == "Hi"
        assert shown(screen) == []


async def test_a_replaced_history_is_drawn_anew() -> None:
    """After ``resync`` nothing of before is left on the screen."""
    screen = screen_of(World())
    async with screen.run_test() as pilot:
        page = {"type": "history", "conversation": C}
        let_in(screen, page | {"messages": [message(1, "old")]})
        screen.customer.hear(
            {"type": "resync", "conversation": C, "epoch": "00000002"}
        )
        await pilot.pause()
        assert shown(screen) == []
        screen.customer.hear(page | {"messages": [message(1, "new")]})
        await pilot.pause()
        assert shown(screen)[0].startswith("new")


async def test_the_theme_changes_between_light_and_dark() -> None:
    """One key, both ways."""
    screen = screen_of(World())
    async with screen.run_test() as pilot:
        for dark in (False, True):
            await pilot.press("ctrl+t")
            assert screen.current_theme.dark is dark


def told(screen: CustomerScreen) -> list[str]:
    """What the person was notified of, oldest first."""
    return [one.message for one in screen._notifications]


async def test_a_notice_is_shown_and_its_terms_are_agreed_to() -> None:
    """Once let in; the version goes out with what is said first."""
    world = World()
    screen = screen_of(world)
    notice = {"version": "7", "text": "Kept.", "terms": "I agree."}
    async with screen.run_test() as pilot:
        screen.customer.hear(welcome(token="t", notice=notice))
        await pilot.pause()
        assert told(screen) == ["* notice: Kept.\n* terms 7: I agree."]
        screen.customer.hear(
            {"type": "history", "conversation": C, "messages": []}
        )
        await pilot.press(*"/terms", "enter", *"Hi", "enter")
        assert world.said("send")[0]["terms"] == "7"
        assert told(screen)[-1] == "Agreed: 7"


async def test_what_is_held_is_asked_for_and_shown() -> None:
    """A line each; what is no command is said to be none."""
    world = World()
    screen = screen_of(world)
    async with screen.run_test() as pilot:
        let_in(screen)
        await pilot.press(*"/holdings", "enter", *"/what", "enter")
        assert world.said("holdings")[0]["ref"] == "holdings"
        screen.customer.hear(
            {"type": "holdings", "conversation": C, "held": []}
        )
        await pilot.pause()
        assert told(screen) == ["No such command.", "nothing is held"]
        assert world.said("send") == []


async def test_who_wants_to_be_forgotten_is_asked_once() -> None:
    """The second time it is done; staying takes it back."""
    world = World()
    screen = screen_of(world)
    async with screen.run_test() as pilot:
        let_in(screen)
        await pilot.press(*"/forget", "enter")
        assert standing(screen).startswith("Have everything erased?")
        await pilot.press("ctrl+s", *"/forget", "enter")
        assert world.said("forget") == []
        await pilot.press(*"/forget", "enter")
        assert len(world.said("forget")) == 1
