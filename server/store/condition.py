"""What a look at a database finds, for whoever asks whether all is well.

From a connection that cannot write, beside a server or without one; nothing
that anybody said is read.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.errors import Misconfigured
from server.store.connection import APPLICATION, MOST_CHECKED, refusal

#: Seconds after which what is due is overdue: the purge looks every second,
#: and erasing goes by batches.
PATIENCE: Final = 75.0

# What is overdue, by what it is; ?1 is now. An erasing may take an hour:
# applications are told again and again.
_OVERDUE: Final = {
    "conversations": (
        "SELECT count(*) FROM conversation WHERE due_at < ?1 - ?2"
        " AND phase NOT IN ('ending', 'closed')"
    ),
    "kept conversations": (
        "SELECT count(*) FROM conversation"
        " WHERE kept_until < ?1 - ?2 AND NOT held"
    ),
    "attachments": (
        "SELECT count(*) FROM attachment WHERE expires_at < ?1 - ?2"
    ),
    "erasures": (
        "SELECT count(*) FROM erasure"
        " WHERE done_at IS NULL AND asked_at < ?1 - 3600 AND ?2"
    ),
    "privacy requests": (
        "SELECT count(*) FROM privacy_request"
        " WHERE closed_at IS NULL AND due_at < ?1 AND ?2"
    ),
}
_NEWEST: Final = """
    SELECT max(
        coalesce((SELECT max(at_ms) / 1000.0 FROM audit), 0),
        coalesce((SELECT max(last_at) FROM conversation), 0)
    )
"""
_SLOTS: Final = """
    SELECT slot FROM conversation WHERE phase <> 'ending'
    UNION ALL SELECT slot FROM account_key
    UNION ALL SELECT slot FROM customer
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a database does.

    Attributes:
        newest_at: The newest moment that stands in it, unix seconds.
        overdue: How many of what are past their time.
        slots: Which slots of the key file its rows need.
        is_sound: Whether its pages are; None: it is too large to look.
        log_bytes: Of its write-ahead log.
    """

    newest_at: float
    overdue: dict[str, int]
    slots: frozenset[int]
    is_sound: bool | None
    log_bytes: int


def condition_of(path: Path, now: float) -> Condition:
    """How the database at ``path`` does; blocks.

    Raises:
        Misconfigured: There is none.
        Corrupt: It is damaged.
        Unavailable: It cannot be read.
    """
    if not path.exists():
        raise Misconfigured(f"there is no database {path}")
    log = path.with_name(path.name + "-wal")
    try:
        with closing(
            sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
            )
        ) as db:
            if db.execute("PRAGMA application_id").fetchone() != (APPLICATION,):
                raise Misconfigured(
                    f"{path} is the database of another program"
                )
            return Condition(
                newest_at=db.execute(_NEWEST).fetchone()[0],
                overdue={
                    what: count
                    for what, statement in _OVERDUE.items()
                    if (
                        count := db.execute(
                            statement, (now, PATIENCE)
                        ).fetchone()[0]
                    )
                },
                slots=frozenset(slot for (slot,) in db.execute(_SLOTS)),
                is_sound=_is_sound(db, path),
                log_bytes=log.stat().st_size if log.exists() else 0,
            )
    except sqlite3.Error as error:
        raise refusal(error, path) from None


def _is_sound(db: sqlite3.Connection, path: Path) -> bool | None:
    if path.stat().st_size > MOST_CHECKED:
        return None
    return bool(db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))


def sqlite_version() -> tuple[int, ...]:
    """Of the SQLite that is used."""
    return sqlite3.sqlite_version_info
