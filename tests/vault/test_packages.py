"""A package opens whole, with its own key, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Corrupt
from server.vault.chunks import CHUNK, SEALED_CHUNK
from server.vault.package_header import HEADER_SIZE
from server.vault.packages import (
    PackageReader,
    PackageWriter,
    opened_package,
    opened_package_later,
    sealed_package,
    sealed_package_later,
)
from tests.vault.package_samples import (
    BACKUP,
    EXPORT,
    opened,
    package,
    randomness,
)

CONTENTS = Random(3).randbytes(2 * CHUNK + 100)


def cut(content: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
    """``content`` in pieces of ``sizes``, then the rest."""
    for size in sizes:
        yield content[:size]
        content = content[size:]
    yield content


sizes = st.lists(st.integers(0, 2 * CHUNK), max_size=5)


@given(size=st.integers(0, 3 * CHUNK), written=sizes, read=sizes)
def test_what_went_in_comes_out(
    size: int, written: list[int], read: list[int]
) -> None:
    """In whatever pieces it was written and read."""
    content = (CONTENTS * 2)[:size]

    sealed = b"".join(
        sealed_package(
            EXPORT, cut(content, iter(written)), randomness=randomness
        )
    )

    assert b"".join(opened_package(EXPORT, cut(sealed, iter(read)))) == content


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_package_is_as_long_as_its_pieces(size: int) -> None:
    """An empty one has one; the end of a whole one is marked, not added."""
    pieces = max(1, -(-size // CHUNK))

    sealed = package(bytes(size))

    assert len(sealed) == HEADER_SIZE + size + 16 * pieces
    assert opened(sealed) == bytes(size)


async def later(pieces: list[bytes]) -> AsyncIterator[bytes]:
    """``pieces``, one after the other."""
    for piece in pieces:
        yield piece


async def test_what_is_waited_for_is_sealed_the_same() -> None:
    """With the same salt, byte for byte."""
    parts = [CONTENTS[:70], b"", CONTENTS[70:]]
    now = b"".join(sealed_package(BACKUP, parts, randomness=bytes))
    sealed = [
        piece
        async for piece in sealed_package_later(
            BACKUP, later(parts), randomness=bytes
        )
    ]

    assert b"".join(sealed) == now
    read = [
        piece
        async for piece in opened_package_later(
            BACKUP, later([now[:9], now[9:]])
        )
    ]
    assert b"".join(read) == CONTENTS


def refuses(sealed: bytes) -> bool:
    """Whether ``sealed`` is refused, at once or at the end."""
    with pytest.raises(Corrupt) as refused:
        opened(sealed)
    return refused.value.__cause__ is None


@pytest.mark.parametrize(
    "at",
    [
        0,
        1,
        HEADER_SIZE - 1,
        HEADER_SIZE,
        HEADER_SIZE + 15,
        HEADER_SIZE + SEALED_CHUNK,
        HEADER_SIZE + SEALED_CHUNK + 1,
        HEADER_SIZE + 2 * SEALED_CHUNK,
        HEADER_SIZE + 2 * SEALED_CHUNK + 115,
    ],
)
def test_a_missing_end_is_noticed(at: int) -> None:
    """In the header, between two pieces or in one."""
    assert refuses(package(CONTENTS)[:at])


def test_no_piece_can_be_put_elsewhere() -> None:
    """Swapped, repeated, left out, of another package, or put behind."""
    sealed = package(CONTENTS)
    first, second = HEADER_SIZE, HEADER_SIZE + SEALED_CHUNK
    third = second + SEALED_CHUNK
    head, one, two, three = (
        sealed[:first],
        sealed[first:second],
        sealed[second:third],
        sealed[third:],
    )
    other = package(CONTENTS)

    assert opened(head + one + two + three) == CONTENTS
    assert refuses(head + two + one + three)
    assert refuses(head + one + one + two + three)
    assert refuses(head + two + three)
    assert refuses(head + one + two)
    assert refuses(head + one + other[second:third] + three)
    assert refuses(other[:first] + one + two + three)
    assert refuses(sealed + b"\0")
    assert refuses(sealed + three)
    assert refuses(sealed + sealed)


def test_every_bit_of_the_header_is_guarded() -> None:
    """Also the key's name, which nothing needs to open the package."""
    sealed = package(b"words")
    for bit in range(HEADER_SIZE * 8):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        assert refuses(bytes(altered))


def test_another_kind_is_refused() -> None:
    """A backup is not opened as an export."""
    with pytest.raises(Corrupt, match="backup, not export"):
        opened(package(b"words", BACKUP))


def test_nothing_can_be_added_to_a_finished_package() -> None:
    """A second piece of the same number would give both away."""
    writer = PackageWriter(EXPORT, randomness=randomness)
    writer.feed(b"words")
    writer.finish()

    with pytest.raises(ValueError, match="finished"):
        writer.finish()
    with pytest.raises(ValueError, match="finished"):
        writer.feed(bytes(CHUNK + 1))


def test_no_more_than_a_piece_is_kept() -> None:
    """However long the package gets."""
    writer = PackageWriter(EXPORT, randomness=randomness)
    reader = PackageReader(EXPORT)
    for _ in range(200):
        reader.feed(writer.feed(bytes(CHUNK // 4 + 1)))
        assert len(writer._waiting) <= CHUNK
        assert len(reader._waiting) <= SEALED_CHUNK

    assert reader.feed(writer.finish()) + reader.finish()
