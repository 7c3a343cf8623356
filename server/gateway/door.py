"""Who may connect: addresses, origins and numbers, before anything is said.

Starlette's middleware never sees a connection that becomes a WebSocket, so
what matters at the door is decided here, for both kinds alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from server.domain.channel import Channel
from server.domain.context import Arrival
from server.ids import ChannelId
from server.protocol.parts import Role

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: Bits of an IPv6 address that tell customers apart: one line is given 2^64
#: addresses, and each must not count as somebody else.
LINE = 64

CUSTOMER_PATH = "/socket/customer/"
AGENT_PATH = "/socket/agent"
APPLICATION_PATH = "/socket/application"


class TurnedAway(Exception):
    """The connection is refused before it is one.

    Attributes:
        status: The HTTP status to answer with.
        why: For the developer of the client; holds nothing of the request.
    """

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class Entry:
    """By which address a connection came in: as whom, and how."""

    role: Role
    channel: Channel | None = None
    arrival: Arrival | None = None


class Door:
    """Lets connections in, and counts them.

    Args:
        channels: By id.
        own_origins: The origins of this server's own pages.
        trusted_proxies: Networks whose ``X-Forwarded-For`` is believed.
        most: Connections in all.
        most_per_address: Connections from one address; proxies excepted.
    """

    def __init__(
        self,
        channels: Mapping[ChannelId, Channel],
        *,
        own_origins: Iterable[str],
        trusted_proxies: Iterable[str] = (),
        most: int = 20_000,
        most_per_address: int = 64,
    ) -> None:
        self._channels = channels
        self._own_origins = frozenset(own_origins)
        self._proxies: tuple[Network, ...] = tuple(
            ip_network(network, strict=False) for network in trusted_proxies
        )
        self._most = most
        self._most_per_address = most_per_address
        self._by_address: dict[str, int] = {}
        self.connections = 0

    def entry(self, path: str, origin: str | None) -> Entry:
        """As whom a connection to ``path`` from ``origin`` comes in.

        Args:
            path: The path of the request, without the query.
            origin: The ``Origin`` header; None if there is none, as from
                everything that is no browser.

        Raises:
            TurnedAway: No such path (404), or not from there (403).
        """
        if path == APPLICATION_PATH:
            # A browser always sends its origin, and an application is none:
            # a page must not be able to try keys.
            if origin is not None:
                raise TurnedAway(HTTPStatus.FORBIDDEN, "not from a browser")
            return Entry(Role.APPLICATION)
        if path == AGENT_PATH:
            self._check_origin(origin, ())
            return Entry(Role.AGENT)
        if path.startswith(CUSTOMER_PATH):
            channel = self._channels.get(ChannelId(path[len(CUSTOMER_PATH) :]))
            if channel is not None:
                self._check_origin(origin, channel.allowed_origins)
                return Entry(Role.CUSTOMER, channel)
        raise TurnedAway(HTTPStatus.NOT_FOUND, "no such channel")

    def _check_origin(
        self, origin: str | None, allowed: tuple[str, ...]
    ) -> None:
        # Compared whole and as sent: browsers send it in lower case and
        # without a default port. "null" is the origin of sandboxed frames
        # and files, and is nobody's.
        if origin is None or origin in self._own_origins or origin in allowed:
            return
        raise TurnedAway(HTTPStatus.FORBIDDEN, "not from this origin")

    def address_of(self, peer: str, forwarded: Iterable[str]) -> str:
        """Whose connection it is.

        Args:
            peer: The address at the other end of the socket.
            forwarded: The values of ``X-Forwarded-For``, in order.

        Returns:
            The last address that a trusted proxy did not add itself. An entry
            that is no address ends the search: the proxy is taken for it.
        """
        address = _written(peer)
        hops = [hop.strip() for value in forwarded for hop in value.split(",")]
        while hops and self.is_trusted(address):
            hop = hops.pop()
            if _parsed(hop) is None:
                break
            address = _written(hop)
        return address

    def is_trusted(self, address: str) -> bool:
        """Whether ``address`` is a proxy of the operator's."""
        parsed = _parsed(address)
        return parsed is not None and any(
            parsed in network for network in self._proxies
        )

    def customer_at(self, address: str) -> str | None:
        """``address``, if it can be a customer's: no proxy, and known."""
        if _parsed(address) is None or self.is_trusted(address):
            return None
        return address

    def come_in(self, address: str) -> None:
        """Count a connection from ``address``.

        Raises:
            TurnedAway: There are too many from there (429), or in all (503).
        """
        if self.connections >= self._most:
            raise TurnedAway(HTTPStatus.SERVICE_UNAVAILABLE, "out of room")
        line = line_of(address)
        held = self._by_address.get(line, 0)
        if held >= self._most_per_address and not self.is_trusted(address):
            raise TurnedAway(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too many connections from this address",
            )
        self._by_address[line] = held + 1
        self.connections += 1

    def go_out(self, address: str) -> None:
        """A connection that had come in from ``address`` is gone."""
        self.connections -= 1
        line = line_of(address)
        held = self._by_address[line] - 1
        if held:
            self._by_address[line] = held
        else:
            del self._by_address[line]


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket that listens for both kinds shows IPv4 peers as ::ffff:a.b.c.d.
    return getattr(address, "ipv4_mapped", None) or address


def _written(text: str) -> str:
    """One way of writing for one address; what is none stays as it is."""
    address = _parsed(text)
    return text if address is None else str(address)


def line_of(text: str) -> str:
    """What connections from ``text`` are counted under."""
    address = _parsed(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), LINE), strict=False))
    return _written(text)
