"""Sealing: the one way bytes become unreadable to anyone without the key.

Envelope, version 1

    bytes  name          value
    -----  ------------  ------------------------------------------------
        1  VERSION       0x01
       12  NONCE_SIZE    random; see the note at ``seal``
        n                ciphertext, as long as the plain text
       16  TAG_SIZE      AES-256-GCM over version, ``bound_to`` and the rest

The row's identity is authenticated but not stored (``bound_to``), so a row
copied over another one does not open. The slot of the key is not stored
either: the conversation's own row knows it.

Rules of this file
    1. One error for every kind of tampering; it says nothing else.
    2. No ``repr`` shows a key, and no key object keeps its secret bytes: they
       go into the cipher once and are dropped.
    3. Only here and in ``wrapping`` is a cipher ever called.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import Corrupt, RefusalCode, Refused
from server.ids import Randomness

VERSION = b"\x01"
NONCE_SIZE = 12
TAG_SIZE = 16
OVERHEAD = len(VERSION) + NONCE_SIZE + TAG_SIZE
SECRET_SIZE = 32

_BODY = len(VERSION) + NONCE_SIZE  # where the ciphertext begins

#: Envelopes made with one key. Random nonces are safe for 2**32 of them, so
#: this leaves a factor of 4,096 for whatever the count does not see: it is of
#: this object, and begins anew when the keyring has to unwrap the key again.
MOST_SEALS = 2**20


class DataKey:
    """The key of one conversation.

    Attributes:
        slot: Where in the key file it lies, wrapped.
        aead: The cipher; made once, for making it costs four times a seal.
        seals: Envelopes made with this object.
    """

    __slots__ = ("aead", "seals", "slot")

    def __init__(self, slot: int, secret: bytes) -> None:
        self.slot = slot
        self.aead = AESGCM(secret)
        self.seals = 0

    def __repr__(self) -> str:
        return f"DataKey(slot={self.slot})"


def seal(
    key: DataKey, plaintext: bytes, *, bound_to: bytes, randomness: Randomness
) -> bytes:
    """Encrypt ``plaintext`` for storage in the row named by ``bound_to``.

    Args:
        key: The conversation's key.
        plaintext: Any bytes, also none.
        bound_to: What the function of that name made.
        randomness: Where the nonce comes from.

    Returns:
        An envelope of ``len(plaintext) + OVERHEAD`` bytes.

    Raises:
        Refused: ``CONVERSATION_FULL``, after ``MOST_SEALS`` envelopes.
    """
    if key.seals >= MOST_SEALS:
        raise Refused(RefusalCode.CONVERSATION_FULL)
    # Counted first: an envelope that fails later is one too many, not one
    # too few.
    key.seals += 1
    # Random, not counted: a counter restored from a backup would repeat, and
    # a repeated nonce gives away both texts. A random one costs 0.4 us more.
    nonce = randomness(NONCE_SIZE)
    return (
        VERSION + nonce + key.aead.encrypt(nonce, plaintext, VERSION + bound_to)
    )


def open_sealed(key: DataKey, envelope: bytes, *, bound_to: bytes) -> bytes:
    """Undo ``seal``.

    Raises:
        Corrupt: The envelope is truncated, altered, from another row, or
            sealed with another key. Deliberately one error for all four.
    """
    if len(envelope) < OVERHEAD or envelope[:1] != VERSION:
        raise Corrupt("unreadable envelope")
    try:
        return key.aead.decrypt(
            envelope[1:_BODY], envelope[_BODY:], VERSION + bound_to
        )
    except InvalidTag:
        raise Corrupt("unreadable envelope") from None


def bound_to(
    account: str, conversation: str, *, table: str, column: str, row: int | str
) -> bytes:
    """The identity of one field of one row, to bind an envelope to.

    Each part is led by its length in characters, so that no two different
    identities read the same, whatever characters their parts consist of.
    """
    row = str(row)
    return (
        f"{len(account)}:{account}{len(conversation)}:{conversation}"
        f"{len(table)}:{table}{len(column)}:{column}{len(row)}:{row}"
    ).encode()
