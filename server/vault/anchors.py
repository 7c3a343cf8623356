"""Seals of the audit log: what only the holder of the master key can make.

A chain of hashes can be made anew by anybody who can write the file, and cut
short by a single deletion. The seal over its beginning and its end cannot.
What it does not show: that the whole file was put back to an older state.
"""

from __future__ import annotations

import hashlib
import hmac

from server.domain.audit import Anchor
from server.ids import text_of
from server.vault.master_key import MasterKey

_ANCHORS = "audit anchors, version 1"
_SUBJECTS = "audit subjects, version 1"
_SETTINGS = "settings digests, version 1"


class Anchors:
    """Seals anchors and checks them.

    Args:
        master: Under which everything is sealed.
        previous: The one before it, while the master key is being changed:
            what was sealed under it is believed once more.
    """

    def __init__(
        self, master: MasterKey, previous: MasterKey | None = None
    ) -> None:
        self._key = master.derive(_ANCHORS)
        self._keys = [one.derive(_ANCHORS) for one in (master, previous) if one]
        self._subjects_key = master.derive(_SUBJECTS)
        self._settings_key = master.derive(_SETTINGS)

    def seal(self, anchor: Anchor) -> bytes:
        """32 bytes that nobody else can make for ``anchor``."""
        return _seal(self._key, anchor)

    def is_sound(self, anchor: Anchor, seal: bytes) -> bool:
        """Whether ``seal`` is that of ``anchor``."""
        return any(
            hmac.compare_digest(_seal(key, anchor), seal) for key in self._keys
        )

    def forget_previous(self) -> None:
        """Believe from now on only what is sealed under the master key."""
        del self._keys[1:]

    def pseudonym(self, subject: str) -> str:
        """What stands in the log for ``subject``; the same for the same.

        The log outlives conversations, and their ids must not: whoever still
        knows one can find what was done in it, with the master key.
        """
        digest = hmac.digest(self._subjects_key, subject.encode(), "sha256")
        return text_of(digest[:12])

    def digest(self, settings: bytes) -> bytes:
        """What is kept of ``settings``, to know whether they have changed.

        Keyed: a plain hash would let whoever reads the file try passwords
        and secrets against it.
        """
        return hmac.digest(self._settings_key, settings, hashlib.sha256)


def _seal(key: bytes, anchor: Anchor) -> bytes:
    return hmac.digest(key, anchor.canonical(), hashlib.sha256)
