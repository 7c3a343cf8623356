"""Signatures of what other networks send us, each by its own rules.

Checked over the bytes as they came, before anything in them is read: a parsed
and rewritten body is another body. Everything is compared in constant time,
and a channel without a secret does not start.

    twilio   X-Twilio-Signature   base64 HMAC-SHA1 of URL and parameters
    meta     X-Hub-Signature-256  "sha256=", hex HMAC-SHA256 of the body
    line     X-Line-Signature     base64 HMAC-SHA256 of the body
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from server.errors import Misconfigured


def twilio_signed(
    given: str,
    *,
    secret: str,
    url: str,
    parameters: Iterable[tuple[str, str]] = (),
) -> bool:
    """Whether Twilio signed a form sent to ``url``.

    Args:
        given: The header.
        secret: The account's AuthToken.
        url: As Twilio called it, query and all; behind a proxy that is the
            public one.
        parameters: Of the form, decoded, in any order. A JSON body has none:
            see ``twilio_signed_body``.
    """
    # Once each, by name, then by value, and nothing between.
    told = "".join(name + value for name, value in sorted(set(parameters)))
    # SHA-1 is Twilio's choice; in an HMAC it is still sound.
    mac = hmac.digest(_key(secret), _bytes(url + told), "sha1")
    return _same(given, base64.b64encode(mac))


def twilio_signed_body(
    given: str, *, secret: str, url: str, body_hash: str, body: bytes
) -> bool:
    """Whether Twilio signed a JSON ``body`` sent to ``url``.

    Args:
        given: The header.
        secret: The account's AuthToken.
        url: As Twilio called it, query and all.
        body_hash: ``bodySHA256`` of that query.
        body: As it came.
    """
    of_body = hashlib.sha256(body).hexdigest().encode()
    # Both, always: the URL alone would vouch for any body.
    return twilio_signed(given, secret=secret, url=url) & _same(
        body_hash.lower(), of_body
    )


def meta_signed(given: str, *, secret: str, body: bytes) -> bool:
    """Whether Meta signed ``body``; ``secret`` is the app's."""
    mac = hmac.digest(_key(secret), body, "sha256")
    return _same(given, b"sha256=" + mac.hex().encode())


def line_signed(given: str, *, secret: str, body: bytes) -> bool:
    """Whether LINE signed ``body``; ``secret`` is the channel's."""
    mac = hmac.digest(_key(secret), body, "sha256")
    return _same(given, base64.b64encode(mac))


def _key(secret: str) -> bytes:
    if not secret:
        raise Misconfigured("a channel without a secret cannot be trusted")
    return secret.encode()


def _bytes(text: str) -> bytes:
    # What is no Unicode was not signed by anybody; it must not raise either.
    return text.encode("utf-8", "surrogatepass")


def _same(given: str, wanted: bytes) -> bool:
    return hmac.compare_digest(_bytes(given), wanted)
