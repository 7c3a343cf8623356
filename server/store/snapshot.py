"""A backup's view of the database: what accounts are made of, at one moment.

Which tables those are is decided here, table by table; a test knows that none
is forgotten. Nothing of a conversation is among them.

Rules of this file
    1. All of it is read in one transaction, from a connection that cannot
       write, in a thread of its own: nobody waits for it.
    2. While it is open the database's log cannot be emptied, and what ends
       meanwhile is erased when it is closed: so it is never kept open for
       somebody slow.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from server.errors import Misconfigured
from server.store.connection import APPLICATION, refusal

#: The tables in a backup, in the order in which they are put back. Who was
#: erased comes first: whoever restores looks there before anybody is let in.
KEPT: Final = (
    "erased",
    "account_key",
    "resource",
    "customer",
    "customer_address",
    "customer_event",
    "privacy_request",
    "erasure",
    "audit",
    "audit_anchor",
)

#: The others, which belong to conversations, or are worth nothing later.
LEFT_OUT: Final = (
    "conversation",
    "message",
    "attachment",
    "handover",
    "ending_notice",
    "sign_in",
)

#: Rows asked for at once.
_ROWS: Final = 500


class Snapshot:
    """The database as it was at one moment; every method blocks."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of the columns of ``table``, which is ours."""
        return columns_of(self._db, table)

    def rows(self, table: str) -> Iterator[Sequence[Any]]:
        """Every row of ``table``, which is ours."""
        found = self._db.execute(f"SELECT * FROM {table}")  # noqa: S608 - KEPT
        while some := found.fetchmany(_ROWS):
            yield from some

    def account_slots(self) -> list[tuple[int, str]]:
        """Slot and account of each account's key."""
        return self._db.execute(
            "SELECT slot, account FROM account_key ORDER BY slot"
        ).fetchall()

    def accounts(self) -> list[tuple[str, float]]:
        """Id of each account that has a key, and when it was made."""
        return self._db.execute(
            "SELECT account, coalesce(created_at, 0.0) FROM account_key"
            " LEFT JOIN resource USING (account)"
            " WHERE kind = 'account' OR kind IS NULL"
        ).fetchall()

    def customer_slots(self) -> Iterator[tuple[int, str, str]]:
        """Slot, account and id of each customer."""
        found = self._db.execute(
            "SELECT slot, account, id FROM customer ORDER BY slot"
        )
        while some := found.fetchmany(_ROWS):
            yield from some

    def things(self) -> list[tuple[str, str, str]]:
        """Kind, account and id of all that accounts are made of."""
        return self._db.execute(
            "SELECT kind, account, id FROM resource"
        ).fetchall()


def columns_of(db: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The names of the columns of ``table``, in their order."""
    return tuple(
        name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")
    )


@contextmanager
def snapshot(path: Path) -> Iterator[Snapshot]:
    """The database at ``path``, as it is now; also beside a server.

    Raises:
        Misconfigured: There is none.
        Corrupt: The file is damaged.
        Unavailable: It cannot be read.
    """
    if not path.exists():
        raise Misconfigured(f"there is no database {path}")
    try:
        with closing(_opened(path)) as db:
            if db.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
                raise Misconfigured(
                    f"{path} is the database of another program"
                )
            db.execute("BEGIN")
            yield Snapshot(db)
    except sqlite3.Error as error:
        raise refusal(error, path) from None


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
    )
    db.execute("PRAGMA trusted_schema = OFF")
    return db
