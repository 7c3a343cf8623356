"""The secret that signs what we send to an application.

Written as Standard Webhooks 1.0.0 has it: ``whsec_`` and base64.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

from server.errors import Misconfigured
from server.ids import Randomness

PREFIX: Final = "whsec_"
FEWEST_BYTES: Final = 24
MOST_BYTES: Final = 64


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
