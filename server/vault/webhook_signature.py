"""Signatures of what we send: the scheme of Standard Webhooks 1.0.0.

The receiver gets three headers, ``webhook-id``, ``webhook-timestamp`` (unix
seconds) and ``webhook-signature``, and proves with the secret that it shares
with us that the body is ours, unaltered, and of now:

    v1,base64(HMAC-SHA256(secret, "{id}.{timestamp}.{body}"))

While a secret is being changed there are two signatures, with a space
between; the receiver takes what any secret it knows has signed.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from typing import Final

from server.errors import Misconfigured
from server.ids import Randomness

PREFIX: Final = "whsec_"
FEWEST_BYTES: Final = 24
MOST_BYTES: Final = 64
#: Seconds that the receiver's clock and ours may differ, and a message be
#: under way; after them a caught message is of no use.
TOLERANCE: Final = 300.0

#: Characters of a header with signatures: a dozen of them. A longer one is
#: an attempt to make us compare for ever.
_LONGEST: Final = 1024


class WebhookSecret:
    """24 to 64 secret bytes that no ``repr`` shows.

    Raises:
        Misconfigured: Too few of them, or too many.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if not FEWEST_BYTES <= len(secret) <= MOST_BYTES:
            raise Misconfigured(
                f"a webhook secret must be {FEWEST_BYTES} to {MOST_BYTES}"
                f" bytes, not {len(secret)}"
            )
        if len(set(secret)) == 1:
            raise Misconfigured("a webhook secret must not be one byte only")
        self._secret = secret

    @classmethod
    def parse(cls, text: str) -> WebhookSecret:
        """Read ``whsec_`` and base64.

        Raises:
            Misconfigured: It is not written so, or may not be used.
        """
        start, _, rest = text.strip().partition("_")
        try:
            secret = base64.b64decode(rest, validate=True)
        except (ValueError, binascii.Error):
            # None of it: the error's own text could quote the secret.
            secret = b""
        if start + "_" != PREFIX or not secret:
            raise Misconfigured(
                f"a webhook secret must be written as {PREFIX} and base64"
            )
        return cls(secret)

    @classmethod
    def generate(cls, randomness: Randomness) -> WebhookSecret:
        """A new one, of 32 bytes."""
        return cls(randomness(32))

    def text(self) -> str:
        """As it is given to the receiver; never for a log."""
        return PREFIX + base64.b64encode(self._secret).decode()

    def sign(self, body: bytes, *, message_id: str, timestamp: int) -> str:
        """One signature, with its version."""
        signed = f"{message_id}.{timestamp}.".encode() + body
        mac = hmac.digest(self._secret, signed, "sha256")
        return "v1," + base64.b64encode(mac).decode()

    def __repr__(self) -> str:
        return "WebhookSecret(...)"


def sign(
    secrets: Sequence[WebhookSecret],
    body: bytes,
    *,
    message_id: str,
    timestamp: int,
) -> str:
    """The value of ``webhook-signature``: one signature for each secret."""
    return " ".join(
        secret.sign(body, message_id=message_id, timestamp=timestamp)
        for secret in secrets
    )


def verify(
    secrets: Sequence[WebhookSecret],
    body: bytes,
    *,
    message_id: str,
    timestamp: str,
    signatures: str,
    now: float,
) -> bool:
    """Whether one of ``secrets`` signed exactly this, and not long ago.

    Takes the headers as they came. Whoever accepts a message also has to
    remember its id for ``TOLERANCE``, twice, or take it again.
    """
    # A dot in the id could move the border between id, time and body.
    if not message_id or "." in message_id or len(signatures) > _LONGEST:
        return False
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    # Twelve digits last for thirty thousand years.
    at = int(timestamp[:12])
    if str(at) != timestamp or abs(now - at) > TOLERANCE:
        return False
    given = [
        text.encode("utf-8", "surrogatepass") for text in signatures.split(" ")
    ]
    wanted = [
        secret.sign(body, message_id=message_id, timestamp=at).encode()
        for secret in secrets
    ]
    # All of them, always: which one matched is nobody's business.
    found = [hmac.compare_digest(a, b) for a in given for b in wanted]
    return any(found)
