"""How an HTTP request becomes a WebSocket, or is turned away.

Everything is decided before the upgrade: afterwards a browser is told no
reason. No answer quotes the request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus

from websockets.datastructures import Headers
from websockets.exceptions import NegotiationError
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from server.domain.context import Arrival
from server.gateway.device import HINTS, LONGEST
from server.gateway.door import Door, Entry, TurnedAway
from server.protocol.codec import CODECS
from server.protocol.parts import MAX_FRAME

_NAMES = tuple(Subprotocol(name) for name in CODECS)
_QUIET = logging.getLogger("server.gateway.handshake.library")
# At DEBUG the library writes the head of every frame: never, at any level.
_QUIET.setLevel(logging.CRITICAL)
_QUIET.propagate = False


def new_wire() -> ServerProtocol:
    """The library's half of one socket."""
    return ServerProtocol(
        subprotocols=_NAMES,
        select_subprotocol=_first_known,
        max_size=MAX_FRAME,
        logger=_QUIET,
    )


def entry_of(
    request: Request, door: Door, transport: asyncio.Transport
) -> tuple[Entry, str]:
    """As whom ``request`` comes in, and from which address it is counted.

    Raises:
        TurnedAway: It does not; nothing was counted.
    """
    headers = request.headers
    peer = transport.get_extra_info("peername")
    address = door.address_of(
        peer[0] if isinstance(peer, tuple) else "local",
        headers.get_all("X-Forwarded-For"),
    )
    origins = headers.get_all("Origin")
    if len(origins) > 1:
        raise TurnedAway(HTTPStatus.FORBIDDEN, "more than one origin")
    entry = door.entry(
        request.path.partition("?")[0], origins[0] if origins else None
    )
    door.come_in(address)
    if entry.channel is not None:
        entry = replace(entry, arrival=_arrival(headers, address, door))
    return entry, address


def _arrival(headers: Headers, address: str, door: Door) -> Arrival:
    return Arrival(
        address=door.customer_at(address),
        user_agent="".join(headers.get_all("User-Agent")[:1])[:LONGEST],
        hints={
            name: value[:LONGEST]
            for name in HINTS
            for value in headers.get_all(name)[:1]
        },
    )


def acceptance(wire: ServerProtocol, request: Request) -> Response:
    """The answer that makes ``request`` a WebSocket.

    Raises:
        TurnedAway: It is none, or offers no subprotocol we know.
    """
    response = wire.accept(request)
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        # One status for all of it, as the protocol has it, and not the
        # library's own text, which quotes the request.
        raise TurnedAway(
            HTTPStatus.BAD_REQUEST,
            "not a WebSocket handshake, or no known subprotocol",
        )
    return response


def refusal(wire: ServerProtocol, away: TurnedAway) -> Response:
    """The answer to whoever is turned away."""
    response = wire.reject(away.status, f"{away.why}\n")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _first_known(
    _: ServerProtocol, offered: Sequence[Subprotocol]
) -> Subprotocol:
    for name in offered:
        if name in CODECS:
            return name
    raise NegotiationError("no known subprotocol")
