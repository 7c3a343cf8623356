"""Bytes as somebody leaves them who can write the disk but has no key."""

from __future__ import annotations

from collections.abc import Callable
from random import Random


def tampered(sealed: bytes, chance: Random) -> bytes:
    """``sealed``, altered in some way; never as it was."""
    while True:
        found = chance.choice(_WAYS)(bytearray(sealed), chance)
        if found != sealed:
            return bytes(found)


def _flip(sealed: bytearray, chance: Random) -> bytearray:
    """One to three bits, anywhere."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(sealed))
        sealed[at] ^= 1 << chance.randrange(8)
    return sealed


def _flip_early(sealed: bytearray, chance: Random) -> bytearray:
    """A byte where the headers, versions and nonces are."""
    at = chance.randrange(min(len(sealed), 80))
    sealed[at] = chance.randrange(256)
    return sealed


def _drop(sealed: bytearray, chance: Random) -> bytearray:
    """A few bytes out of the middle."""
    at = chance.randrange(len(sealed))
    del sealed[at : at + chance.randint(1, 16)]
    return sealed


def _add(sealed: bytearray, chance: Random) -> bytearray:
    """A few bytes, anywhere, also behind the end."""
    at = chance.randint(0, len(sealed))
    more = chance.randbytes(chance.randint(1, 16))
    sealed[at:at] = more if chance.random() < 0.5 else bytes(len(more))
    return sealed


def _truncate(sealed: bytearray, chance: Random) -> bytearray:
    """The end, or all but a little."""
    del sealed[chance.randrange(len(sealed)) :]
    return sealed


def _turn(sealed: bytearray, chance: Random) -> bytearray:
    """The first part put behind the second."""
    at = chance.randrange(len(sealed))
    return sealed[at:] + sealed[:at]


def _overwrite(sealed: bytearray, chance: Random) -> bytearray:
    """Sixteen bytes with others of the same: a block, a tag."""
    to, source = (chance.randrange(len(sealed)) for _ in range(2))
    block = sealed[source : source + 16]
    sealed[to : to + len(block)] = block
    return sealed


def _erase(sealed: bytearray, chance: Random) -> bytearray:
    """Zeros from somewhere to the end, as after a crash."""
    at = chance.randrange(len(sealed))
    sealed[at:] = bytes(len(sealed) - at)
    return sealed


_WAYS: list[Callable[[bytearray, Random], bytearray]] = [
    _flip,
    _flip_early,
    _drop,
    _add,
    _truncate,
    _turn,
    _overwrite,
    _erase,
]
