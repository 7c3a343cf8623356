"""Searching files for bytes that must not be in them.

What is searched for is cut to one length, so that one pass over a file finds
any of a hundred thousand strings: the file is walked byte by byte, and each
window looked up in a set.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from server.data_folder import DataFolder
from server.vault.key_header import HEADER_SIZE
from server.vault.wrapping import SLOT_SIZE

#: Bytes of a canary that are looked for. Sixteen random ones never meet by
#: chance; of a hexadecimal text they are still 64 bits.
WINDOW = 16
#: A window with fewer different bytes is padding, not a secret.
LEAST_DIFFERENT = 8
_ACCOUNTS = "SELECT slot FROM account_key"
#: Columns of the database that are sealed, or that open something.
COLUMNS = (("message", "sealed"), ("conversation", "token_hash"))


def count_in(folder: Path, canaries: Iterable[bytes]) -> int:
    """How many different ``canaries`` are in any file below ``folder``.

    Only the first ``WINDOW`` bytes of each are looked for.
    """
    wanted = {canary[:WINDOW] for canary in canaries}
    found: set[bytes] = set()
    for path in folder.rglob("*"):
        if path.is_file():
            found |= _windows(path.read_bytes()) & wanted
    return len(found)


def _windows(data: bytes) -> set[bytes]:
    return {data[at : at + WINDOW] for at in range(len(data) - WINDOW + 1)}


def stored_canaries(data: Path) -> set[bytes]:
    """The sealed messages and wrapped keys that lie in the data folder now.

    Reads a copy, so that the server's own files are neither locked nor kept
    from being truncated.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "data"
        # A socket is no file, and cannot be copied.
        sockets = shutil.ignore_patterns("*.sock")
        shutil.copytree(data, copy, ignore=sockets)
        windows = {
            *_of_database(DataFolder(copy).database),
            *_of_keys(DataFolder(copy)),
        }
        return {w for w in windows if len(set(w)) >= LEAST_DIFFERENT}


def _of_keys(folder: DataFolder) -> Iterator[bytes]:
    content = folder.keys.read_bytes()
    with closing(sqlite3.connect(folder.database)) as database:
        # An account's key outlives its conversations.
        lasting = {slot for (slot,) in database.execute(_ACCOUNTS)}
    for at in range(HEADER_SIZE, len(content), WINDOW):
        if (at - HEADER_SIZE) // SLOT_SIZE not in lasting:
            yield content[at : at + WINDOW]


def _of_database(path: Path) -> Iterator[bytes]:
    database = sqlite3.connect(path)
    try:
        for table, column in COLUMNS:
            # Both names are constants of this file.
            rows = database.execute(
                f"SELECT {column} FROM {table}"  # noqa: S608
            )
            for (value,) in rows:
                # The end of an envelope: ciphertext and tag, never a header.
                yield value[-WINDOW:]
    finally:
        database.close()
