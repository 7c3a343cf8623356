"""The only way out: every request the server makes goes through here.

An account decides which URL is called, so a URL is hostile until proven
otherwise: it may name the machine itself, its neighbours, or a cloud's
metadata service, directly or by a name that resolves to them only sometimes.

Rules of this file
    1. What is judged is the address of the very socket that is about to be
       opened; nothing that a name resolved to earlier counts.
    2. No redirect is followed, no proxy used, no cookie kept.
    3. One deadline covers all of it: name, connection, TLS, body.
    4. At most ``MOST_BODY`` bytes of an answer are read, as they came:
       nothing is unpacked, so nothing can grow.
    5. No error names the URL: its query may be a secret, and its host is
       the account's business.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import Collection, Mapping
from ssl import SSLContext
from types import TracebackType
from typing import Final, Self

from aiohttp import (
    ClientConnectorDNSError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver
from aiohttp.connector import AddrInfoType
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from server.domain.network import Network, may_dial
from server.domain.outgoing import Answer, EgressFault, EgressRefused
from server.errors import Unavailable

#: Seconds for everything, and of these for opening one connection.
DEADLINE: Final = 10.0
CONNECTING: Final = 3.0
#: Bytes of an answer that are read.
MOST_BODY: Final = 64 * 1024
#: Characters of a URL.
LONGEST_URL: Final = 2_048
#: Connections at once: in all, and to one host. A host that hangs costs the
#: others none of theirs.
CONNECTIONS: Final = 128
PER_HOST: Final = 16
#: Seconds for which an idle connection is kept for the next request.
KEPT: Final = 15.0

PORTS: Final = frozenset({80, 443, 8443})

#: Headers of an answer that anybody reads.
_READ: Final = ("content-type", "retry-after")
_END_OF_AUTHORITY: Final = re.compile("[/?#]")
#: ``identity``: what comes unpacked needs no unpacking.
_SENT: Final = {"User-Agent": "Dayfly", "Accept-Encoding": "identity"}


class Egress:
    """Sends requests to where accounts want them, and nowhere else.

    Made once; to be used within one running event loop, and closed.

    Attributes:
        deadline: Seconds for one request, all of it.
    """

    def __init__(
        self,
        *,
        allowed_networks: Collection[Network] = (),
        allowed_ports: Collection[int] = PORTS,
        allow_http: bool = False,
        deadline: float = DEADLINE,
        tls: SSLContext | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """Dial nothing yet.

        Args:
            allowed_networks: The operator's own, dialled although private.
            allowed_ports: The only ones dialled.
            allow_http: Whether plain ``http`` is called, too.
            deadline: Seconds for one request, all of it.
            tls: Instead of the machine's own list of authorities.
            resolver: Instead of the machine's own.
        """
        self.deadline = deadline
        self._networks = tuple(allowed_networks)
        self._ports = frozenset(allowed_ports)
        self._schemes = {"https", "http"} if allow_http else {"https"}
        self._tls = tls
        self._resolver = resolver
        self._session: ClientSession | None = None

    def allow(self, url: str) -> None:
        """Let the port and the scheme of ``url`` be called from now on.

        Who may name which was decided when it was written down. What is
        dialled is judged by its address all the same.
        """
        with contextlib.suppress(EgressRefused):  # it is refused when called
            parsed = _parsed(url)
            if parsed.port is not None:
                self._ports |= {parsed.port}
            if parsed.scheme == "http":
                self._schemes |= {"http"}

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """Send ``body`` to ``url`` and read what is answered.

        Raises:
            EgressRefused: The URL may not be called; nothing was sent.
            Unavailable: No answer, or not all of it in time.
        """
        target = self._checked(url)
        fault: EgressFault | None = None
        said = "no answer in time"
        try:
            async with (
                asyncio.timeout(self.deadline),
                self._opened().post(
                    target,
                    data=body,
                    headers={**_SENT, **headers},
                    allow_redirects=False,
                ) as response,
            ):
                return await _answer(response)
        except ClientConnectorDNSError:
            fault = EgressFault.RESOLUTION
        except InvalidURL:
            fault = EgressFault.MALFORMED
        except TimeoutError:
            pass
        except (ClientError, OSError) as error:
            # Of the error only its type: its text names the host.
            said = f"no answer: {type(error).__name__}"
        except ValueError:
            # A line end in a header. Last: a bad certificate is one, too.
            fault = EgressFault.MALFORMED
        # Raised out here, where the library's error is no longer attached.
        if fault is not None:
            raise EgressRefused(fault)
        raise Unavailable(said)

    async def close(self) -> None:
        """Close every connection; requests under way fail."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _checked(self, text: str) -> URL:
        """``text``, parsed once: what is judged is what is sent.

        Raises:
            EgressRefused: By what can be seen without asking the network.
        """
        if (
            len(text) > LONGEST_URL
            or not text.isprintable()
            # Parsers disagree about which side of these the host is on.
            or any(character in text for character in " \\")
        ):
            raise EgressRefused(EgressFault.MALFORMED)
        url = _parsed(text)
        if url.scheme not in self._schemes:
            raise EgressRefused(EgressFault.SCHEME)
        if "@" in _END_OF_AUTHORITY.split(text.partition("://")[2], 1)[0]:
            raise EgressRefused(EgressFault.USERINFO)
        if not url.raw_host:
            raise EgressRefused(EgressFault.MALFORMED)
        if url.port not in self._ports:
            raise EgressRefused(EgressFault.PORT)
        return url

    def _opened(self) -> ClientSession:
        """The session, made within the loop that it belongs to."""
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(
                    limit=CONNECTIONS,
                    limit_per_host=PER_HOST,
                    keepalive_timeout=KEPT,
                    ssl=self._tls or True,
                    resolver=self._resolver or ThreadedResolver(),
                    socket_factory=self._socket,
                    # One address after the other: a race would swallow the
                    # refusal and go on with the next.
                    happy_eyeballs_delay=None,
                ),
                cookie_jar=DummyCookieJar(),
                timeout=ClientTimeout(total=None, sock_connect=CONNECTING),
                auto_decompress=False,
                trust_env=False,
                # Half of what may lie in memory before it is read.
                read_bufsize=MOST_BODY // 4,
            )
        return self._session

    def _socket(self, found: AddrInfoType) -> socket.socket:
        """A socket to dial ``found`` with: the one place where it is judged.

        Whatever the URL said and whoever resolved it, this address is the
        one that is dialled next, so there is no time in which it can change.
        """
        family, kind, protocol, _, address = found
        if not may_dial(str(address[0]), self._networks):
            raise EgressRefused(EgressFault.ADDRESS)
        return socket.socket(family, kind, protocol)


def _parsed(text: str) -> URL:
    try:
        return URL(text)
    except ValueError:
        # From None: the error quotes what was given.
        raise EgressRefused(EgressFault.MALFORMED) from None


async def _answer(response: ClientResponse) -> Answer:
    """Read ``response`` up to the limit; the rest goes with the connection."""
    parts = bytearray()
    async for part in response.content.iter_any():
        parts += part
        if len(parts) > MOST_BODY:
            response.close()
            break
    return Answer(
        status=response.status,
        headers={
            name: response.headers[name]
            for name in _READ
            if name in response.headers
        },
        body=bytes(parts[:MOST_BODY]),
        whole=len(parts) <= MOST_BODY,
    )
