"""What is read back of the audit log: by the server, and without one.

The server needs its two ends only. Whoever checks it reads all of it, from a
connection that cannot write, in one snapshot: also while a server runs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from server.domain.audit import Actor, Anchor, AuditRow
from server.errors import Misconfigured
from server.store.connection import APPLICATION, refusal
from server.store.statements import columns

Rows = Callable[..., Awaitable[list[Any]]]

_ROW = columns(AuditRow)
_ANCHOR = columns(Anchor)
# Only names of this program's own fields are put into the statements.
_ROWS = f"SELECT {', '.join(_ROW)} FROM audit"  # noqa: S608
_ANCHORS = f"SELECT {', '.join(_ANCHOR)}, seal FROM audit_anchor"  # noqa: S608
_LAST = f"{_ROWS} ORDER BY number DESC LIMIT 1"
# By number, not by time: clocks are set back, and a log has no gaps.
_OLD = f"""
    {_ROWS} WHERE number < coalesce(
        (SELECT min(number) FROM audit WHERE at_ms >= ?),
        (SELECT max(number) FROM audit)
    ) ORDER BY number DESC LIMIT 1
"""  # noqa: S608


_PAGE = f"{_ROWS} WHERE number < ? ORDER BY number DESC LIMIT ?"
# An account's part is looked for among all rows: there are few, and few ask.
# CROSS has SQLite look up each row's actor, and not each actor's rows.
_PAGE_OF = f"""
    WITH asked(kind, id, since_ms) AS MATERIALIZED (
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
            json_extract(value, '$[2]')
        FROM json_each(?2)
    )
    {_ROWS} CROSS JOIN asked
    ON kind = actor_kind AND id = actor AND since_ms <= at_ms
    WHERE number < ?1 ORDER BY number DESC LIMIT ?3
"""  # noqa: S608
_LARGEST = 2**63 - 1


class Audited:
    """The ends of the log, and its pages; what is committed of them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def anchor(self) -> tuple[Anchor, bytes] | None:
        """Where it begins and ends, and the seal of that."""
        rows = await self._rows(_ANCHORS)
        return _anchor(rows[0]) if rows else None

    async def last(self) -> AuditRow | None:
        """The newest row."""
        rows = await self._rows(_LAST)
        return AuditRow(**_named(rows[0])) if rows else None

    async def last_before(self, at_ms: int) -> AuditRow | None:
        """The newest row of those that are older, all of them in a row.

        The very last row is never among them, however old it is.
        """
        rows = await self._rows(_OLD, at_ms)
        return AuditRow(**_named(rows[0])) if rows else None

    async def page(
        self,
        *,
        before: int | None,
        limit: int,
        actors: Collection[Actor] | None = None,
    ) -> list[AuditRow]:
        """The newest rows, newest first.

        Args:
            before: Only those with a smaller number; None: all.
            limit: How many.
            actors: Only what these did; None: whoever did it.
        """
        end = _LARGEST if before is None else before
        if actors is None:
            rows = await self._rows(_PAGE, end, limit)
        else:
            asked = json.dumps(sorted(actors))
            rows = await self._rows(_PAGE_OF, end, asked, limit)
        return [AuditRow(**_named(row)) for row in rows]


class AuditFile:
    """The whole log, read without a server; every method blocks."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def anchor(self) -> tuple[Anchor, bytes] | None:
        """Where it begins and ends, and the seal of that."""
        row = self._db.execute(_ANCHORS).fetchone()
        return _anchor(row) if row else None

    def rows(self) -> Iterator[AuditRow]:
        """Every row, in order."""
        found = self._db.execute(f"{_ROWS} ORDER BY number")
        return (AuditRow(**_named(row)) for row in found)


@contextmanager
def audit_file(path: Path) -> Iterator[AuditFile]:
    """The log in the database at ``path``, as it is now.

    Raises:
        Misconfigured: There is none.
        Corrupt: The file is damaged.
        Unavailable: It cannot be read.
    """
    if not path.exists():
        raise Misconfigured(f"there is no database {path}")
    try:
        with closing(_opened(path)) as db:
            found = db.execute("PRAGMA application_id").fetchone()
            if found != (APPLICATION,):
                raise Misconfigured(
                    f"{path} is the database of another program"
                )
            # One snapshot for the anchor and for all rows.
            db.execute("BEGIN")
            yield AuditFile(db)
    except sqlite3.Error as error:
        raise refusal(error, path) from None


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
    )
    db.execute("PRAGMA trusted_schema = OFF")
    return db


def _named(row: Any) -> dict[str, Any]:
    return dict(zip(_ROW, row, strict=True))


def _anchor(row: Any) -> tuple[Anchor, bytes]:
    *fields, seal = row
    return Anchor(**dict(zip(_ANCHOR, fields, strict=True))), seal
