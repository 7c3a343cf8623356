"""A scene: every restriction and every use, through a running server.

``domain.restriction.MATRIX`` says what is forbidden; here it is seen. Each
restriction is set twice: before the customer comes, and while they are there
and everything is known of them.
"""

from __future__ import annotations

import asyncio
import tempfile
from functools import cache
from pathlib import Path

import pytest

from server.domain.restriction import MATRIX, Restriction, Use
from server.errors import Conflict, ConflictCode
from tests.scenes.known import (
    ACME,
    OFFICER,
    Ear,
    clientele,
    come,
    id_of,
    known_site,
    session_of,
    tell_all,
)
from tests.scenes.sites import Site, conversation_of, say, taken
from tests.strangers_client import Stranger

WORDS = "The words that count"


@cache
def used(restriction: Restriction | None, *, is_live: bool) -> frozenset[Use]:
    """What the server does with a customer under ``restriction``."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_used(Path(folder), restriction, is_live=is_live))


async def _used(
    folder: Path, restriction: Restriction | None, *, is_live: bool
) -> frozenset[Use]:
    site = known_site(folder / "data")
    await site.start()
    try:
        # The first visit makes the customer's row.
        async with await come(site) as before:
            await say(before, "client-0001", "Hello")
            if not is_live:
                await before.say("end")
                await before.hear("gone")
                await restrict(site, restriction)
                async with await come(site) as customer:
                    return await observed(site, customer)
            await tell_all(before)
            await restrict(site, restriction)
            return await observed(site, before)
    finally:
        await site.stop()


async def restrict(site: Site, restriction: Restriction | None) -> None:
    """As the account's privacy officer does it."""
    if restriction is not None:
        await clientele(site).restricting.restrict(
            ACME, await id_of(site), restriction, by=OFFICER
        )


async def observed(site: Site, customer: Stranger) -> frozenset[Use]:
    """Do everything, and see what becomes of it."""
    ear = await Ear.of(site)
    await tell_all(customer)
    ack = await say(customer, "client-0002", WORDS)
    maria = await site.agent()
    about = await taken(maria, customer)
    answer = await say(maria, "agent-0001", "Yes?", **about)
    while (await customer.hear("message"))["number"] < answer["number"]:
        pass
    said_to = await outreach(site)
    found = {Use.AGENT_ANSWER} if answer["type"] == "ack" else set()
    found |= in_memory(site, customer)
    if await is_stored(site, customer, ack["number"]):
        found.add(Use.STORED_WORDS)
    if said_to:
        found.add(Use.BUSINESS_MESSAGE)
    if await was_handed(site, ear, customer):
        found.add(Use.APPLICATION)
    await ear.close()
    await maria.__aexit__(None, None, None)
    return frozenset(found)


def in_memory(site: Site, customer: Stranger) -> set[Use]:
    """What of the surroundings is held."""
    session = session_of(site, customer)
    known = session.context.as_map() if session.context else {}
    found = set()
    if known.keys() & {"page", "tags", "language", "device", "time_zone"}:
        found.add(Use.CONTEXT)
    if known.keys() & {"address", "place"}:
        found.add(Use.PLACE)
    if session.cookies:
        found.add(Use.COOKIES)
    if session.private:
        found.add(Use.PRIVATE_DATA)
    return found


async def is_stored(site: Site, customer: Stranger, number: int) -> bool:
    """Whether another page of the same customer reads the words back."""
    async with await site.customer(token=customer.token) as page:
        await page.hear("history")
        message = page.messages[number]
        assert bool(message.get("unkept")) is (message["text"] == "")
        return bool(message["text"])


async def outreach(site: Site) -> bool:
    """Whether the business may say something of its own accord."""
    try:
        await clientele(site).outreach.say_to(
            ACME, await id_of(site), "An offer", by=OFFICER
        )
    except Conflict as conflict:
        return conflict.code is not ConflictCode.RESTRICTED
    return True


async def was_handed(site: Site, ear: Ear, customer: Stranger) -> bool:
    """Whether the application heard anything of that customer."""
    # What somebody else says now comes after all that was said before.
    async with await come(site, "bob") as bob:
        await say(bob, "client-0001", "After that")
        await ear.heard("After that")
    about = [
        event
        for event in ear.events
        if event["conversation"] == conversation_of(customer)
    ]
    texts = [one["message"]["text"] for one in about if "message" in one]
    assert (WORDS in texts) is bool(about)
    return bool(about)


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("use", Use)
@pytest.mark.parametrize("restriction", Restriction)
def test_what_is_forbidden_is_not_done_and_the_rest_is(
    restriction: Restriction, use: Use, *, is_live: bool
) -> None:
    """One cell of the matrix."""
    is_done = use in used(restriction, is_live=is_live)

    assert is_done is (use not in MATRIX[restriction])


@pytest.mark.parametrize("is_live", [False, True])
def test_without_a_restriction_everything_is_done(*, is_live: bool) -> None:
    """Else the cells above would prove nothing."""
    assert used(None, is_live=is_live) == frozenset(Use)
