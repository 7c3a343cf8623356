"""The open port: bound once, or refused in words."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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


def pair(folder: Path, password: str) -> tuple[Path, Path]:
    """A certificate of our own, and its key under ``password``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chat.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    first, second = folder / "c.pem", folder / "k.pem"
    first.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    second.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode())
            if password
            else serialization.NoEncryption(),
        )
    )
    return first, second


def test_a_key_under_a_password_is_refused_and_not_asked_about(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A server that waits at a terminal nobody looks at is not running."""
    with bind("127.0.0.1", 0) as bound:
        with pytest.raises(Misconfigured, match="TLS"):
            listener(bound, tls=pair(tmp_path, "secret"))
        listener(bound, tls=pair(tmp_path, ""))

    assert "pass phrase" not in "".join(capfd.readouterr())
