"""The master key: the one secret from which every other key follows.

It never encrypts anything itself. ``derive`` makes a key of its own for each
use (HKDF-SHA256 with the use as label), so that what one of them gives away
says nothing about the others.

A key that cannot be secret is refused, not warned about: a file that others
can read, a sample copied out of a manual, a pattern somebody typed.
"""

from __future__ import annotations

import base64
import binascii
from itertools import pairwise
from pathlib import Path
from typing import Final

from server.errors import Misconfigured
from server.ids import Randomness
from server.vault.derivation import derived
from server.vault.private_files import is_private

MASTER_SIZE: Final = 32
HEX_LENGTH: Final = 2 * MASTER_SIZE

#: Random keys have 30 different byte values on average; one in 10^18 has as
#: few as this. Typed patterns have fewer.
_FEWEST_VALUES: Final = 12
#: A key file is one line; whatever is longer is some other file.
_LONGEST_FILE: Final = 4096

#: Keys that stand in our own documents. They are in clear here because they
#: are public: that is what is wrong with them.
SAMPLES: Final = frozenset({b"dayfly-sample-key-do-not-use-it!"})


class MasterKey:
    """32 secret bytes that no ``repr`` shows.

    Raises:
        Misconfigured: Wrong length, or a key that anybody could guess.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != MASTER_SIZE:
            raise Misconfigured(
                f"the master key must be {MASTER_SIZE} bytes,"
                f" not {len(secret)}: make one with"
                f" 'openssl rand -base64 {MASTER_SIZE}'"
            )
        if _is_guessable(secret):
            raise Misconfigured(
                "the master key is a known sample or a pattern: make one with"
                f" 'openssl rand -base64 {MASTER_SIZE}'"
            )
        self._secret = secret

    @classmethod
    def parse(cls, text: str) -> MasterKey:
        """Read a key written in base64 (either alphabet) or in hex.

        Raises:
            Misconfigured: It is neither, or the key may not be used.
        """
        text = text.strip()
        try:
            if len(text) == HEX_LENGTH:
                secret = bytes.fromhex(text)
            else:
                plain = text.translate(_FROM_URL_ALPHABET).rstrip("=")
                padding = "=" * (-len(plain) % 4)
                secret = base64.b64decode(plain + padding, validate=True)
        except (ValueError, binascii.Error):
            # From None: the error's own text could quote the key.
            raise Misconfigured(
                f"the master key must be {MASTER_SIZE} bytes in base64 or hex"
            ) from None
        return cls(secret)

    @classmethod
    def load_file(cls, path: Path) -> MasterKey:
        """Read a key from a file that only its owner may read.

        Raises:
            Misconfigured: Naming the file and what is wrong with it.
        """
        try:
            with path.open("rb") as file:
                # Of the open file, not of its name: that could change hands
                # between the look and the reading.
                is_ours_alone = is_private(file.fileno())
                text = file.read(_LONGEST_FILE)
        except OSError as error:
            raise Misconfigured(
                f"cannot read the master key file {path}: {error.strerror}"
            ) from error
        if not is_ours_alone:
            raise Misconfigured(
                f"the master key file {path} is open to others:"
                f" run 'chmod 600 {path}', and change the key"
            )
        try:
            return cls.parse(text.decode("ascii", "replace"))
        except Misconfigured as error:
            raise Misconfigured(f"{path}: {error}") from None

    @classmethod
    def generate(cls, randomness: Randomness) -> MasterKey:
        """A new key; whoever asks for it keeps it, or loses what it seals."""
        return cls(randomness(MASTER_SIZE))

    def derive(self, label: str, length: int = 32) -> bytes:
        """``length`` bytes for the use named ``label``, always the same."""
        # No salt: it would have to be stored where losing it loses
        # everything.
        return derived(self._secret, label, length)

    def text(self) -> str:
        """The key in base64, for its owner to keep; never for a log."""
        return base64.b64encode(self._secret).decode()

    def __repr__(self) -> str:
        return "MasterKey(...)"


_FROM_URL_ALPHABET = str.maketrans("-_", "+/")


def _is_guessable(secret: bytes) -> bool:
    # Equal steps: one byte repeated, 0, 1, 2, ... and the like.
    steps = {(right - left) % 256 for left, right in pairwise(secret)}
    return (
        len(steps) == 1
        or len(set(secret)) < _FEWEST_VALUES
        or secret in SAMPLES
    )
