"""Nothing passes for another network's call that it has not signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from random import Random

import pytest

from server.errors import Misconfigured
from server.vault.channel_signatures import (
    line_signed,
    meta_signed,
    twilio_signed,
    twilio_signed_body,
)

#: The example of Twilio's own documentation.
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+12349013030"),
    ("Digits", "1234"),
    ("From", "+12349013030"),
    ("To", "+18005551212"),
]
TWILIO = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="

META_BODY = rb'{"t":"caf\u00e9"}'
META = "sha256=1a9eb8840cecbeda11b965fdb3450b8196a2a44a40a0fec8ffc62b0b244859f8"

LINE_BODY = b'{"destination":"x","events":[]}'
LINE = "L3IY38NdxA6RMOXAbeqNFrxb4VXqIUO3kezvy9mTVqg="


def twilio(given: str, body: bytes = b"", secret: str = "12345") -> bool:
    """Twilio's example, with ``body`` put after its URL."""
    url = URL + body.decode("latin-1")
    return twilio_signed(given, secret=secret, url=url, parameters=FORM)


def meta(
    given: str, body: bytes = META_BODY, secret: str = "appsecret"
) -> bool:
    """Meta's example."""
    return meta_signed(given, secret=secret, body=body)


def line(
    given: str, body: bytes = LINE_BODY, secret: str = "channelsecret"
) -> bool:
    """LINE's example."""
    return line_signed(given, secret=secret, body=body)


Check = Callable[..., bool]
ALL = pytest.mark.parametrize(
    ("check", "signature", "body"),
    [(twilio, TWILIO, b""), (meta, META, META_BODY), (line, LINE, LINE_BODY)],
)


@ALL
def test_the_known_example_is_accepted(
    check: Check, signature: str, body: bytes
) -> None:
    """To the byte."""
    assert check(signature, body)


@ALL
def test_nothing_altered_is_accepted(
    check: Check, signature: str, body: bytes
) -> None:
    """Flipped bits, cuts, additions, other cases, another secret."""
    chance = Random(5)
    for _ in range(4_000):
        at, bit = chance.randrange(len(signature)), 1 << chance.randrange(8)
        altered = chr(ord(signature[at]) ^ bit)
        assert not check(signature[:at] + altered + signature[at + 1 :], body)
    for cut in range(len(signature)):
        assert not check(signature[:cut], body)
    for other in (signature + "=", signature + " ", " " + signature, "\ud800"):
        assert not check(other, body)
    assert not check(signature.upper(), body)
    assert not check(signature, body + b" ")
    assert not check(signature, body, "another")


@ALL
def test_a_channel_without_a_secret_is_refused(
    check: Check, signature: str, body: bytes
) -> None:
    """An empty key is one that everybody has."""
    with pytest.raises(Misconfigured, match="without a secret"):
        check(signature, body, "")


def test_the_order_of_a_form_says_nothing() -> None:
    """Sorted by name; a pair given twice counts once."""
    shuffled = [*reversed(FORM), FORM[2]]

    assert twilio_signed(TWILIO, secret="12345", url=URL, parameters=shuffled)


@pytest.mark.parametrize("at", range(len(FORM)))
def test_every_parameter_of_a_form_is_signed(at: int) -> None:
    """Gone, altered, or another instead: refused."""
    name, value = FORM[at]
    rest = FORM[:at] + FORM[at + 1 :]
    for other in ([], [(name, value + "0")], [(name + "x", value)]):
        assert not twilio_signed(
            TWILIO, secret="12345", url=URL, parameters=[*rest, *other]
        )


def test_a_body_escaped_differently_is_another() -> None:
    """Meta signs its own escapes, so nothing may parse and write it anew."""
    assert not meta(META, '{"t":"café"}'.encode())


def test_a_json_body_is_signed_by_its_hash() -> None:
    """The URL is signed and holds the hash: each alone proves nothing."""
    body = b'{"a":1}'
    body_hash = hashlib.sha256(body).hexdigest()
    url = f"https://example.com/in?bodySHA256={body_hash}"
    # Made once by another program from this URL.
    signature = JSON_SIGNATURE

    def check(given: str, hashed: str, content: bytes) -> bool:
        return twilio_signed_body(
            given, secret="12345", url=url, body_hash=hashed, body=content
        )

    assert check(signature, body_hash, body)
    assert check(signature, body_hash.upper(), body)
    assert not check(signature, body_hash, body + b" ")
    assert not check(signature, "", body)
    assert not check(TWILIO, body_hash, body)


JSON_SIGNATURE = "0+UBv+t86mkGLWM1NVycitBq/Ek="
