"""Finding a person again without keeping who they are.

A plain hash of a phone number is no secret: there are few enough numbers to
try them all. This one needs a key, which is made of the account's own: the
same number makes another index in another account, it stays what it is when
the master key is changed, and with the account's key all of them go.

What it does not hide: that two rows of one account are of the same person.
"""

from __future__ import annotations

import hmac
from typing import Final, Protocol

#: 128 bits: two people of one account share an index once in 10^18 accounts
#: of a million people, and nobody finds a second one by trying.
INDEX_SIZE: Final = 16

_LABEL: Final = "dayfly 1 blind index"


class Derives(Protocol):
    """Makes keys of the keys that it keeps; the keyring does."""

    def derive(
        self, slot: int, label: str, *, account: str, conversation: str
    ) -> bytes:
        """32 bytes for the use named ``label``, made of the key there."""
        ...


class BlindIndex:
    """The indexes of one account.

    Whoever holds one drops it when the account's key is destroyed.

    Args:
        secret: Of ``derive``; never a key that does anything else.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def open(
        cls, keys: Derives, slot: int, *, account: str, owner: str = "account"
    ) -> BlindIndex:
        """That of ``account``, whose key lies in ``slot``.

        Args:
            keys: The keyring.
            slot: Where.
            account: Whose.
            owner: As what the key was made: the second word of ``new_key``.

        Raises:
            Corrupt: There is no readable key of that account there.
            Unavailable: The disk did not give it.
        """
        return cls(
            keys.derive(slot, _LABEL, account=account, conversation=owner)
        )

    def of(self, *parts: str) -> bytes:
        """The ``INDEX_SIZE`` bytes to look for: of these parts, in order."""
        # Led by their lengths: ("a", "bc") must not be found as ("ab", "c").
        # Half a surrogate pair is nobody's name, but must not raise with it.
        text = "".join(f"{len(part)}:{part}" for part in parts)
        told = text.encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, told, "sha256")[:INDEX_SIZE]

    def __repr__(self) -> str:
        return "BlindIndex(...)"
