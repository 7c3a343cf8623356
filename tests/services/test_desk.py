"""Tests of server/services/desk.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.agent import Agent
from server.domain.desk import BusinessHours, Opening, Queue
from server.domain.permission import AgentRole
from server.ids import ChannelId
from server.services.desk import closed_message, may_attend, not_for
from tests.services.worlds import World

SHOP = ChannelId("shop")
#: Friday, 15 January 2027, 08:00 in UTC: see ``FakeClock``.
FRIDAY = 4


def world(*, queue: str | None = None, hours: str | None = None) -> World:
    """A world whose channel has that queue and those hours."""
    made = World()
    shop = made.house.channels[SHOP]
    made.house.channels = {
        SHOP: replace(shop, queue=queue, business_hours=hours)
    }
    return made


def maria_in(made: World) -> Agent:
    """One of its agents."""
    return next(iter(made.house.agents.values()))


def test_a_channel_without_a_queue_is_everybodys() -> None:
    """So is one that is not there any more."""
    made = world()
    agent = maria_in(made)

    assert may_attend(made.house, agent, SHOP)
    assert may_attend(made.house, agent, ChannelId("gone"))
    assert not_for(made.house, agent) == ()


def test_a_queue_is_its_agents_and_the_supervisors() -> None:
    """To all others it is as if nobody waited there."""
    made = world(queue="green")
    agent = maria_in(made)
    account = agent.account
    made.house.queues = {(account, "green"): Queue(frozenset({agent.id}))}
    another = replace(agent, id="another")  # type: ignore[arg-type]
    supervisor = replace(another, roles=frozenset({AgentRole.SUPERVISOR}))

    assert may_attend(made.house, agent, SHOP)
    assert may_attend(made.house, supervisor, SHOP)
    assert not may_attend(made.house, another, SHOP)
    assert not_for(made.house, another) == (SHOP,)
    assert not_for(made.house, agent) == ()


def test_a_queue_that_is_not_there_hides_nobody() -> None:
    """Or they would wait for ever."""
    made = world(queue="green")

    assert may_attend(made.house, maria_in(made), SHOP)


@pytest.mark.parametrize(
    ("zone", "opens", "told"),
    [
        ("UTC", 8 * 60, None),
        ("UTC", 8 * 60 + 1, "Closed"),
        ("Europe/Berlin", 9 * 60, None),
        ("America/New_York", 8 * 60, "Closed"),
    ],
)
def test_hours_are_those_of_their_time_zone(
    zone: str, opens: int, told: str | None
) -> None:
    """The clock of the machine is in none."""
    made = world(hours="office")
    shop = made.house.channels[SHOP]
    made.house.hours = {
        (shop.account, "office"): BusinessHours(
            time_zone=zone,
            openings=(Opening(day=FRIDAY, opens=opens, closes=1_440),),
            closed_message="Closed",
        )
    }

    assert closed_message(made.house, shop) == told


@pytest.mark.parametrize("hours", [None, "gone"])
def test_a_channel_without_hours_is_never_closed(hours: str | None) -> None:
    """Nor one whose hours are not there any more."""
    made = world(hours=hours)

    assert closed_message(made.house, made.house.channels[SHOP]) is None
