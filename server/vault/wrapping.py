"""What one slot of the key file holds: a data key, wrapped.

Slot, version 1; an empty slot is zeros from end to end

    bytes  name              value
    -----  ----------------  --------------------------------------------
        1  VERSION           0x01
        4  KEY_ID_SIZE       which key-encryption key wrapped it
       12  NONCE_SIZE        random
       48  WRAPPED_SIZE      the data key (32) and its tag (16), AES-256-GCM
       32  COMMITMENT_SIZE   HMAC-SHA256 under the data key, of its place
       31  PADDING           zeros
    -----
      128  SLOT_SIZE         so that no slot straddles two disk sectors

Version, key id, account, conversation and slot number are authenticated but
not stored: a slot copied over another one, or claimed for another
conversation, does not open.

Why a commitment: AES-GCM alone lets somebody who can write the file make
bytes that open under two different keys. The commitment fits only one.
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import Corrupt
from server.vault.master_key import MasterKey
from server.vault.sealing import NONCE_SIZE, SECRET_SIZE, TAG_SIZE

VERSION: Final = b"\x01"
KEY_ID_SIZE: Final = 4
WRAPPED_SIZE: Final = SECRET_SIZE + TAG_SIZE
COMMITMENT_SIZE: Final = 32
SLOT_SIZE: Final = 128

_NONCE_AT: Final = len(VERSION) + KEY_ID_SIZE
_WRAPPED_AT: Final = _NONCE_AT + NONCE_SIZE
_COMMITMENT_AT: Final = _WRAPPED_AT + WRAPPED_SIZE
_PADDING_AT: Final = _COMMITMENT_AT + COMMITMENT_SIZE
PADDING: Final = bytes(SLOT_SIZE - _PADDING_AT)

#: What a slot holds before its first key and after its last.
EMPTY: Final = bytes(SLOT_SIZE)

# One label a use; changing one makes every existing key file unreadable.
_WRAP_LABEL: Final = "dayfly 1 wrap data keys"
_ID_LABEL: Final = "dayfly 1 name of the key that wraps data keys"
_COMMITMENT_LABEL: Final = b"dayfly 1 data key commitment"


class KeyWrapper:
    """Wraps data keys for their slots, and unwraps them.

    Attributes:
        key_id: Names the key-encryption key; says nothing about it.
    """

    __slots__ = ("_aead", "_head", "key_id")

    def __init__(self, master: MasterKey) -> None:
        self.key_id = master.derive(_ID_LABEL, KEY_ID_SIZE)
        self._head = VERSION + self.key_id
        self._aead = AESGCM(master.derive(_WRAP_LABEL, SECRET_SIZE))

    def wrap(self, secret: bytes, *, place: bytes, nonce: bytes) -> bytes:
        """The ``SLOT_SIZE`` bytes that hold ``secret`` at ``place``.

        ``nonce`` must be random: 96 bits are safe for 2**32 conversations
        under one master key, a hundred a second for 16 months without pause.
        """
        wrapped = self._aead.encrypt(nonce, secret, self._head + place)
        return (
            self._head + nonce + wrapped + _commitment(secret, place) + PADDING
        )

    def unwrap(self, record: bytes, *, place: bytes) -> bytes:
        """Undo ``wrap``.

        Raises:
            Corrupt: The slot is empty, altered, another's, or wrapped with
                another key. Deliberately one error for all of them.
        """
        # The head first: bytes of another version or key are refused before
        # anything is decrypted.
        if (
            len(record) != SLOT_SIZE
            or record[:_NONCE_AT] != self._head
            or record[_PADDING_AT:] != PADDING
        ):
            raise Corrupt("no readable key in this slot")
        try:
            secret = self._aead.decrypt(
                record[_NONCE_AT:_WRAPPED_AT],
                record[_WRAPPED_AT:_COMMITMENT_AT],
                self._head + place,
            )
        except InvalidTag:
            raise Corrupt("no readable key in this slot") from None
        stored = record[_COMMITMENT_AT:_PADDING_AT]
        if not hmac.compare_digest(stored, _commitment(secret, place)):
            raise Corrupt("no readable key in this slot")
        return secret


def place_of(slot: int, account: str, conversation: str) -> bytes:
    """The identity of a slot's owner, each part led by its length."""
    return (
        f"{len(account)}:{account}{len(conversation)}:{conversation}{slot}"
    ).encode()


def _commitment(secret: bytes, place: bytes) -> bytes:
    return hmac.digest(secret, _COMMITMENT_LABEL + place, "sha256")
