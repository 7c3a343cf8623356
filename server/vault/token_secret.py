"""A channel's secret for tokens, known to the account's back-end and to us.

Signatures use its bytes as they are, as every JWT library does. For sealing a
key is derived, so that neither use weakens the other:
``HKDF-SHA256(secret, salt empty, info SEALING_LABEL, 32 bytes)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.errors import Misconfigured
from server.ids import Randomness, new_token

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

FEWEST_BYTES: Final = 32
MOST_BYTES: Final = 512
SEALING_LABEL: Final = b"dayfly sealed token v1"

#: A typed pattern has fewer different bytes than any 32 random ones have.
_FEWEST_VALUES: Final = 8


class TokenSecret:
    """A channel's secret for tokens, that no ``repr`` shows.

    Raises:
        Misconfigured: Too short, too long, or a pattern.
    """

    __slots__ = ("_keys", "_text")

    def __init__(self, text: str) -> None:
        """Take ``text`` as JWT libraries do: its UTF-8 bytes are the key."""
        secret = text.encode("utf-8", "surrogatepass")
        if not FEWEST_BYTES <= len(secret) <= MOST_BYTES:
            raise Misconfigured(
                f"a token secret must be {FEWEST_BYTES} to {MOST_BYTES} bytes,"
                f" not {len(secret)}"
            )
        if len(set(secret)) < _FEWEST_VALUES:
            raise Misconfigured("a token secret must not be a pattern")
        self._text = text
        self._keys: tuple[OctKey, OctKey] | None = None

    @classmethod
    def generate(cls, randomness: Randomness) -> TokenSecret:
        """A new one: 43 characters that hold 256 random bits."""
        return cls(new_token(randomness))

    def text(self) -> str:
        """As it is given to the back-end; never for a log."""
        return self._text

    @property
    def signing(self) -> OctKey:
        """The key of HS256."""
        return self._made()[0]

    @property
    def sealing(self) -> OctKey:
        """The key of A256GCM."""
        return self._made()[1]

    def _made(self) -> tuple[OctKey, OctKey]:
        if self._keys is None:
            # Not at the top: see ``tokens``.
            from joserfc.jwk import OctKey  # noqa: PLC0415

            secret = self._text.encode("utf-8", "surrogatepass")
            sealing = HKDF(
                algorithm=SHA256(), length=32, salt=None, info=SEALING_LABEL
            ).derive(secret)
            self._keys = OctKey.import_key(secret), OctKey.import_key(sealing)
        return self._keys

    def __repr__(self) -> str:
        return "TokenSecret(...)"
