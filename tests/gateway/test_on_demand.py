"""Tests of server/gateway/on_demand.py."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from server.gateway.on_demand import OnDemand, routed
from tests.fakes_asgi import ask


class Kitchen:
    """Counts how often it was loaded and made."""

    def __init__(self) -> None:
        self.loaded = self.made = 0

    def load(self) -> None:
        """Count it."""
        self.loaded += 1

    def make(self) -> ASGIApp:
        """An application that tells what its address said."""
        self.made += 1
        return routed([Route("/api/cups/{cup}", tell)])


async def tell(request: Request) -> PlainTextResponse:
    """Answer with what was found in the address."""
    return PlainTextResponse(repr(request.path_params))


async def test_nothing_is_made_before_it_is_asked_for() -> None:
    """Whoever is never asked costs nothing; the first request is answered."""
    kitchen = Kitchen()
    late = OnDemand(kitchen.load, kitchen.make)
    app = Router([late.below("/api")])
    assert (kitchen.loaded, kitchen.made) == (0, 0)

    first = await ask(app, "/api/cups/3")
    second = await ask(app, "/api/cups/4")

    assert [first.body, second.body] == [b"{'cup': '3'}", b"{'cup': '4'}"]
    assert (kitchen.loaded, kitchen.made) == (1, 1)


async def test_many_who_come_first_are_served_by_one() -> None:
    """Two requests at the same moment do not make it twice."""
    kitchen = Kitchen()
    app = Router([OnDemand(kitchen.load, kitchen.make).below("/api")])

    answers = await asyncio.gather(
        *(ask(app, f"/api/cups/{cup}") for cup in range(3))
    )

    assert [answer.status for answer in answers] == [200] * 3
    assert kitchen.made == 1
