"""Plain mode: notice, terms, what is held, and being forgotten."""

from __future__ import annotations

import pytest

from client_demo.__main__ import language_in
from tests.client_demo.scripted import Scripted, serving, welcome
from tests.client_demo.test_plain import customer, erase, greet

NOTICE = {
    "version": "7",
    "language": "en",
    "text": "Kept until the end.",
    "terms": "I agree.",
    "terms_url": "https://shop.example/terms",
    "terms_required": True,
}


async def test_a_customer_agrees_to_terms_with_the_first_message() -> None:
    """Printed once, and told once: with what is said first."""

    async def script(server: Scripted) -> None:
        await server.hear("hello")
        await server.send(welcome(token="secret-token", notice=NOTICE))
        await server.say("history", messages=[])
        assert (await server.ack(1))["terms"] == "7"
        assert (await server.ack(2)).get("terms") is None
        await erase(server, 2)

    async with serving(script) as fake:
        printed = await customer(fake.address, "/terms", "Hi", "there", "/end")
    assert printed[:4] == [
        "* connected: open",
        "* notice: Kept until the end.",
        "* terms 7, required: I agree. (https://shop.example/terms)",
        "* agreed to terms 7",
    ]


async def test_without_terms_there_is_nothing_to_agree_to() -> None:
    """Which is said, and does no harm."""

    async def script(server: Scripted) -> None:
        await greet(server)
        assert (await server.ack(1)).get("terms") is None
        await erase(server, 1)

    async with serving(script) as fake:
        printed = await customer(fake.address, "/terms", "Hi", "/end")
    assert printed[1] == "* no terms"


async def test_what_is_held_is_printed_and_can_be_taken_back() -> None:
    """A line each; the time of its end where the server knows it."""
    held = [
        {
            "name": "letters",
            "count": 2,
            "home": "database",
            "dies": "x",
            "dies_at": 1_795_291_200_000,
        },
        {"name": "context", "count": 1, "home": "memory", "dies": "the end"},
    ]

    async def script(server: Scripted) -> None:
        await greet(server)
        await server.hear("holdings")
        consent = {"purpose": "news", "level": "double", "at": 1, "version": ""}
        await server.say(
            "holdings",
            held=held,
            consents=[consent],
            restrictions=["do_not_store"],
            on_hold=True,
        )
        assert (await server.hear("withdraw"))["purpose"] == "news"
        await server.say("holdings", held=[])
        await erase(server, 0)

    lines = ("/holdings", "/withdraw", "/withdraw news", "/end")
    async with serving(script) as fake:
        printed = await customer(fake.address, *lines)
    assert printed[1:-2] == [
        "* no such command",
        "* held: 2 letters, database, until 2026-11-21 20:00:00 UTC",
        "* held: 1 context, memory, until the end",
        "* agreed: news, double",
        "* restricted: do_not_store",
        "* on legal hold",
        "* nothing is held",
    ]


async def test_who_asks_to_be_forgotten_waits_for_the_receipt() -> None:
    """As after ``/end``; what is on hold stays, and the input goes on."""

    async def script(server: Scripted) -> None:
        await greet(server)
        await server.hear("forget")
        await server.say(
            "refused", code="on_hold", act="nobody", retry=False, ref="forget"
        )
        await server.ack(1)
        await server.hear("forget")
        await server.say("ended", by="customer", at=1)
        await server.say("gone", at=2, messages=1)
        await server.socket.close(4502)

    async with serving(script) as fake:
        printed = await customer(fake.address, "/forget", "Hi", "/forget")
    assert printed[1] == "* refused: on_hold"
    assert printed[-1] == "* gone: 1 messages erased"


@pytest.mark.parametrize(
    ("lang", "tag"),
    [("de_DE.UTF-8", "de-DE"), ("pt", "pt"), ("C.UTF-8", None), ("", None)],
)
def test_the_language_is_that_of_the_terminal(
    lang: str, tag: str | None
) -> None:
    """As the environment names it, in the way of the protocol."""
    assert language_in(lang) == tag
