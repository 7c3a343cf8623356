"""The head of a package: of which kind it is, and which key opens it.

    bytes  name         value
    -----  -----------  ----------------------------------------------------
        8  MAGIC        89 "DFPACK" 0A
        1  VERSION      0x01
        1               the kind: 1 an export, 2 a backup
        4  KEY_ID_SIZE  names the key
       16  SALT_SIZE    random
       32  CHECK_SIZE   check value of the key: see ``PackageKey.for_package``
    -----
       62  HEADER_SIZE

All of it is authenticated with every piece that follows.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from server.errors import Corrupt
from server.vault.package_key import CHECK_SIZE, KEY_ID_SIZE, Kind, PackageKey

MAGIC: Final = b"\x89DFPACK\n"
VERSION: Final = b"\x01"
SALT_SIZE: Final = 16

_KIND_AT: Final = len(MAGIC) + len(VERSION)
_KEY_ID_AT: Final = _KIND_AT + 1
_SALT_AT: Final = _KEY_ID_AT + KEY_ID_SIZE
_CHECK_AT: Final = _SALT_AT + SALT_SIZE
HEADER_SIZE: Final = _CHECK_AT + CHECK_SIZE


class WrongKey(Corrupt):
    """The package is whole as far as one can tell, but not this key's.

    Attributes:
        key_id: Names the one it needs.
    """

    def __init__(self, key_id: bytes) -> None:
        super().__init__(f"the package needs another key, {key_id.hex()}")
        self.key_id = key_id


@dataclass(frozen=True, slots=True)
class PackageHeader:
    """What can be known of a package without its key.

    Attributes:
        kind: What is in it.
        key_id: Names the key that opens it.
        raw: All of it.
    """

    kind: Kind
    key_id: bytes
    raw: bytes

    @classmethod
    def read(cls, raw: bytes) -> PackageHeader:
        """The header that the first ``HEADER_SIZE`` bytes of a package are.

        Raises:
            Corrupt: They are none, or of a later version.
        """
        if len(raw) != HEADER_SIZE or not raw.startswith(MAGIC):
            raise Corrupt("this is no package, or only a part of one")
        if raw[len(MAGIC) : _KIND_AT] != VERSION or raw[_KIND_AT] not in set(
            Kind
        ):
            raise Corrupt("this package is of a version not known here")
        return cls(Kind(raw[_KIND_AT]), raw[_KEY_ID_AT:_SALT_AT], raw)

    def cipher_secret(self, key: PackageKey) -> bytes:
        """The key of the package's cipher.

        Raises:
            WrongKey: ``key`` is not the one it was sealed with.
            Corrupt: It is for packages of another kind.
        """
        if key.kind is not self.kind:
            raise Corrupt(
                f"this package is of the kind {self.kind.name.lower()},"
                f" not {key.kind.name.lower()}"
            )
        secret, check = key.for_package(self.raw[_SALT_AT:_CHECK_AT])
        if not hmac.compare_digest(check, self.raw[_CHECK_AT:]):
            raise WrongKey(self.key_id)
        return secret


def header_for(key: PackageKey, salt: bytes) -> PackageHeader:
    """The header of a new package under ``key``; ``salt`` must be random."""
    _, check = key.for_package(salt)
    kind = bytes([key.kind])
    return PackageHeader(
        key.kind,
        key.key_id,
        MAGIC + VERSION + kind + key.key_id + salt + check,
    )
