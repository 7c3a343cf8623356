"""The head of the key file: under which master keys its slots are.

Layout

    bytes      name             value
    ---------  ---------------  ----------------------------------------
            8  MAGIC            89 "DAYFLY" 0A
            2  FORMAT           big-endian; how many keys follow: 1, or 2
                                while the master key is being changed
            2  SLOT_SIZE        big-endian; 128
    1 or 2 of                   the master key; then the previous one
            4  KEY_ID_SIZE      names the key-encryption key
           32  CHECK_SIZE       HMAC-SHA256 of the first 12 bytes and this
                                id, under a key derived from the master key
                                for this
         rest                   zeros
    ---------
         4096  HEADER_SIZE

All of it that is not zeros lies in one sector, so a crash while it is written
over leaves the old one or the new one, and either is right: the second key is
named before the first slot is under it, and dropped after the last one is.
"""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Final, NamedTuple

from server.errors import Corrupt, Misconfigured
from server.vault.master_key import MasterKey
from server.vault.wrapping import KEY_ID_SIZE, SLOT_SIZE, VERSION

MAGIC: Final = b"\x89DAYFLY\n"
CHECK_SIZE: Final = 32
HEADER_SIZE: Final = 4096

_FORMATS: Final = (1, 2)
_SLOT_SIZE_AT: Final = len(MAGIC) + 2
_IDS_AT: Final = _SLOT_SIZE_AT + 2
_CHECK_LABEL: Final = "dayfly 1 check value of a key file"

RESTORE: Final = (
    "restore it together with the database, both from the same backup;"
    " or move both away to begin without the conversations they hold"
)


class Named(NamedTuple):
    """A master key and the name of the key-encryption key made of it."""

    master: MasterKey
    key_id: bytes


def header_of(*keys: Named) -> bytes:
    """The ``HEADER_SIZE`` bytes of a file under ``keys``, the newest first."""
    head = MAGIC + len(keys).to_bytes(2, "big") + SLOT_SIZE.to_bytes(2, "big")
    checks = (
        key_id
        + hmac.digest(master.derive(_CHECK_LABEL), head + key_id, "sha256")
        for master, key_id in keys
    )
    return b"".join((head, *checks)).ljust(HEADER_SIZE, b"\0")


def needs_previous(
    found: bytes, path: Path, *, now: Named, previous: Named | None
) -> bool:
    """Whether slots may still be under ``previous``.

    Args:
        found: The header of the file.
        path: The file, to name it.
        now: The master key.
        previous: The one before it, if the operator named one.

    Raises:
        Misconfigured: The file is under other keys, or of another format.
        Corrupt: It is no key file, or its header is damaged.
    """
    named = key_ids_in(found, path)
    given = [now] if previous is None else [now, previous]
    if not named.issubset(key.key_id for key in given):
        raise Misconfigured(_other_keys(path, len(named), len(given)))
    # Also the other way round: somebody may turn back half way.
    known = [header_of(now)]
    if previous is not None:
        known += [
            header_of(previous),
            header_of(now, previous),
            header_of(previous, now),
        ]
    if not any(hmac.compare_digest(found, header) for header in known):
        raise Corrupt(f"{path} is damaged or cut off: {RESTORE}")
    return named != {now.key_id}


def key_ids_in(found: bytes, path: Path) -> set[bytes]:
    """The names of the keys that the header ``found`` names.

    Raises:
        Misconfigured: It is of another format.
        Corrupt: It is none.
    """
    if found[: len(MAGIC)] != MAGIC:
        raise Corrupt(f"{path} is not a key file: {RESTORE}")
    keys = int.from_bytes(found[len(MAGIC) : _SLOT_SIZE_AT], "big")
    slot_size = int.from_bytes(found[_SLOT_SIZE_AT:_IDS_AT], "big")
    if keys not in _FORMATS or slot_size != SLOT_SIZE:
        raise Misconfigured(
            f"{path} has a format this version of Dayfly does not know:"
            " start the version that wrote it"
        )
    starts = (_IDS_AT + n * (KEY_ID_SIZE + CHECK_SIZE) for n in range(keys))
    return {found[at : at + KEY_ID_SIZE] for at in starts}


def key_id_of(record: bytes) -> bytes:
    """Which key a slot's ``record`` says that it is under."""
    return record[len(VERSION) :][:KEY_ID_SIZE]


def _other_keys(path: Path, keys: int, given: int) -> str:
    if keys > given:
        return (
            f"the master key of {path} is being changed: name both keys,"
            " master_key_file and previous_master_key_file, until the log"
            " says 'master key rotated'"
        )
    if given > 1:
        return (
            f"{path} belongs to another master key: neither master_key_file"
            " nor previous_master_key_file is the one it was last used with"
        )
    return (
        f"{path} belongs to another master key: start with that one, or"
        " restore both; to change it, name the old one"
        " previous_master_key_file"
    )
