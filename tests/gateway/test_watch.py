"""Who is silent, and who never said hello."""

from __future__ import annotations

import asyncio
import contextlib

from server.gateway.watch import CLOSING, GREETING, ROUND, SocketWatch
from tests.fakes import FakeClock


class FakeSocket:
    """Notes what the watch did to it."""

    def __init__(self, heard_at: float) -> None:
        self.heard_at = heard_at
        self.is_pinged = False
        self.notes: list[str] = []

    def ping(self) -> None:
        self.is_pinged = True
        self.notes.append("ping")

    def give_up(self) -> None:
        self.notes.append("give up")

    def too_late(self) -> None:
        self.notes.append("too late")


def watched(
    *, has_greeted: bool = True
) -> tuple[SocketWatch, FakeClock, FakeSocket]:
    """A watch with one socket, and its clock."""
    clock = FakeClock()
    watch = SocketWatch(clock, heartbeat=25.0)
    socket = FakeSocket(clock.elapsed())
    watch.expect_greeting(socket)
    if has_greeted:
        watch.has_greeted(socket)
    return watch, clock, socket


def test_who_does_not_greet_in_time_is_told_once() -> None:
    """Five seconds, and not a moment before."""
    watch, clock, socket = watched(has_greeted=False)

    clock.pass_(GREETING - 0.1)
    watch.look()
    assert socket.notes == []
    clock.pass_(0.1)
    watch.look()
    watch.look()

    assert socket.notes == ["too late"]


def test_who_has_greeted_is_not_asked_again() -> None:
    """Nor is it an error to greet twice."""
    watch, clock, socket = watched()
    watch.has_greeted(socket)

    clock.pass_(GREETING + 1.0)
    watch.look()

    assert socket.notes == []


def test_silence_is_asked_about_once_and_then_ended() -> None:
    """A Ping after 25 seconds, the end after 50."""
    watch, clock, socket = watched()
    for _ in range(49):
        clock.pass_(1.0)
        watch.look()
    assert socket.notes == ["ping"]

    clock.pass_(2.0)
    watch.look()

    assert socket.notes == ["ping", "give up"]


def test_a_sign_of_life_begins_the_silence_anew() -> None:
    """And allows the next Ping."""
    watch, clock, socket = watched()
    clock.pass_(30.0)
    watch.look()
    socket.heard_at, socket.is_pinged = clock.elapsed(), False
    clock.pass_(24.0)
    watch.look()
    assert socket.notes == ["ping"]

    clock.pass_(2.0)
    watch.look()

    assert socket.notes == ["ping", "ping"]


def test_who_closes_has_two_seconds_from_the_first_time() -> None:
    """Being told to close again does not prolong it."""
    watch, clock, socket = watched()
    watch.expect_closing(socket)
    clock.pass_(CLOSING - 0.5)
    watch.expect_closing(socket)
    watch.look()
    assert socket.notes == []

    clock.pass_(0.5)
    watch.look()

    assert socket.notes == ["too late"]
    assert len(watch) == 0


def test_who_closes_is_not_pinged() -> None:
    """Its silence is expected."""
    watch, _, socket = watched(has_greeted=False)
    watch.expect_closing(socket)
    socket.heard_at -= 100.0
    watch.look()

    assert socket.notes == []


def test_who_is_gone_is_forgotten() -> None:
    """Whatever it was watched for; and it may go twice."""
    watch, clock, socket = watched(has_greeted=False)
    other = FakeSocket(clock.elapsed())
    watch.expect_greeting(other)
    watch.expect_closing(other)
    for gone in (socket, socket, other):
        watch.forget(gone)

    clock.pass_(100.0)
    watch.look()

    assert socket.notes == other.notes == []
    assert len(watch) == 0


def test_a_socket_may_go_while_the_watch_goes_round() -> None:
    """One that gives up forgets itself, and the others have their turn."""
    watch, clock, _ = watched()
    others = [FakeSocket(clock.elapsed() - 100.0) for _ in range(3)]
    for other in others:
        watch.expect_greeting(other)
        watch.has_greeted(other)
        other.give_up = lambda gone=other: watch.forget(gone)  # type: ignore[method-assign,misc]

    watch.look()

    assert len(watch) == 1


async def test_it_goes_round_once_a_second() -> None:
    """Until it is cancelled."""
    watch, clock, socket = watched(has_greeted=False)

    task = asyncio.create_task(watch.run())
    for _ in range(int(GREETING)):
        assert socket.notes == []
        await asyncio.sleep(0)
        clock.pass_(ROUND)
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

    assert socket.notes == ["too late"]
