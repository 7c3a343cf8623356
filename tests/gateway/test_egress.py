"""One request goes out, and a bounded answer comes back."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from server.domain.outgoing import EgressFault, EgressRefused
from server.errors import Unavailable
from server.gateway.egress import MOST_BODY, Egress
from tests.gateway.sentinels import OK, OWN, Sentinels, listening, opened

REFUSED = [
    ("http://127.0.0.1:{port}/", EgressFault.SCHEME),
    ("ftp://127.0.0.1:{port}/", EgressFault.SCHEME),
    ("file:///etc/passwd", EgressFault.SCHEME),
    ("ws://127.0.0.1:{port}/", EgressFault.SCHEME),
    ("//127.0.0.1:{port}/", EgressFault.SCHEME),
    ("127.0.0.1:{port}", EgressFault.SCHEME),
    ("", EgressFault.SCHEME),
    ("https://user@127.0.0.1:{port}/", EgressFault.USERINFO),
    ("https://user:word@127.0.0.1:{port}/", EgressFault.USERINFO),
    ("https://@127.0.0.1:{port}/", EgressFault.USERINFO),
    ("https://:@127.0.0.1:{port}/", EgressFault.USERINFO),
    ("https://example.com@127.0.0.1:{port}#/", EgressFault.USERINFO),
    ("https://127.0.0.1:22/", EgressFault.PORT),
    ("https://127.0.0.1:0/", EgressFault.PORT),
    ("https://127.0.0.1/", EgressFault.PORT),
    ("https://127.0.0.1:{port}0/", EgressFault.PORT),
    ("https:///hook", EgressFault.MALFORMED),
    ("https://:{port}/", EgressFault.MALFORMED),
    ("https://[::1/", EgressFault.MALFORMED),
    ("https://127.0.0.1:-1/", EgressFault.MALFORMED),
    ("https://127.0.0.1:seven/", EgressFault.MALFORMED),
    ("https://127.0.0.1:{port}\\@example.com/", EgressFault.MALFORMED),
    ("https://127.0.0.1:{port} /", EgressFault.MALFORMED),
    ("https://127.0.0.1:{port}/\r\nx: y", EgressFault.MALFORMED),
    ("https://127.0.0.1:{port}/\0", EgressFault.MALFORMED),
    ("https://127.0.0.1:{port}/" + "a" * 2_048, EgressFault.MALFORMED),
    ("https://unknown.test:{port}/", EgressFault.RESOLUTION),
    ("https://a..b.test:{port}/", EgressFault.RESOLUTION),
]


@pytest.mark.parametrize(("url", "fault"), REFUSED)
async def test_a_url_that_may_not_be_called_is_refused(
    sentinels: Sentinels, url: str, fault: EgressFault
) -> None:
    """Even if its address may be dialled; with the reason, without the URL."""
    url = url.format(port=sentinels.port).replace("/hook", "/hook?secret")
    # A port ten times as large may not exist at all.
    faults = {fault, EgressFault.MALFORMED} if "0/" in url else {fault}

    async with opened(sentinels, allow_http=False) as egress:
        with pytest.raises(EgressRefused) as refusal:
            await egress.post(url, b"", {})

    assert refusal.value.fault in faults
    assert not sentinels.seen


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(
    sentinels: Sentinels, status: int
) -> None:
    """It is an answer like any other, for the caller to count as failure."""
    target = f"http://127.0.0.2:{sentinels.port}/inside"
    sentinels.say = (
        f"HTTP/1.1 {status} Elsewhere\r\nlocation: {target}\r\n"
        "content-length: 0\r\n\r\n"
    ).encode()

    async with opened(sentinels) as egress:
        answer = await egress.post(
            f"http://127.0.0.1:{sentinels.port}/", b"", {}
        )

    assert answer.status == status
    assert sentinels.seen == {"127.0.0.1": 1}


async def test_a_request_says_what_it_must_and_no_more(
    sentinels: Sentinels,
) -> None:
    """Our name, the caller's headers, the body; a cookie never comes back."""
    sentinels.say = OK.replace(
        b"\r\n", b"\r\nset-cookie: a=b\r\nretry-after: 7\r\nserver: x\r\n", 1
    )
    url = f"http://localhost:{sentinels.port}/hook?token=t%20t#part"

    async with opened(sentinels) as egress:
        await egress.post(url, b"{}", {"webhook-id": "1"})
        answer = await egress.post(url, b"{}", {"Content-Type": "text/x"})

    lines = sentinels.heard[1].decode().lower().split("\r\n")
    assert sorted(filter(None, lines)) == [
        "accept-encoding: identity",
        "accept: */*",
        "content-length: 2",
        "content-type: text/x",
        f"host: localhost:{sentinels.port}",
        "post /hook?token=t%20t http/1.1",
        "user-agent: dayfly",
    ]
    assert answer.headers == {"retry-after": "7"}


@pytest.mark.parametrize(
    ("name", "value"), [("x", "a\r\ny: b"), ("x", "a\0"), ("x\n", "a")]
)
async def test_a_header_cannot_bring_another(
    sentinels: Sentinels, name: str, value: str
) -> None:
    """Refused, and nothing of the request is heard."""
    async with opened(sentinels) as egress:
        with pytest.raises(EgressRefused, match="malformed"):
            await egress.post(
                f"http://127.0.0.1:{sentinels.port}/", b"", {name: value}
            )

    assert not sentinels.heard


@pytest.mark.parametrize("extra", [0, 1, 1_000_000])
async def test_no_more_of_an_answer_is_read_than_the_limit(
    sentinels: Sentinels, extra: int
) -> None:
    """What is longer is cut there, and its connection with it."""
    size = MOST_BODY + extra
    sentinels.say = (
        f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n".encode()
        + b"x" * size
    )

    async with opened(sentinels) as egress:
        answer = await egress.post(
            f"http://127.0.0.1:{sentinels.port}/", b"", {}
        )

    assert len(answer.body) == MOST_BODY
    assert answer.whole is (extra == 0)


async def test_an_endless_answer_ends(sentinels: Sentinels) -> None:
    """The sender is cut off within a few times the limit."""
    sent = 0

    async def never_stop(
        _: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 2**30:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    sentinels.script = never_stop
    async with opened(sentinels) as egress:
        answer = await egress.post(
            f"http://127.0.0.1:{sentinels.port}/", b"", {}
        )

    assert not answer.whole
    # What the system's socket buffers hold comes on top: some megabytes.
    assert sent < 2**26


async def test_a_packed_answer_stays_packed(sentinels: Sentinels) -> None:
    """Ten megabytes of nothing remain the ten kilobytes that came."""
    bomb = gzip.compress(bytes(10_000_000))
    sentinels.say = (
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n"
        b"content-length: %d\r\n\r\n" % len(bomb)
    ) + bomb

    async with opened(sentinels) as egress:
        answer = await egress.post(
            f"http://127.0.0.1:{sentinels.port}/", b"", {}
        )

    assert answer.body == bomb


HALVES = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-",
    "half a body": b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok",
}


@pytest.mark.parametrize("said", HALVES.values(), ids=HALVES)
async def test_one_deadline_covers_all(
    sentinels: Sentinels, said: bytes
) -> None:
    """However far the answer has come; without a word about where."""

    async def hang(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(said)
        await reader.read()

    sentinels.script = hang
    async with opened(sentinels, deadline=0.05) as egress:
        with pytest.raises(Unavailable, match="no answer in time"):
            await egress.post(f"http://127.0.0.1:{sentinels.port}/", b"", {})


BROKEN = {
    "closed": b"",
    "no HTTP": b"hello\r\n\r\n",
    "half a body": HALVES["half a body"],
    "a head without end": b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000,
    "two lengths": OK.replace(b"\r\n", b"\r\ncontent-length: 7\r\n", 1),
    "no length": OK.replace(b"length: 2", b"length: two"),
}


@pytest.mark.parametrize("said", BROKEN.values(), ids=BROKEN)
async def test_a_broken_answer_is_none(
    sentinels: Sentinels, said: bytes
) -> None:
    """To be tried again; the error holds neither URL nor body."""
    sentinels.say = said
    word = "can" + "ary"  # never whole in a line that a traceback quotes

    async with opened(sentinels) as egress:
        with pytest.raises(Unavailable) as failure:
            await egress.post(
                f"http://localhost:{sentinels.port}/{word}?token={word}",
                word.encode(),
                {"x": word},
            )

    assert word not in "".join(traceback.format_exception(failure.value))
    assert failure.value.__context__ is None


async def test_where_nobody_listens_nobody_answers() -> None:
    """A refused connection is Unavailable, and says so without a name."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with Egress(
        allow_http=True, allowed_ports={port}, allowed_networks=OWN
    ) as egress:
        with pytest.raises(Unavailable) as failure:
            await egress.post(f"http://localhost:{port}/", b"", {})

    assert str(failure.value) == "no answer: ClientConnectorError"


async def test_a_connection_is_used_again(sentinels: Sentinels) -> None:
    """Two requests, one connection; after closing, a new one."""

    async def twice(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(OK.replace(b"connection: close\r\n", b""))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)

    sentinels.script = twice
    url = f"http://127.0.0.1:{sentinels.port}/"
    egress = opened(sentinels)
    for _ in range(2):
        assert (await egress.post(url, b"", {})).body == b"ok"
    assert sentinels.seen.total() == 1
    await egress.close()
    await egress.close()


def certified(names: list[str]) -> tuple[bytes, bytes]:
    """A certificate of ``names`` that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sentinel")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]),
            critical=False,
        )
        .sign(key, SHA256())
    )
    return certificate.public_bytes(Encoding.PEM), key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


async def test_a_certificate_must_be_of_the_name_that_is_called(
    tmp_path: Path,
) -> None:
    """Checked against the name, though it is an address that is dialled."""
    chain, key = certified(["inside.test"])
    (tmp_path / "server.pem").write_bytes(chain + key)
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(tmp_path / "server.pem")
    ours = ssl.create_default_context(cadata=chain.decode())

    async with listening(theirs) as sentinels:
        url = "https://{}:" + str(sentinels.port)
        async with opened(sentinels, tls=ours, allow_http=False) as egress:
            answer = await egress.post(url.format("inside.test"), b"", {})
            with pytest.raises(Unavailable, match="Certificate"):
                await egress.post(url.format("both.test"), b"", {})
        async with opened(sentinels) as egress:
            with pytest.raises(Unavailable, match="Certificate"):
                await egress.post(url.format("inside.test"), b"", {})

    assert answer.status == 200
