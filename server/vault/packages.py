"""Exports and backups: a stream of bytes, sealed piece by piece.

    header   ``HEADER_SIZE`` bytes: see ``package_header``
    pieces   as those of an attachment (``chunks``), with the header in place
             of the attachment's id; the last one ends the package

So no piece can be left out, repeated, put elsewhere or taken from another
package, and an end that is missing is noticed. docs/packages.md says it all,
down to a program of a few lines that opens one without Dayfly.

Rules of this file
    1. Whatever the length, no more is in memory than one piece, and what
       was given at once.
    2. What comes out of a reader is as it was put in, but it may lack its
       end: nothing may be done with it before ``finish`` has returned.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

from server.errors import Corrupt
from server.ids import Randomness
from server.vault.chunks import CHUNK, SEALED_CHUNK, ChunkCipher
from server.vault.package_header import (
    HEADER_SIZE,
    SALT_SIZE,
    PackageHeader,
    header_for,
)
from server.vault.package_key import PackageKey


class PackageWriter:
    """Seals one package, fed with what is to go into it.

    Args:
        key: That is to open it; its kind is the package's.
        randomness: Where the salt comes from.
    """

    def __init__(self, key: PackageKey, *, randomness: Randomness) -> None:
        header = header_for(key, randomness(SALT_SIZE))
        self._cipher = ChunkCipher(header.cipher_secret(key), header.raw)
        self._waiting = bytearray()
        self._number = 0
        self._ready = header.raw
        self._is_finished = False

    def feed(self, content: bytes) -> bytes:
        """What is to be written now that ``content`` has come; often none."""
        self._waiting += content
        sealed = []
        # The last piece is marked, so one is held back until there is more:
        # only then it is not the last.
        while len(self._waiting) > CHUNK:
            sealed.append(self._seal(CHUNK, is_last=False))
        return b"".join(sealed)

    def finish(self) -> bytes:
        """The end of the package; an empty one is nothing else."""
        sealed = self._seal(len(self._waiting), is_last=True)
        self._is_finished = True
        return sealed

    def _seal(self, size: int, *, is_last: bool) -> bytes:
        # A number sealed twice would give away what is in both pieces.
        if self._is_finished:
            raise ValueError("this package has been finished")
        piece = bytes(self._waiting[:size])
        del self._waiting[:size]
        sealed = self._cipher.seal(self._number, piece, is_last=is_last)
        self._number += 1
        before, self._ready = self._ready, b""
        return before + sealed


class PackageReader:
    """Opens one package, fed with its bytes; see rule 2.

    Args:
        key: That opens it, and says of which kind it has to be.
    """

    def __init__(self, key: PackageKey) -> None:
        self._key = key
        self._cipher: ChunkCipher | None = None
        self._waiting = bytearray()
        self._number = 0

    def feed(self, sealed: bytes) -> bytes:
        """What has been opened now that ``sealed`` has come; often none.

        Raises:
            WrongKey: The package needs another key.
            Corrupt: It is none, of another kind, or not as it was sealed.
        """
        self._waiting += sealed
        if self._cipher is None:
            if len(self._waiting) < HEADER_SIZE:
                return b""
            self._cipher = self._begin()
        opened = []
        while len(self._waiting) > SEALED_CHUNK:
            opened.append(self._open(self._cipher, SEALED_CHUNK, is_last=False))
        return b"".join(opened)

    def finish(self) -> bytes:
        """The end of what was in the package; it was whole.

        Raises:
            Corrupt: As ``feed``, or the end is missing, or there is more
                behind it.
        """
        cipher = self._cipher or self._begin()
        return self._open(cipher, len(self._waiting), is_last=True)

    def _begin(self) -> ChunkCipher:
        header = PackageHeader.read(bytes(self._waiting[:HEADER_SIZE]))
        del self._waiting[:HEADER_SIZE]
        return ChunkCipher(header.cipher_secret(self._key), header.raw)

    def _open(self, cipher: ChunkCipher, size: int, *, is_last: bool) -> bytes:
        sealed = bytes(self._waiting[:size])
        del self._waiting[:size]
        try:
            piece = cipher.open(self._number, sealed, is_last=is_last)
        except Corrupt:
            raise Corrupt("unreadable package") from None
        self._number += 1
        return piece


def sealed_package(
    key: PackageKey, contents: Iterable[bytes], *, randomness: Randomness
) -> Iterator[bytes]:
    """The bytes of a package with ``contents`` in it, as they come.

    Some of what is yielded may be empty.
    """
    writer = PackageWriter(key, randomness=randomness)
    for content in contents:
        yield writer.feed(content)
    yield writer.finish()


async def sealed_package_later(
    key: PackageKey, contents: AsyncIterable[bytes], *, randomness: Randomness
) -> AsyncIterator[bytes]:
    """``sealed_package``, of what is waited for."""
    writer = PackageWriter(key, randomness=randomness)
    async for content in contents:
        yield writer.feed(content)
    yield writer.finish()


def opened_package(
    key: PackageKey, package: Iterable[bytes]
) -> Iterator[bytes]:
    """What is in a package, as its bytes come; see rule 2.

    Raises:
        Corrupt: As ``PackageReader``.
    """
    reader = PackageReader(key)
    for sealed in package:
        yield reader.feed(sealed)
    yield reader.finish()


async def opened_package_later(
    key: PackageKey, package: AsyncIterable[bytes]
) -> AsyncIterator[bytes]:
    """``opened_package``, of what is waited for.

    Raises:
        Corrupt: As ``PackageReader``.
    """
    reader = PackageReader(key)
    async for sealed in package:
        yield reader.feed(sealed)
    yield reader.finish()
