"""What a monitor asks for: whether the server can serve, and its numbers.

    GET /ready      200, or 503: send nobody here just now
    GET /metrics    for Prometheus, to those who may read it; else 404

``/health`` says how the server does and is for people as well (``health``).
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.clock import Clock
from server.metrics import MEDIA_TYPE

#: Seconds for which an answer is good: it costs some milliseconds to make.
GOOD_FOR = 1.0

#: What a proxy adds. A request with one of them comes from elsewhere, though
#: the proxy stands on this machine and nobody has named it in the settings.
_OF_PROXIES = frozenset({"forwarded", "x-forwarded-for", "via", "x-real-ip"})
_ALWAYS = {"cache-control": "no-store"}


class Readers(StrEnum):
    """Who may read the metrics."""

    NOBODY = "off"
    THIS_MACHINE = "loopback"
    BEARER = "token"


@dataclass(frozen=True, slots=True)
class Monitors:
    """Who may read the metrics.

    Attributes:
        readers: Which kind of reader.
        token_hash: SHA-256 of what a ``BEARER`` bears.
    """

    readers: Readers
    token_hash: bytes = field(default=b"", repr=False)


class MonitoringRoutes:
    """The two addresses.

    Args:
        text: The metrics; blocks for some milliseconds.
        is_ready: Whether the server can serve.
        clock: How old an answer is.
        monitors: Who may read the metrics.
        is_proxy: Whether an address is a proxy of the operator's.
    """

    def __init__(
        self,
        text: Callable[[], bytes],
        is_ready: Callable[[], bool],
        *,
        clock: Clock,
        monitors: Monitors,
        is_proxy: Callable[[str], bool],
    ) -> None:
        self._source = text
        self._is_ready = is_ready
        self._clock = clock
        self._monitors = monitors
        self._is_proxy = is_proxy
        self._text = b""
        self._good_until = float("-inf")
        self._making = asyncio.Lock()

    def routes(self) -> list[Route]:
        """One line an address."""
        return [
            Route("/ready", self.ready, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def ready(self, _: Request) -> Response:
        """Whether anybody should be sent here."""
        if self._is_ready():
            return PlainTextResponse("ready\n", 200, _ALWAYS)
        return PlainTextResponse("not ready\n", 503, _ALWAYS)

    async def metrics(self, request: Request) -> Response:
        """Every number, at most a second old."""
        if not self._may_read(request):
            # As if there were none: whoever may not read it need not know.
            raise HTTPException(404)
        # Those who ask together share one; made in a thread, for the loop
        # has customers to serve meanwhile.
        async with self._making:
            if self._clock.elapsed() >= self._good_until:
                self._text = await asyncio.to_thread(self._source)
                self._good_until = self._clock.elapsed() + GOOD_FOR
        return Response(self._text, 200, _ALWAYS | {"content-type": MEDIA_TYPE})

    def _may_read(self, request: Request) -> bool:
        match self._monitors.readers:
            case Readers.NOBODY:
                return False
            case Readers.THIS_MACHINE:
                return self._is_near(request)
            case Readers.BEARER:
                return self._bears(request)

    def _is_near(self, request: Request) -> bool:
        peer = request.client.host if request.client else ""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        # A socket for both kinds shows IPv4 peers as ::ffff:a.b.c.d.
        address = getattr(address, "ipv4_mapped", None) or address
        return (
            address.is_loopback
            and not self._is_proxy(peer)
            and _OF_PROXIES.isdisjoint(request.headers.keys())
        )

    def _bears(self, request: Request) -> bool:
        said = request.headers.getlist("authorization")
        kind, _, token = (said[0] if len(said) == 1 else "").partition(" ")
        digest = sha256(token.strip().encode()).digest()
        return kind.lower() == "bearer" and hmac.compare_digest(
            digest, self._monitors.token_hash
        )
