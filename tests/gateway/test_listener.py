"""The open port: bound once, or refused in words."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.errors import Misconfigured
from server.gateway.listener import Listener, bind
from tests.gateway.line import Line


def listener(
    bound: socket.socket, tls: tuple[Path, Path] | None = None
) -> Listener:
    """One on ``bound``, behind which nobody is."""
    line = Line()
    return Listener(None, line.server._gate, bound=bound, tls=tls)


def test_a_port_is_bound_once() -> None:
    """Whoever comes second is told which, and why."""
    with bind("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]

        with pytest.raises(Misconfigured, match=f"{port}: Address already"):
            bind("127.0.0.1", port)


def test_the_newer_kind_of_address_is_one() -> None:
    """Loopback in IPv6."""
    with bind("::1", 0) as bound:
        assert bound.family is socket.AF_INET6


def test_a_host_that_is_not_ours_is_refused() -> None:
    """192.0.2.1 is kept for documentation; nobody has it."""
    with pytest.raises(Misconfigured, match=r"192\.0\.2\.1"):
        bind("192.0.2.1", 0)


async def test_a_port_that_is_lost_after_all_ends_the_wait() -> None:
    """Two may bind at once; the one who does not get to listen says so."""
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with bind("127.0.0.1", port) as second:
            first.listen()
            one = listener(second)
            running = asyncio.create_task(one.run())

            with pytest.raises(Misconfigured, match=str(port)):
                await one.started()
            with pytest.raises(OSError, match="in use"):
                await running


async def test_it_starts_and_stops() -> None:
    """And says on which port."""
    with bind("127.0.0.1", 0) as bound:
        one = listener(bound)
        running = asyncio.create_task(one.run())
        await one.started()
        assert one.port == bound.getsockname()[1]

        one.stop()
        await running


def pair(folder: Path, *, password: bytes) -> tuple[Path, Path]:
    """A certificate that is none, and a key under ``password``."""
    certificate, key = folder / "c.pem", folder / "k.pem"
    certificate.write_text("nothing")
    key.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password),
        )
    )
    return certificate, key


def test_a_key_that_cannot_be_used_is_refused_and_not_asked_about(
    tmp_path: Path,
) -> None:
    """A server that waits at a terminal nobody looks at is not running."""
    with (
        bind("127.0.0.1", 0) as bound,
        pytest.raises(Misconfigured, match="TLS"),
    ):
        listener(bound, tls=pair(tmp_path, password=b"secret"))
