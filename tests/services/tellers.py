"""A shop that wants to know more, and customers who show themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.domain.context import Arrival, Device, Part, Place
from server.ids import ChannelId
from server.protocol.parts import Role
from server.services.visiting import Visit
from tests.fakes import FakeListener
from tests.services.worlds import Line, World
from tests.vault.token_maker import TEXT

SHOP = ChannelId("shop")
ARRIVAL = Arrival(address="192.0.2.7", user_agent="Firefox/140")


class FakeSenses:
    """Knows one browser, and one country."""

    def device(self, arrival: Arrival) -> Device | None:
        name, _, version = arrival.user_agent.partition("/")
        return Device(browser=name, version=version) if name else None

    def place(self, address: str) -> Place | None:
        return Place(country="NO") if address.startswith("192.") else None


def curious(**fields: Any) -> World:
    """A world whose shop collects everything, but for what ``fields`` say."""
    world = World()
    world.house.senses = FakeSenses()
    wants = {
        "context": frozenset(Part),
        "allowed_cookies": frozenset({"basket", "visitor"}),
        "secret": TEXT,
    }
    change(world, **{**wants, **fields})
    return world


def change(world: World, **fields: Any) -> None:
    """Set the shop up otherwise, as after a restart with other settings."""
    shop = replace(world.house.channels[SHOP], **fields)
    world.house.channels = {**world.house.channels, SHOP: shop}


async def visit(
    world: World, arrival: Arrival | None = ARRIVAL, **hello: Any
) -> Line:
    """A customer who came in by ``arrival`` and said hello."""
    listener = FakeListener()
    party = Visit(
        world.house,
        world.ending,
        world.remembering,
        channel=world.house.channels[SHOP],
        listener=listener,
        arrival=arrival,
    )
    line = Line(listener, party, Role.CUSTOMER)
    await line.greet(**hello)
    return line


def conversation_of(line: Line) -> str:
    """The id of the customer's conversation."""
    return str(line.last("welcome")["summary"]["conversation"])
