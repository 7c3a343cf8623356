"""The key of a package, and of which kind the package is.

A backup's key is made of the master key, and named as ``run.py key status``
names that one: so a restore can say which master key it needs. An export's is
made for it alone and given to whoever asked for it: see ``one_time_key``.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from server.vault.derivation import derived
from server.vault.master_key import MasterKey
from server.vault.wrappers import named

KEY_ID_SIZE: Final = 4
CIPHER_SIZE: Final = 32
CHECK_SIZE: Final = 32

_BACKUPS: Final = "dayfly 1 backups"
_ID: Final = "dayfly 1 name of a package key"


class Kind(IntEnum):
    """What is in a package; the number stands in its header."""

    EXPORT = 1
    BACKUP = 2


class PackageKey:
    """Opens packages of one kind; no ``repr`` shows its secret.

    Attributes:
        kind: Of which kind.
        key_id: ``KEY_ID_SIZE`` bytes that name it, and say nothing about it.
    """

    __slots__ = ("_secret", "key_id", "kind")

    def __init__(self, secret: bytes, kind: Kind, key_id: bytes) -> None:
        self._secret = secret
        self.kind = kind
        self.key_id = key_id

    @classmethod
    def of_backups(cls, master: MasterKey) -> PackageKey:
        """That of all backups made under ``master``."""
        return cls(master.derive(_BACKUPS), Kind.BACKUP, named(master).key_id)

    @classmethod
    def of_export(cls, secret: bytes) -> PackageKey:
        """That of the one export for which ``secret`` was made."""
        return cls(secret, Kind.EXPORT, derived(secret, _ID, KEY_ID_SIZE))

    def for_package(self, salt: bytes) -> tuple[bytes, bytes]:
        """The cipher's key and the check value of one package.

        A key for each, so that pieces can be numbered instead of having
        random nonces. The check value tells a wrong key from damage, and
        binds the package to one key, which AES-GCM alone does not.
        """
        label = f"dayfly 1 package, {self.kind.name.lower()}"
        made = derived(self._secret, label, CIPHER_SIZE + CHECK_SIZE, salt=salt)
        return made[:CIPHER_SIZE], made[CIPHER_SIZE:]

    def __repr__(self) -> str:
        return f"PackageKey(kind={self.kind!r}, key_id={self.key_id.hex()})"
