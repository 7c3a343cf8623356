"""Addresses that open one thing for a short time, and prove it themselves.

A browser shows a picture by its address alone, without a header, so here and
nowhere else something in an address opens something. It says which
conversation it is for and until when, and the signature covers all of it, the
media type included.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from server.vault.master_key import MasterKey

_LABEL = "attachment addresses, version 1"
#: Which key signed: room for the day on which there are two.
KEY_ID = "1"


@dataclass(frozen=True, slots=True)
class Address:
    """What a signed address opens.

    Attributes:
        path: Without the query.
        conversation: Whose.
        media_type: As what it is served.
        until: Unix seconds, whole.
    """

    path: str
    conversation: str
    media_type: str
    until: int


class AddressSigner:
    """Signs addresses and checks them."""

    def __init__(self, master: MasterKey) -> None:
        self._key = master.derive(_LABEL)

    def sign(self, address: Address) -> str:
        """The signature of ``address``, as it stands in a query."""
        parts = (
            "GET",
            address.path,
            address.conversation,
            address.media_type,
            str(address.until),
            KEY_ID,
        )
        # Led by their lengths: no two different addresses read the same.
        text = "".join(f"{len(part)}:{part}" for part in parts)
        digest = hmac.digest(self._key, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def is_valid(self, address: Address, signature: str, *, now: float) -> bool:
        """Whether ``signature`` opens ``address`` at unix seconds ``now``."""
        expected = self.sign(address)
        return (
            hmac.compare_digest(expected.encode(), signature.encode())
            and now < address.until
        )
