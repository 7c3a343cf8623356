"""A database made anew from the rows of a backup.

It is one transaction: a file that was not finished holds nothing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from server.domain.audit import Anchor, AuditRow
from server.errors import Corrupt, Misconfigured
from server.store.audited import AuditFile
from server.store.connection import APPLICATION, VERSION, refusal
from server.store.deeds import Table
from server.store.snapshot import KEPT, columns_of
from server.store.statements import columns

#: Nothing needs a journal: whoever is stopped half way begins anew.
_SETTINGS: Final = (
    "secure_delete = ON",
    "temp_store = MEMORY",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "journal_mode = MEMORY",
    "synchronous = FULL",
)
_AUDIT: Final = Table("audit", AuditRow, "number")


class Restored:
    """A database that is being filled; every method blocks."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def insertion(self, table: str, names: Sequence[str]) -> str:
        """The statement that puts a row with these columns into ``table``.

        Raises:
            Corrupt: There is no such table in a backup, or no such column.
        """
        if table not in KEPT or not set(names) <= set(
            columns_of(self._db, table)
        ):
            raise Corrupt("a backup has no such table, or no such column")
        marks = ", ".join("?" * len(names))
        # Both are names of our own: that has just been looked up.
        return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608

    def insert(self, statement: str, row: Sequence[Any]) -> None:
        """Put ``row`` there with that ``insertion``.

        Raises:
            Corrupt: It does not fit: it was never in such a table.
        """
        try:
            self._db.execute(statement, tuple(row))
        except (
            sqlite3.IntegrityError,
            sqlite3.ProgrammingError,
            sqlite3.InterfaceError,
            OverflowError,
        ):
            raise Corrupt("a row of the backup does not fit") from None

    def audit_end(self) -> tuple[Anchor, bytes] | None:
        """Where the audit log ends, and the seal of that."""
        return AuditFile(self._db).anchor()

    def note(self, row: AuditRow, anchor: Anchor, seal: bytes) -> None:
        """Put ``row`` behind the audit log, which ends with it."""
        names = (*columns(Anchor), "seal")
        marks = ", ".join("?" * len(names))
        self._db.execute("DELETE FROM audit_anchor")
        self._db.execute(*_AUDIT.keep(row))
        self._db.execute(
            f"INSERT INTO audit_anchor ({', '.join(names)})"  # noqa: S608 - ours
            f" VALUES ({marks})",
            (
                anchor.first,
                anchor.first_chain,
                anchor.last,
                anchor.last_chain,
                anchor.settings,
                seal,
            ),
        )


@contextmanager
def restored(path: Path) -> Iterator[Restored]:
    """A new database at ``path``, kept if the block raises nothing.

    Raises:
        Misconfigured: There is something at ``path``, or it cannot be made.
        Corrupt: What was put into it contradicts itself.
        Unavailable: The disk is full or failing.
    """
    schema = Path(__file__).with_name("schema.sql").read_text("utf-8")
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        os.close(os.open(path, flags, 0o600))
    except OSError as error:
        raise Misconfigured(f"cannot make {path}: {error.strerror}") from None
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            for setting in _SETTINGS:
                db.execute(f"PRAGMA {setting}")
            db.executescript(
                f"BEGIN IMMEDIATE;\n{schema}\n"
                f"PRAGMA application_id = {APPLICATION};\n"
                f"PRAGMA user_version = {VERSION};\n"
            )
            yield Restored(db)
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise refusal(error, path) from None
