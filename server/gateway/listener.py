"""Listens on one port for HTTP and WebSockets, and stops in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from server.errors import Misconfigured
from server.gateway.http import Http
from server.gateway.websocket import Gate, WebSocket

#: Connections the kernel holds while we are busy: 2,000 customers who come
#: back at once after a restart must find room.
BACKLOG = 4096
#: Seconds for open requests and Close frames when stopping.
GRACE = 3


class QuietServer(uvicorn.Server):
    """uvicorn without its hold on the process's signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    """The open port.

    Args:
        application: Answers plain HTTP requests; ASGI.
        gate: What every WebSocket needs.
        bound: The socket, bound and not yet listening.
        tls: Certificate and key, if we do TLS ourselves.
    """

    def __init__(
        self,
        application: Any,
        gate: Gate,
        *,
        bound: socket.socket,
        tls: tuple[Path, Path] | None = None,
    ) -> None:
        self._bound = bound
        self._is_over = False
        config = uvicorn.Config(
            application,
            http=partial(Http, gate.door),  # type: ignore[arg-type]  # a class or what makes one
            ws=partial(WebSocket, gate),  # type: ignore[arg-type]
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the door knows whom to believe
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACE,
            ssl_context_factory=tls_context(tls),
        )
        self._server = QuietServer(config)

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._bound.getsockname()[1]
        return port

    async def run(self) -> None:
        """Serve until ``stop`` was called and all are served."""
        try:
            await self._server.serve(sockets=[self._bound])
        finally:
            self._is_over = True

    async def started(self) -> None:
        """Come back when connections are accepted.

        Raises:
            Misconfigured: They never will be.
        """
        # uvicorn has a flag and no event; this takes a few rounds of the loop.
        while not self._server.started:
            if self._is_over:
                raise Misconfigured(f"cannot listen on port {self.port}")
            await asyncio.sleep(0)

    def stop(self) -> None:
        """Accept nobody any more, and send everybody home (1012)."""
        self._server.should_exit = True


def tls_context(tls: tuple[Path, Path] | None) -> Any:
    """What makes our TLS context; None without TLS.

    Raises:
        Misconfigured: The certificate or its key cannot be used.
    """
    if tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # With a password of our own, or an encrypted key would make OpenSSL
        # ask for one on the terminal, and wait.
        context.load_cert_chain(*tls, password="")
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(
            "the TLS certificate or its key cannot be used: "
            f"{type(error).__name__}"
        ) from None
    return lambda *_: context


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to ``host`` and ``port`` (0: any free one).

    Raises:
        Misconfigured: Somebody else has the port, or it may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise Misconfigured(
            f"cannot listen on {host} port {port}: {error.strerror}"
        ) from None
    bound.setblocking(False)  # noqa: FBT003 - the name of the method says it
    return bound


# uvicorn says what it does at INFO, and quotes requests at TRACE.
logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)
