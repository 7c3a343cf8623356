"""Tokens made by hand, good and bad, with nothing but hashes and AES."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from random import Random

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.vault.token_secret import SEALING_LABEL, TokenSecret

TEXT = "a secret of the shop's back-end, 32 bytes or more"
SECRET = TokenSecret(TEXT)
OTHER = TokenSecret(TEXT[::-1])
NOW = 1_800_000_000.0
SESSION = "c2Vzc2lvbiBvZiBhIGN1c3Q"

Json = dict[str, object]
CLAIMS: Json = {"iss": SESSION, "iat": int(NOW)}
SIGNED: Json = {"alg": "HS256", "typ": "JWT"}
SEALED: Json = {"alg": "dir", "enc": "A256GCM", "typ": "JWT"}


def encoded(value: bytes | str | object) -> str:
    """Base64url of bytes, text or JSON."""
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    if not isinstance(value, bytes):
        value = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed(
    header: object = SIGNED,
    claims: object = CLAIMS,
    *,
    key: bytes = TEXT.encode(),
    digest: str = "sha256",
) -> str:
    """A token signed with an HMAC, whatever its header says."""
    start = f"{encoded(header)}.{encoded(claims)}"
    return f"{start}.{encoded(hmac.digest(key, start.encode(), digest))}"


def sealing_key(secret: str = TEXT) -> bytes:
    """HKDF-SHA256 by its definition: extract, then one block of expand."""
    extracted = hmac.digest(bytes(32), secret.encode(), hashlib.sha256)
    return hmac.digest(extracted, SEALING_LABEL + b"\x01", hashlib.sha256)


def sealed(
    header: object = SEALED,
    claims: object = CLAIMS,
    *,
    key: bytes | None = None,
    tag_size: int = 16,
    wrapped: bytes = b"",
    nonce_size: int = 12,
) -> str:
    """A token sealed with AES-GCM, whatever its header says."""
    nonce = Random(7).randbytes(nonce_size)
    text = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    head = encoded(header)
    both = AESGCM(key or sealing_key()).encrypt(nonce, text, head.encode())
    parts = [wrapped, nonce, both[:-16], both[-16:][:tag_size]]
    return ".".join([head, *map(encoded, parts)])


def claims_with(**changes: object) -> Json:
    """The good claims, changed; None takes one away."""
    return {k: v for k, v in {**CLAIMS, **changes}.items() if v is not None}


def spelt_otherwise(token: str) -> str:
    """``token``, its last character replaced by one that decodes the same."""
    alphabet = (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]
