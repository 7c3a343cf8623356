"""Conversations are seen and ended by those who do not take part."""

from __future__ import annotations

import asyncio

import pytest

from server.domain.audit import AuditEvent
from server.domain.conversation import EndedBy, Phase
from server.domain.permission import operator
from server.errors import NotFound, Unavailable
from server.ids import AccountId, ConversationId
from server.services.overseeing import Overseeing
from tests.gateway.api.office import Shelf
from tests.services.worlds import World, settle

ACME, OTHER = AccountId("acme"), AccountId("other")
OPERATOR = operator("key")


def overseeing(world: World) -> Overseeing:
    """Somebody who oversees ``world``."""
    return Overseeing(
        world.house,
        Shelf(world.records),
        ending=world.ending,
        remembering=world.remembering,
    )


async def test_an_account_sees_its_own() -> None:
    """And nothing of another's, not even that it is there."""
    world = World()
    _, which, _ = await world.conversation()
    seen = overseeing(world)
    id_ = ConversationId(which)

    assert [one.id for one in await seen.page(ACME, after="", limit=9)] == [id_]
    assert await seen.page(OTHER, after="", limit=9) == []
    assert (await seen.get(ACME, id_)).phase is Phase.WAITING
    with pytest.raises(NotFound):
        await seen.get(OTHER, id_)
    with pytest.raises(NotFound):
        await seen.end(OTHER, id_, by=OPERATOR)
    with pytest.raises(NotFound):
        await seen.get(ACME, ConversationId("none"))


async def test_ending_is_on_disk_when_it_returns() -> None:
    """The customer is told by whom; asking again changes nothing."""
    world = World()
    line, which, _ = await world.conversation()
    seen, id_ = overseeing(world), ConversationId(which)

    await seen.end(ACME, id_, by=OPERATOR)

    row = world.records.rows[id_]
    assert (row.phase, row.ended_by) == (Phase.ENDING, EndedBy.OPERATOR)
    await settle()
    assert line.last("ended")["by"] == "operator"
    await seen.end(ACME, id_, by=OPERATOR)


async def test_what_could_not_be_ended_is_not_called_so() -> None:
    """The disk did not take it: 503, and it goes on."""
    world = World()
    line, which, _ = await world.conversation()
    world.records.failing.add("write")

    with pytest.raises(Unavailable):
        await overseeing(world).end(ACME, ConversationId(which), by=OPERATOR)

    await settle()
    assert line.all("ended") == []


async def test_two_who_end_at_once_both_succeed() -> None:
    """It has ended, which is what both wanted."""
    world = World()
    _, which, _ = await world.conversation()
    seen, id_ = overseeing(world), ConversationId(which)

    await asyncio.gather(
        seen.end(ACME, id_, by=OPERATOR), seen.end(ACME, id_, by=OPERATOR)
    )

    assert world.records.rows[id_].phase is Phase.ENDING


def test_the_log_knows_of_ends() -> None:
    """By the word that is there for it."""
    assert AuditEvent.ENDED.value == "conversation_ended"
