"""The key of one export, in letters that people can copy.

    7K3QD-0M1TR-...      40 letters and digits, eight groups of five

Base32 with Crockford's letters: no I, L, O or U, and when read an O is a 0,
an I or an L a 1, and capitals, gaps and dashes do not count. In them, 22
secret bytes, then the first three of their SHA-256 (with a label before
them): a slip of the pen is told from the wrong key, but for one in 16
million.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from server.errors import Misconfigured
from server.ids import Randomness
from server.vault.package_key import PackageKey

#: 176 bits: more than anybody can try, in as few letters as that allows.
SECRET_SIZE: Final = 22
CHECKSUM_SIZE: Final = 3
#: Characters of a key, gaps not counted.
LETTERS: Final = 40

_GROUP: Final = 5
_LABEL: Final = b"dayfly 1 one-time key"
_RFC_4648: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WRITTEN: Final = str.maketrans(_RFC_4648, _CROCKFORD)
_READ: Final = str.maketrans("OIL", "011", " -\t\r\n")
_DECODED: Final = str.maketrans(_CROCKFORD, _RFC_4648)
#: Whoever pastes a whole letter has made another mistake.
_LONGEST: Final = 200


class OneTimeKey:
    """22 secret bytes that no ``repr`` shows.

    Raises:
        Misconfigured: Not as many.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_SIZE:
            raise Misconfigured(f"a one-time key must be {SECRET_SIZE} bytes")
        self._secret = secret

    @classmethod
    def generate(cls, randomness: Randomness) -> OneTimeKey:
        """A new one; whoever gets it keeps it, for the server does not."""
        return cls(randomness(SECRET_SIZE))

    @classmethod
    def parse(cls, text: str) -> OneTimeKey:
        """Read what ``text`` wrote, as people copy it.

        Raises:
            Misconfigured: It is not written so, or with a mistake.
        """
        plain = text[:_LONGEST].upper().translate(_READ)
        if len(plain) != LETTERS:
            raise Misconfigured(
                f"a one-time key has {LETTERS} letters and digits"
            )
        # Before anything decodes it: the error of what does would quote it.
        if not set(plain) <= set(_CROCKFORD):
            raise Misconfigured(
                "there is a sign in this one-time key that none has"
            )
        raw = base64.b32decode(plain.translate(_DECODED))
        secret, checksum = raw[:SECRET_SIZE], raw[SECRET_SIZE:]
        if not hmac.compare_digest(_checksum(secret), checksum):
            raise Misconfigured(
                "this one-time key was copied with a mistake: compare it"
                " letter by letter"
            )
        return cls(secret)

    def text(self) -> str:
        """As it is given to whoever may open the export; never for a log."""
        raw = self._secret + _checksum(self._secret)
        letters = base64.b32encode(raw).decode().translate(_WRITTEN)
        starts = range(0, LETTERS, _GROUP)
        return "-".join(letters[at : at + _GROUP] for at in starts)

    def package_key(self) -> PackageKey:
        """What seals the export and opens it."""
        return PackageKey.of_export(self._secret)

    def __repr__(self) -> str:
        return "OneTimeKey(...)"


def _checksum(secret: bytes) -> bytes:
    return hashlib.sha256(_LABEL + secret).digest()[:CHECKSUM_SIZE]
