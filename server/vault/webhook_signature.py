"""Signatures of what we send: the scheme of Standard Webhooks 1.0.0.

The receiver gets three headers, ``webhook-id``, ``webhook-timestamp`` (unix
seconds) and ``webhook-signature``, and proves with the secret that it shares
with us that the body is ours, unaltered, and of now:

    v1,base64(HMAC-SHA256(secret, "{id}.{timestamp}.{body}"))

While a secret is being changed there are two signatures, with a space
between; the receiver takes what any secret it knows has signed.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Final

from server.vault.webhook_secret import WebhookSecret

#: Seconds that the receiver's clock and ours may differ, and a message be
#: under way; after them a caught message is of no use.
TOLERANCE: Final = 300.0

#: Characters of a header with signatures: a dozen of them. A longer one is
#: an attempt to make us compare for ever.
_LONGEST: Final = 1024


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
