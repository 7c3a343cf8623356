"""Keys made of keys: HKDF-SHA256, with the use as its label.

One label a use, so that what one key gives away says nothing about another
made of the same. Changing a label changes every key made with it.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_SIZE: Final = 32


def derived(
    secret: bytes, label: str, length: int = KEY_SIZE, *, salt: bytes = b""
) -> bytes:
    """``length`` bytes for the use named ``label``, always the same.

    Args:
        secret: Uniformly random already, so it needs no salt to be even.
        label: The use.
        length: In bytes.
        salt: Public; where many keys are made for one use, one for each.
    """
    # To HKDF no salt and an empty one are the same.
    return HKDF(
        algorithm=SHA256(), length=length, salt=salt, info=label.encode()
    ).derive(secret)
