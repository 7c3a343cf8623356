"""A shop that wants to know more, and customers who show themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.domain.context import Arrival, Device, Part, Place
from server.errors import RefusalCode, Refused
from server.ids import ChannelId
from server.protocol.parts import Role
from server.services.confiding import Confiding
from server.services.events import surroundings_of
from server.services.visiting import Visit
from tests.fakes import FakeListener
from tests.services.worlds import Line, World
from tests.vault.token_maker import TEXT, claims_with, sealed, signed

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


DATA = {"authenticated": True, "ContactID": "C-17"}


def confiding(world: World) -> Confiding:
    """The use case."""
    return Confiding(world.house, world.remembering)


def by(iss: str, **changes: Any) -> str:
    """A token that the back-end signs now."""
    return signed(claims=claims_with(iss=iss, **changes))


def sealed_for(iss: str, data: object = DATA, **changes: Any) -> str:
    """A token that the back-end seals now."""
    return sealed(claims=claims_with(iss=iss, data=data, **changes))


async def tell(
    world: World, token: str, value: object = DATA, *, is_patch: bool = False
) -> None:
    """Call as the back-end does."""
    use = confiding(world)
    use.keep(await use.grant(token), value, is_patch=is_patch)


async def refusal(world: World, token: str) -> RefusalCode:
    """Why a call is refused."""
    with pytest.raises(Refused) as caught:
        await tell(world, token)
    return caught.value.code


def private(world: World, line: Line) -> dict[str, Any] | None:
    """What is known of the customer, as an application is told."""
    session = world.session(conversation_of(line))
    told = surroundings_of(session)["customer_private_data"]
    return None if session.private is None else dict(told)
