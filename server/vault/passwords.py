"""Agents' passwords, of which only a slow hash is kept.

Argon2id with the parameters below, written as a PHC string:
``$argon2id$v=19$m=19456,t=2,p=1$salt$hash``. Hashing takes about 30 ms and
19 MiB on purpose: callers use a thread, and few of them at once.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from server.ids import Randomness

MEMORY_KIB: Final = 19_456
PASSES: Final = 2
LANES: Final = 1
SALT_SIZE: Final = 16
HASH_SIZE: Final = 32

#: What is tried first at every login page in the world.
DEFAULTS: Final = (
    "password",
    "admin",
    "changeme",
    "secret",
    "dayfly",
    "demo",
    "123456",
    "",
)


def hash_password(password: str, randomness: Randomness) -> str:
    """What to keep of ``password``: a PHC string with a salt of its own."""
    return Argon2id(
        salt=randomness(SALT_SIZE),
        length=HASH_SIZE,
        iterations=PASSES,
        lanes=LANES,
        memory_cost=MEMORY_KIB,
    ).derive_phc_encoded(_bytes_of(password))


def password_matches(password: str, phc: str) -> bool:
    """Whether ``phc`` was made of ``password``.

    Takes as long for a wrong password as for the right one, and compares in
    constant time. A malformed ``phc`` matches nothing.
    """
    try:
        Argon2id.verify_phc_encoded(_bytes_of(password), phc)
    except (InvalidKey, ValueError):
        return False
    return True


def is_default(phc: str) -> bool:
    """Whether ``phc`` is of a password that everybody tries first.

    Costs a hash for each of ``DEFAULTS``: a quarter of a second.
    """
    return any(password_matches(word, phc) for word in DEFAULTS)


def _bytes_of(password: str) -> bytes:
    # NFC: two keyboards write the same accented letter in different ways.
    # Half a surrogate pair is no reason to fail: it just matches nothing.
    return unicodedata.normalize("NFC", password).encode(
        "utf-8", "surrogatepass"
    )
