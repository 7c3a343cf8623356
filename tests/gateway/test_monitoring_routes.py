"""Tests of server/gateway/monitoring_routes.py."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest
from starlette.applications import Starlette

from server.gateway.monitoring_routes import (
    GOOD_FOR,
    MonitoringRoutes,
    Monitors,
    Readers,
)
from tests.fakes import FakeClock
from tests.fakes_asgi import Answer, ask

TOKEN = "a token of the monitor's"
BEARER = f"Bearer {TOKEN}"
NEAR = Monitors(Readers.THIS_MACHINE)
BEARING = Monitors(Readers.BEARER, sha256(TOKEN.encode()).digest())


class Watched:
    """A server that is watched.

    Attributes:
        reads: How often its metrics were made.
        is_ready: Whether it can serve.
    """

    def __init__(self, monitors: Monitors, peer: str = "127.0.0.1") -> None:
        self.clock = FakeClock()
        self.reads = 0
        self.is_ready = True
        self._peer = peer
        self._app = Starlette(
            routes=MonitoringRoutes(
                self._text,
                lambda: self.is_ready,
                clock=self.clock,
                monitors=monitors,
                is_proxy=lambda address: address == "127.0.0.9",
            ).routes()
        )

    def _text(self) -> bytes:
        self.reads += 1
        return b"dayfly_sessions %d\n" % self.reads

    async def get(self, path: str, **headers: str) -> Answer:
        """Ask for ``path`` from the peer's address."""

        async def app(scope: dict, receive: object, send: object) -> None:  # type: ignore[type-arg]
            await self._app(scope | {"client": (self._peer, 5)}, receive, send)  # type: ignore[arg-type]

        return await ask(app, path, **headers)  # type: ignore[arg-type]


async def test_this_machine_may_read_the_metrics() -> None:
    """As text, and nobody keeps it."""
    answer = await Watched(NEAR).get("/metrics")

    assert answer.status == 200
    assert answer.body == b"dayfly_sessions 1\n"
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("peer", ["::1", "::ffff:127.0.0.1", "127.8.8.8"])
async def test_this_machine_has_several_addresses(peer: str) -> None:
    """Of either kind."""
    assert (await Watched(NEAR, peer).get("/metrics")).status == 200


@pytest.mark.parametrize(
    "peer", ["203.0.113.7", "::ffff:203.0.113.7", "127.0.0.9", "local", ""]
)
async def test_nobody_else_learns_that_there_are_metrics(peer: str) -> None:
    """Elsewhere, a proxy of the operator's, and who has no address."""
    watched = Watched(NEAR, peer)

    assert (await watched.get("/metrics")).status == 404
    assert watched.reads == 0


@pytest.mark.parametrize(
    "name", ["forwarded", "x_forwarded_for", "via", "x_real_ip"]
)
async def test_what_a_nameless_proxy_passes_on_is_not_near(name: str) -> None:
    """It stands on this machine, and whom it speaks for does not."""
    answer = await Watched(NEAR).get("/metrics", **{name: "203.0.113.7"})

    assert answer.status == 404


async def test_metrics_can_be_off() -> None:
    """For this machine and for every token."""
    watched = Watched(Monitors(Readers.NOBODY))

    answer = await watched.get("/metrics", authorization=BEARER)

    assert answer.status == 404


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.7"])
async def test_a_token_opens_the_metrics_from_anywhere(peer: str) -> None:
    """Where the settings say so."""
    watched = Watched(BEARING, peer)

    answer = await watched.get("/metrics", authorization=BEARER)

    assert answer.status == 200


@pytest.mark.parametrize(
    "said", ["", TOKEN, f"Basic {TOKEN}", "Bearer", "Bearer x", f"{BEARER}x"]
)
async def test_without_the_token_there_are_no_metrics(said: str) -> None:
    """Not even for this machine."""
    answer = await Watched(BEARING).get("/metrics", authorization=said)

    assert answer.status == 404


async def test_metrics_are_made_once_a_second() -> None:
    """Those who ask meanwhile share what was made."""
    watched = Watched(NEAR)
    both = await asyncio.gather(
        watched.get("/metrics"), watched.get("/metrics")
    )
    watched.clock.pass_(GOOD_FOR / 2)
    await watched.get("/metrics")
    assert watched.reads == 1
    assert both[0].body == both[1].body

    watched.clock.pass_(GOOD_FOR)
    await watched.get("/metrics")

    assert watched.reads == 2


async def test_whoever_is_not_ready_is_sent_nobody() -> None:
    """A balancer looks at the status only; everybody may ask."""
    watched = Watched(NEAR, "203.0.113.7")
    ready = await watched.get("/ready")
    watched.is_ready = False
    not_ready = await watched.get("/ready")

    assert (ready.status, ready.body) == (200, b"ready\n")
    assert (not_ready.status, not_ready.body) == (503, b"not ready\n")
    assert not_ready.headers["cache-control"] == "no-store"
