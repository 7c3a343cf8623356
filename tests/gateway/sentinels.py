"""Listeners that must see nothing, and names that lead to them."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from ssl import SSLContext

from aiohttp.abc import AbstractResolver, ResolveResult

from server.gateway.egress import Egress

OWN = [ip_network("127.0.0.0/8"), ip_network("::1/128"), ip_network("::/128")]
ADDRESSES = ["127.0.0.1", "127.0.0.2", "::1"]

OK = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"

NAMES: dict[str, list[str]] = {
    "inside.test": ["127.0.0.1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "both.test": ["127.0.0.1", "::1", "127.0.0.2"],
    "zone.test": ["::1%lo"],
    # A resolver that answers with a name would be asked again by the loop.
    "alias.test": ["localhost"],
}


class Names(AbstractResolver):
    """Resolves the names of this file; all others as the machine does.

    Attributes:
        asked: Each name it was asked for.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host == "rebound.test":  # another one each time
            found = [f"127.0.0.{len(self.asked)}"]
        elif host in NAMES:
            found = NAMES[host]
        elif host.endswith(".test"):
            raise OSError(-2, f"{host} is unknown")
        else:
            answers = await asyncio.get_running_loop().getaddrinfo(
                host, port, family=family, type=socket.SOCK_STREAM
            )
            found = [str(answer[4][0]) for answer in answers]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=family,
                proto=0,
                flags=0,
            )
            for address in found
        ]

    async def close(self) -> None: ...


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Sentinels:
    """Listeners on the machine's own addresses, all on one port.

    Attributes:
        port: Theirs.
        seen: How many connections were made to each address.
        heard: The head of each request.
        say: What each is answered, if there is no ``script``.
        script: Does something else with a connection.
    """

    def __init__(self) -> None:
        self.port = 0
        self.seen: Counter[str] = Counter()
        self.heard: list[bytes] = []
        self.say = OK
        self.script: Script | None = None

    async def meet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one connection."""
        self.seen[writer.get_extra_info("sockname")[0]] += 1
        try:
            self.heard.append(await reader.readuntil(b"\r\n\r\n"))
            if self.script is not None:
                await self.script(reader, writer)
            else:
                writer.write(self.say)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(tls: SSLContext | None = None) -> AsyncIterator[Sentinels]:
    """Sentinels, for as long as the block runs."""
    sentinels = Sentinels()
    servers = []
    for address in ADDRESSES:
        server = await asyncio.start_server(
            sentinels.meet, address, sentinels.port, ssl=tls
        )
        servers.append(server)
        sentinels.port = server.sockets[0].getsockname()[1]
    try:
        yield sentinels
    finally:
        for server in servers:
            server.close()


def guarded(sentinels: Sentinels, **choices: object) -> Egress:
    """A way out that lets through all but addresses."""
    return Egress(
        **{
            "allowed_ports": {sentinels.port},
            "allow_http": True,
            "resolver": Names(),
            **choices,
        }  # type: ignore[arg-type]
    )


def opened(sentinels: Sentinels, **choices: object) -> Egress:
    """One that may call the sentinels, too."""
    return guarded(sentinels, allowed_networks=OWN, **choices)
