"""One key wrapper, or two while the master key is being changed.

The new one wraps. Whichever wrapped a slot unwraps it: each slot names its
key, so nothing is ever tried.
"""

from __future__ import annotations

from server.errors import Corrupt, Misconfigured
from server.ids import Randomness
from server.vault.key_header import Named, key_id_of
from server.vault.master_key import MasterKey
from server.vault.sealing import NONCE_SIZE
from server.vault.wrapping import KeyWrapper


class Wrappers:
    """Wraps data keys under the newest master key.

    Args:
        master: The master key.
        previous: The one before it, if the operator named one.

    Raises:
        Misconfigured: Both are the same.
    """

    def __init__(
        self, master: MasterKey, previous: MasterKey | None = None
    ) -> None:
        self._newest = KeyWrapper(master)
        self._previous = None if previous is None else KeyWrapper(previous)
        if self._newest.key_id == self.previous_id:
            raise Misconfigured(
                "the previous master key is the master key itself: make a new"
                " one for master_key_file, or name no previous one"
            )

    @property
    def key_id(self) -> bytes:
        """Names the newest."""
        return self._newest.key_id

    @property
    def previous_id(self) -> bytes | None:
        """Names the previous one; None if there is none."""
        return None if self._previous is None else self._previous.key_id

    def forget_previous(self) -> None:
        """Drop the previous one; what is under it does not open any more."""
        self._previous = None

    def wrap(
        self, secret: bytes, *, place: bytes, randomness: Randomness
    ) -> bytes:
        """What the slot at ``place`` is to hold."""
        nonce = randomness(NONCE_SIZE)
        return self._newest.wrap(secret, place=place, nonce=nonce)

    def unwrap(self, record: bytes, *, place: bytes) -> bytes:
        """Undo ``wrap``, of either.

        Raises:
            Corrupt: As ``KeyWrapper.unwrap``.
        """
        # Once: another thread may forget it between two looks.
        previous = self._previous
        if previous is not None and key_id_of(record) == previous.key_id:
            return previous.unwrap(record, place=place)
        return self._newest.unwrap(record, place=place)

    def rewrap(
        self, record: bytes, *, place: bytes, randomness: Randomness
    ) -> bytes:
        """``record`` under the newest; as it is if it is not the other's.

        Also if it does not open: it is of no use, but not ours to destroy.
        """
        previous = self._previous
        if previous is None:
            return record
        try:
            secret = previous.unwrap(record, place=place)
        except Corrupt:
            return record
        return self.wrap(secret, place=place, randomness=randomness)


def named(master: MasterKey) -> Named:
    """``master`` with its name."""
    return Named(master, KeyWrapper(master).key_id)
