"""Plain HTTP: files may be bigger and slower than pages, and how much."""

from __future__ import annotations

import pytest

from server.gateway.http import (
    ANSWERING,
    DEADLINE,
    GIVING,
    MOST_BYTES,
    MOST_UPLOADED,
    SLOWEST,
)
from tests.gateway.test_http import GET, Connection


def head_of(path: str, size: int = 2**30) -> bytes:
    """The head of a request with a body."""
    line = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}"
    return f"{line}\r\n\r\n".encode()


async def test_a_file_may_take_long_if_it_is_fast_enough() -> None:
    """Deadline after deadline, as long as enough has come on the whole."""
    one = Connection()
    one.may_answer.clear()
    await one.say(head_of("/attachments"))
    for _ in range(20):
        one.loop.now += DEADLINE
        await one.say(bytes(int(DEADLINE * SLOWEST)))
        one.loop.go_off()
        assert one.loop.running == [DEADLINE]

    assert not one.transport.end


async def test_a_file_that_drips_is_cut() -> None:
    """A little less than enough: at the second look, which forgives nothing."""
    one = Connection()
    one.may_answer.clear()
    await one.say(head_of("/attachments"))
    one.loop.now += DEADLINE
    await one.say(b"x")
    one.loop.go_off()
    assert one.loop.running == [DEADLINE]
    one.loop.now += DEADLINE
    await one.say(bytes(int(DEADLINE * SLOWEST) - 1_000))

    one.loop.go_off()

    assert one.transport.end == "aborted"


async def test_a_file_that_stops_coming_is_cut() -> None:
    """What came fast at first does not last for ever."""
    one = Connection()
    one.may_answer.clear()
    await one.say(head_of("/attachments"))
    await one.say(bytes(int(3 * DEADLINE * SLOWEST)))
    looks = 0
    while not one.transport.end:
        one.loop.now += DEADLINE
        one.loop.go_off()
        looks += 1

    assert looks == 5


@pytest.mark.parametrize("path", ["/", "/attachment", "/x/attachments", "/A"])
async def test_only_files_may_be_big_and_slow(path: str) -> None:
    """Other requests have their ten seconds and their size."""
    slow, big = Connection(), Connection()
    for one in (slow, big):
        one.may_answer.clear()
        await one.say(head_of(path))
    slow.loop.now += DEADLINE
    await slow.say(bytes(1_000))
    slow.loop.go_off()
    await big.say(bytes(MOST_BYTES))

    assert (slow.transport.end, big.transport.end) == ("aborted", "aborted")


async def test_a_file_has_a_size_as_well() -> None:
    """Above what any channel allows the line is cut."""
    one = Connection()
    one.may_answer.clear()
    await one.say(head_of("/attachments"))
    one.http._bytes = MOST_UPLOADED - 1_000
    await one.say(bytes(900))
    assert one.loop.running == [DEADLINE]

    await one.say(bytes(200))

    assert one.transport.end == "aborted"


@pytest.mark.parametrize(
    "asked",
    [
        b"GET /attachments/x",
        b"GET /api/v1/accounts/acme/privacy/exports/x",
        b"POST /api/v1/server/backups",
    ],
)
async def test_a_file_on_its_way_out_has_its_time(asked: bytes) -> None:
    """More than a page; and the next request has again what it had."""
    one = Connection()
    one.may_answer.clear()
    await one.say(asked + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert one.loop.running == [GIVING]
    one.may_answer.set()
    await one.say(b"")
    one.may_answer.clear()
    await one.say(GET)

    assert one.loop.running == [ANSWERING]
