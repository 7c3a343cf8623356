"""What is written of people along with what they say, and taken back."""

from __future__ import annotations

import pytest

from server.domain.consent import SERVICE, Level
from server.domain.customer_event import Consent, Source
from server.ids import AccountId, ChannelId
from server.live.people import (
    MOST_CUSTOMERS,
    MOST_EVENTS,
    MOST_PURPOSES,
    Person,
)
from server.services.registering import agree, record, register
from server.store.group import Group
from tests.services.worlds import Line, World

ACME = AccountId("acme")


def agreed(purpose: str = SERVICE, level: Level = Level.EXPLICIT) -> Consent:
    """A consent."""
    return Consent(
        purpose=purpose,
        level=level,
        at=1.0,
        version="1",
        source=Source.CUSTOMER,
    )


def somebody(world: World) -> Person:
    """Who is new to the account."""
    person = Person(
        "ada", account=ACME, channel=ChannelId("shop"), platform=b"index"
    )
    person.platform_key = "ada-1"
    return world.house.people.add(person)


async def visited(world: World) -> tuple[Line, Person]:
    """A connection of somebody who is new, and has said nothing."""
    line = await world.visit()
    which = line.last("welcome")["summary"]["conversation"]
    person = somebody(world)
    world.session(which).customer = person
    return line, person


async def test_who_writes_is_written_down() -> None:
    """With a key of their own, and only once."""
    world = World()
    line, person = await visited(world)
    assert not person.is_stored
    assert world.keys.owners == {}

    await line.say("client-0001", "Hello?")
    await line.say("client-0002", "Hello again?")

    [row] = world.records.rows.values()
    assert row.customer == "ada"
    assert sorted(owner for _, owner in world.keys.owners.values()) == sorted(
        [row.id, "customer:ada"]
    )
    assert person.is_stored
    assert person.platform_key is None
    assert person.consents[SERVICE].level is Level.IMPLICIT
    assert person.events == 1
    assert world.house.people.counts[ACME] == 1


async def test_when_the_disk_refuses_nobody_was_there() -> None:
    """Nothing of them stays, and the next message begins anew."""
    world = World()
    line, person = await visited(world)
    world.records.failing.add("write")
    refused = await line.say("client-0001", "Hello?")

    assert refused["code"] == "unavailable"
    assert not person.is_stored
    assert person.platform_key == "ada-1"
    assert (person.consents, person.events, person.seen_at) == ({}, 0, 0.0)
    assert world.house.people.counts[ACME] == 0
    assert world.keys.owners == {}

    world.records.failing.clear()
    assert (await line.say("client-0001", "Hello?"))["type"] == "ack"
    assert person.is_stored


async def test_one_customer_too_many_stays_nobody() -> None:
    """They are served all the same."""
    world = World()
    line, person = await visited(world)
    world.house.people.counts[ACME] = MOST_CUSTOMERS

    assert (await line.say("client-0001", "Hello?"))["type"] == "ack"

    [row] = world.records.rows.values()
    assert row.customer is None
    assert not person.is_stored
    assert person.consents[SERVICE].level is Level.IMPLICIT


async def test_who_was_erased_is_not_written_again() -> None:
    """Not by what is still on its way."""
    world = World()
    line, person = await visited(world)
    world.house.people.drop([person.id])
    group = Group()

    assert not register(world.house, person, group, at=1.0)
    assert (await line.say("client-0001", "Hello?"))["type"] == "ack"
    [row] = world.records.rows.values()
    assert row.customer is None
    person.slot = 7
    assert not record(world.house, person, agreed(), group=group)
    assert not group


async def test_there_is_always_room_to_take_back() -> None:
    """However much was agreed to before; and no more than that."""
    world = World()
    line, person = await visited(world)
    await line.say("client-0001", "Hello?")
    person.events = MOST_EVENTS
    group = Group()

    assert not record(world.house, person, agreed(), group=group)
    out = agreed(level=Level.OPTED_OUT)
    assert record(world.house, person, out, group=group)
    assert not record(world.house, person, out, group=group)
    assert person.consents[SERVICE] is out
    assert person.events == MOST_EVENTS + 1

    for undo in reversed(group.undoing):
        undo()
    assert person.consents[SERVICE].level is Level.IMPLICIT
    assert person.events == MOST_EVENTS


@pytest.mark.parametrize("is_known", [False, True])
async def test_nobody_agrees_to_ever_more_purposes(*, is_known: bool) -> None:
    """In memory or on the disk."""
    world = World()
    line, _ = await visited(world)
    await line.say("client-0001", "Hello?")
    which = line.last("welcome")["summary"]["conversation"]
    session = world.session(which)
    if not is_known:
        session.customer = None
    group = Group()
    taken = [
        agree(world.house, session, agreed(f"purpose-{n}"), group=group)
        for n in range(2 * MOST_PURPOSES)
    ]
    again = agree(world.house, session, agreed("purpose-0"), group=group)

    assert sum(taken) == MOST_PURPOSES - is_known
    assert again
    for undo in reversed(group.undoing):
        undo()
    assert set(session.consents) == set()
