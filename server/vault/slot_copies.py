"""Copies of slots for a backup, and a key file made of such copies.

A copy is as it lies in the key file: a data key, wrapped under the master key
and bound to its place. No key is ever copied in the clear.

Why each is opened before it is copied: the list of slots is a moment old. A
slot may have been zeroed since, or hold somebody else's key, which has no
place in a backup. Only what opens as its owner's is copied.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final, Self

from server.errors import Corrupt, Misconfigured
from server.ids import Randomness
from server.vault.key_header import HEADER_SIZE
from server.vault.master_key import MasterKey
from server.vault.sealing import DataKey
from server.vault.slot_file import SlotFile
from server.vault.wrappers import Wrappers, named
from server.vault.wrapping import EMPTY, SLOT_SIZE, KeyWrapper, place_of

#: Looks at a slot that does not open: it may be half written just now, which
#: takes the writer microseconds.
_LOOKS: Final = 5


class SlotCopies:
    """Copies slots of a key file beside whoever writes it.

    Args:
        path: Of the file.
        master: What copies are under.
        previous: What slots may be under besides, while it is being changed.
        randomness: For nonces.

    Raises:
        Misconfigured: The file cannot be read.
    """

    def __init__(
        self,
        path: Path,
        master: MasterKey,
        *,
        previous: MasterKey | None = None,
        randomness: Randomness,
    ) -> None:
        self._wrappers = Wrappers(master, previous)
        self._randomness = randomness
        try:
            # Locks are held on the folder: closing this one loses none.
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise Misconfigured(
                f"cannot read the key file {path}: {error.strerror}"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def copy(self, slot: int, account: str, owner: str) -> bytes | None:
        """What lies in ``slot``, if it is ``owner``'s; else None.

        Always under the master key: what is under the previous one is
        wrapped anew.

        Raises:
            Corrupt: There is something, and it is not readable as theirs.
        """
        place = place_of(slot, account, owner)
        for _ in range(_LOOKS):
            record = os.pread(
                self._fd, SLOT_SIZE, HEADER_SIZE + slot * SLOT_SIZE
            )
            if record == EMPTY:
                return None
            record = self._wrappers.rewrap(
                record, place=place, randomness=self._randomness
            )
            try:
                self._wrappers.unwrap(record, place=place)
            except Corrupt:
                continue
            return record
        raise Corrupt("no readable key in this slot")


def opened_copy(
    record: bytes, wrapper: KeyWrapper, *, slot: int, owner: tuple[str, str]
) -> DataKey:
    """The key in a copy; proves that it is whole, and its owner's.

    Args:
        record: The copy.
        wrapper: Of the master key that it is under; made once for many.
        slot: Its number.
        owner: Account and owner.

    Raises:
        Corrupt: It is not.
    """
    place = place_of(slot, *owner)
    return DataKey(slot, wrapper.unwrap(record, place=place))


def make_key_file(
    path: Path, master: MasterKey, copies: Mapping[int, bytes]
) -> None:
    """Make a key file with each of ``copies`` at its number; blocks.

    Raises:
        Misconfigured: It cannot be made.
        Unavailable: The disk did not take it.
    """
    with closing(
        SlotFile.open(path, named(master), previous=None, disk=os)
    ) as file:
        file.write(copies)
