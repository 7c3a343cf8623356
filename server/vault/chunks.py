"""Attachments, sealed piece by piece as they arrive.

An attachment has a key of its own, made at random, used for this one file and
kept sealed under the conversation's key: so it dies with that. A piece is
``CHUNK`` bytes of plain text (the last one may be shorter) and a tag; piece
``n`` begins at ``n * SEALED_CHUNK``, so any range can be opened by itself.

    nonce   the number of the piece, 12 bytes big-endian: a key seals each
            number once, for a file is written once and from front to back
    AAD     the attachment's id, and whether this is the last piece: so none
            can be left out, put elsewhere, or cut off at the end
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import Corrupt

CHUNK = 64 * 1024
TAG_SIZE = 16
SEALED_CHUNK = CHUNK + TAG_SIZE
KEY_SIZE = 32


class ChunkCipher:
    """Seals and opens the pieces of one attachment.

    Args:
        secret: Its key, ``KEY_SIZE`` random bytes.
        attachment: Its id; of a package, which has none, the header.
    """

    __slots__ = ("_aead", "_id")

    def __init__(self, secret: bytes, attachment: str | bytes) -> None:
        self._aead = AESGCM(secret)
        self._id = (
            attachment.encode() if isinstance(attachment, str) else attachment
        )

    def __repr__(self) -> str:
        return "ChunkCipher(...)"

    def seal(self, number: int, piece: bytes, *, is_last: bool) -> bytes:
        """Piece ``number`` as it is stored; only once for each number."""
        return self._aead.encrypt(_nonce(number), piece, self._aad(is_last))

    def open(self, number: int, sealed: bytes, *, is_last: bool) -> bytes:
        """Undo ``seal``.

        Raises:
            Corrupt: The piece is altered, cut, moved, or of another file.
        """
        try:
            return self._aead.decrypt(
                _nonce(number), sealed, self._aad(is_last)
            )
        except InvalidTag:
            raise Corrupt("unreadable attachment") from None

    def _aad(self, is_last: bool) -> bytes:  # noqa: FBT001 - one of two
        return (b"\x01" if is_last else b"\x00") + self._id


def chunks_of(size: int) -> int:
    """How many pieces a file of ``size`` bytes has; an empty one has one."""
    return max(1, -(-size // CHUNK))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
