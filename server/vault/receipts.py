"""Receipts that anybody can check: signed with a key of the account's own.

A receipt says of an erasure what kinds of records it took, how many and when,
and of nobody whose they were. It is kept for years by people who may trust
neither this server nor its operator, so a public key is all they need.

    {"receipt": {...}, "key": "16 hex digits", "signature": "base64"}

The signature is Ed25519 over what stands under "receipt", as
``canonical_json`` writes it.
The key is made of the account's (HKDF), so it outlives a change of the master
key; with the account's key it is gone, but what it signed can still be
checked. So the last receipt of an account is signed before its key is zeroed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.vault.blind_index import Derives
from server.vault.canonical_json import canonical

_LABEL: Final = "dayfly 1 signed receipts"


class ReceiptSigner:
    """Signs the receipts of one account.

    Args:
        secret: 32 bytes that do nothing else; see ``open``.
    """

    __slots__ = ("_key", "_public")

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self._public = self._key.public_key()

    @classmethod
    def open(
        cls, keys: Derives, slot: int, *, account: str, owner: str = "account"
    ) -> ReceiptSigner:
        """That of ``account``, whose key lies in ``slot``.

        Args:
            keys: The keyring.
            slot: Where.
            account: Whose.
            owner: As what the key was made: the second word of ``new_key``.

        Raises:
            Corrupt: There is no readable key of that account there.
            Unavailable: The disk did not give it.
        """
        return cls(
            keys.derive(slot, _LABEL, account=account, conversation=owner)
        )

    def public_key(self) -> str:
        """The 32 bytes of the public key, in base64."""
        return base64.b64encode(self._public.public_bytes_raw()).decode()

    def public_pem(self) -> str:
        """The public key as other programs read it."""
        return self._public.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode()

    def sign(self, receipt: Mapping[str, object]) -> dict[str, Any]:
        """``receipt`` with its signature, to be kept or sent as JSON.

        Raises:
            ValueError: There is something in it that ``canonical`` refuses.
        """
        told = canonical(dict(receipt))
        return {
            # What was signed, not what it was made of: that may yet change.
            "receipt": json.loads(told),
            "key": key_name(self.public_key()),
            "signature": base64.b64encode(self._key.sign(told)).decode(),
        }

    def __repr__(self) -> str:
        return "ReceiptSigner(...)"


def verify(public_key: str, signed: Mapping[str, Any]) -> bool:
    """Whether ``signed`` is what ``sign`` made with the key of this one.

    Args:
        public_key: As ``public_key`` wrote it.
        signed: Read from JSON, from anybody.
    """
    try:
        raw = base64.b64decode(public_key, validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw)
        signature = base64.b64decode(signed["signature"], validate=True)
        told = canonical(signed["receipt"])
        key.verify(signature, told)
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return bool(signed.keys() == _NAMES and signed["key"] == key_name(raw))


_NAMES: Final = {"receipt", "key", "signature"}


def key_name(public_key: str | bytes) -> str:
    """16 hex digits that tell public keys apart; they prove nothing.

    Args:
        public_key: Its bytes, or these in base64.
    """
    if isinstance(public_key, str):
        public_key = base64.b64decode(public_key)
    return hashlib.sha256(public_key).hexdigest()[:16]
