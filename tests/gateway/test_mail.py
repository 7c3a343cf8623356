"""Mail leaves by one server: encrypted, in one piece, and quietly if not."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.errors import Unavailable
from server.gateway.mail import MailServer, Postbox, Security
from server.services.mail import Mail

PASSWORD = "a password for tests"
MAIL = Mail(
    key="transcript.abc",
    to="records@example.org",
    subject="Transcript: Shop\r\nBcc: everybody@example.org",
    at=1_800_000_000.0,
    text="Grüße 👋\n.\nand more",
    html="<p>Grüße</p>",
)


class Mailbox:
    """What the server took, and what it says."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.senders: list[str | None] = []
        self.says = "250 taken"
        self.is_hanging = False

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        if self.is_hanging:
            await asyncio.Event().wait()
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.senders.append(envelope.mail_from)
        return self.says


@asynccontextmanager
async def serving(
    mailbox: Mailbox, *, security: Security = Security.NONE, **terms: Any
) -> AsyncIterator[MailServer]:
    """A mail server on this machine."""
    context = terms.pop("tls", None)
    loop = asyncio.get_running_loop()

    def made() -> SMTP:
        return SMTP(
            mailbox,
            hostname="localhost",
            loop=loop,
            tls_context=context if security is Security.STARTTLS else None,
            require_starttls=security is Security.STARTTLS,
            **terms,
        )

    server = await loop.create_server(
        made,
        "127.0.0.1",
        0,
        ssl=context if security is Security.TLS else None,
    )
    try:
        yield MailServer(
            host="127.0.0.1",
            port=server.sockets[0].getsockname()[1],
            security=security,
            sender="dayfly@chat.example",
        )
    finally:
        server.close()


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's, with a certificate of its own, and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(IPv4Address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(file)
    return serves, ssl.create_default_context(cafile=str(file))


async def test_a_mail_arrives_as_it_was_sent() -> None:
    """Both texts, one recipient, and a subject that can add no header."""
    mailbox = Mailbox()
    async with serving(mailbox) as server:
        await Postbox(server).send(MAIL)

    (mail,) = mailbox.mails
    text, html = (
        mail.get_body(("plain",)),
        mail.get_body(("html",)),
    )
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == MAIL.text.splitlines()
    assert html.get_content().splitlines() == [MAIL.html]
    assert mail["To"] == "records@example.org"
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Transcript: Shop Bcc: everybody@example.org"
    assert mail["Message-ID"] == "<transcript.abc@chat.example>"
    assert mailbox.senders == ["dayfly@chat.example"]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_nothing_is_said_before_it_is_encrypted(
    tmp_path: Path, security: Security
) -> None:
    """A password least of all."""
    serves, trusts = contexts(tmp_path)
    mailbox = Mailbox()
    seen: list[object] = []

    def check(*asked: Any) -> AuthResult:
        seen.append(asked[-1])
        return AuthResult(success=True)

    # The test's server knows of passwords only behind STARTTLS.
    asks = security is Security.STARTTLS
    async with serving(
        mailbox,
        security=security,
        tls=serves,
        authenticator=check,
        auth_required=asks,
    ) as server:
        known = replace(server, user="dayfly", password=PASSWORD)
        await Postbox(known if asks else server, tls=trusts).send(MAIL)

    assert len(mailbox.mails) == 1
    assert len(seen) == asks
    assert PASSWORD not in repr(known)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_a_certificate_that_nobody_knows_gets_nothing(
    tmp_path: Path, security: Security
) -> None:
    """Whoever stands between could read it all."""
    serves, _ = contexts(tmp_path)
    mailbox = Mailbox()
    async with serving(mailbox, security=security, tls=serves) as server:
        with pytest.raises(Unavailable):
            await Postbox(server).send(MAIL)

    assert mailbox.mails == []


async def test_a_server_that_cannot_encrypt_gets_nothing() -> None:
    """Asked for STARTTLS, it is not told in the clear instead."""
    mailbox = Mailbox()
    async with serving(mailbox) as server:
        asked = replace(server, security=Security.STARTTLS)
        with pytest.raises(Unavailable):
            await Postbox(asked).send(MAIL)

    assert mailbox.mails == []


async def test_a_refusal_says_nothing_of_what_was_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Servers quote addresses; neither the error nor the log does."""
    mailbox = Mailbox()
    mailbox.says = "550 no records@example.org here"
    with caplog.at_level(logging.DEBUG):
        async with serving(mailbox) as server:
            with pytest.raises(Unavailable) as refused:
                await Postbox(server).send(MAIL)

    own = [one for one in caplog.records if one.name.startswith("server.")]
    assert [one.code for one in own] == [550]  # type: ignore[attr-defined]
    assert refused.value.__cause__ is None
    assert "records" not in str(refused.value) + str(own[0].__dict__)


async def test_a_server_that_hangs_is_left() -> None:
    """One deadline for all of it; and nobody at all is the same."""
    mailbox = Mailbox()
    mailbox.is_hanging = True
    async with serving(mailbox) as server:
        with pytest.raises(Unavailable):
            await Postbox(server, deadline=0.1).send(MAIL)
        nobody = replace(server, port=1)
    with pytest.raises(Unavailable):
        await Postbox(nobody, deadline=5.0).send(MAIL)
