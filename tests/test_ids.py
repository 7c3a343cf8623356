"""Names that open nothing, and tokens that open something."""

from __future__ import annotations

import hashlib
import re

from server.ids import (
    new_id,
    new_token,
    system_randomness,
    text_of,
    token_hash,
)


def test_an_id_has_128_bits_and_a_token_256() -> None:
    """In characters that mean nothing special anywhere."""
    id_, token = new_id(system_randomness), new_token(system_randomness)

    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", id_)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)


def test_all_of_it_is_chance() -> None:
    """Nothing of the time, the machine or the one before."""
    asked: list[int] = []

    def randomness(size: int) -> bytes:
        asked.append(size)
        return bytes(range(size))

    assert new_id(randomness) == text_of(bytes(range(16)))
    assert new_token(randomness) == text_of(bytes(range(32)))
    assert asked == [16, 32]
    assert len({new_id(system_randomness) for _ in range(1_000)}) == 1_000


def test_of_a_token_only_a_hash_is_kept() -> None:
    """The plain one: its 256 bits of chance need no salt."""
    assert token_hash("t") == hashlib.sha256(b"t").digest()


def test_text_is_base64url_without_padding() -> None:
    """As it stands in frames and rows."""
    assert text_of(b"\xfb\xff\xfe") == "-__-"
    assert text_of(b"a") == "YQ"
