"""The SQL that writes a group; column lists are made from the rows' fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter

import aiosqlite

from server.domain.audit import Anchor, AuditRow
from server.store.group import Group
from server.store.rows import (
    AttachmentRow,
    ConversationRow,
    CursorRow,
    MessageRow,
    NoticeRow,
    SignInRow,
)

#: What a stored conversation never changes. Kept out of the update, because
#: SQLite rewrites the entry in every index whose column an update names.
FIXED = frozenset({"id", "account", "channel", "token_hash", "started_at"})


def columns(row: type) -> tuple[str, ...]:
    """The columns of ``row``'s table, in order."""
    return tuple(field.name for field in fields(row))


def _insert(table: str, row: type) -> str:
    names = columns(row)
    marks = ", ".join("?" * len(names))
    # Nothing but names of this program's own fields is put into the text.
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608


def _changed(row: type) -> str:
    return ", ".join(
        f"{name} = excluded.{name}"
        for name in columns(row)
        if name not in FIXED
    )


KEEP = (
    _insert("conversation", ConversationRow)
    + f" ON CONFLICT (id) DO UPDATE SET {_changed(ConversationRow)}"
)
ADD = _insert("message", MessageRow)
KEEP_SIGN_IN = (
    _insert("sign_in", SignInRow)
    + " ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at"
)
# A cursor that comes too late must not outlive what it points into.
KEEP_CURSOR = (
    "INSERT INTO handover SELECT ?1, ?2, ?3"
    " WHERE EXISTS (SELECT 1 FROM conversation WHERE id = ?1)"
    " ON CONFLICT (conversation, application)"
    " DO UPDATE SET cursor = excluded.cursor"
)
KEEP_NOTICE = (
    _insert("ending_notice", NoticeRow)
    + " ON CONFLICT (conversation, application)"
    " DO UPDATE SET undelivered = excluded.undelivered,"
    " messages = excluded.messages, kept_until = excluded.kept_until"
)
DROP_NOTICE = (
    "DELETE FROM ending_notice WHERE conversation = ? AND application = ?"
)
ADD_ATTACHMENT = _insert("attachment", AttachmentRow)
DROP_ATTACHMENT = "DELETE FROM attachment WHERE id = ?"
ERASE_ATTACHMENTS = "DELETE FROM attachment WHERE conversation = ?"
EXPIRE_NOTICES = "DELETE FROM ending_notice WHERE ended_at < ?"
ERASE_CURSORS = "DELETE FROM handover WHERE conversation = ?"
ERASE_MESSAGES = "DELETE FROM message WHERE conversation = ?"
ERASE = "DELETE FROM conversation WHERE id = ?"
DROP_SIGN_IN = "DELETE FROM sign_in WHERE hash = ?"
EXPIRE_SIGN_INS = "DELETE FROM sign_in WHERE expires_at <= ?"
ADD_AUDIT = _insert("audit", AuditRow)
KEEP_ANCHOR = (
    "INSERT OR REPLACE INTO audit_anchor"  # noqa: S608 - as above
    f" ({', '.join(columns(Anchor))}, seal) VALUES (?, ?, ?, ?, ?, ?)"
)
CUT_AUDIT = "DELETE FROM audit WHERE number <= ?"

# dataclasses.astuple copies deeply, at 20 times the price.
_of_conversation = attrgetter(*columns(ConversationRow))
_of_message = attrgetter(*columns(MessageRow))
_of_sign_in = attrgetter(*columns(SignInRow))
_of_cursor = attrgetter(*columns(CursorRow))
_of_attachment = attrgetter(*columns(AttachmentRow))
_of_notice = attrgetter(*columns(NoticeRow))
_of_audit = attrgetter(*columns(AuditRow))
_of_anchor = attrgetter(*columns(Anchor))


async def write(db: aiosqlite.Connection, group: Group) -> None:
    """Execute all of ``group`` and commit it.

    ``db`` begins a transaction by itself, ``IMMEDIATE``, at the first of
    these statements: a hop to its thread saved. The commonest group, messages
    and their conversations, takes three.

    Raises:
        sqlite3.Error: The caller has to roll back.
    """
    steps: tuple[tuple[str, Iterable[tuple[object, ...]]], ...] = (
        (KEEP, map(_of_conversation, group.conversations.values())),
        (ADD, map(_of_message, group.messages)),
        (ADD_ATTACHMENT, map(_of_attachment, group.attachments)),
        (KEEP_SIGN_IN, map(_of_sign_in, group.sign_ins)),
        (KEEP_CURSOR, map(_of_cursor, group.cursors)),
        (KEEP_NOTICE, map(_of_notice, group.notices)),
        # Deletions last: see group.py. Messages first: they refer.
        (DROP_ATTACHMENT, ((id_,) for id_ in group.dropped_attachments)),
        (ERASE_ATTACHMENTS, ((id_,) for id_ in group.erased)),
        (ERASE_CURSORS, ((id_,) for id_ in group.erased)),
        (ERASE_MESSAGES, ((id_,) for id_ in group.erased)),
        (ERASE, ((id_,) for id_ in group.erased)),
        (EXPIRE_SIGN_INS, _some(group.sign_ins_expire_at)),
        (DROP_SIGN_IN, ((hash_,) for hash_ in group.dropped_sign_ins)),
        (DROP_NOTICE, group.dropped_notices),
        (EXPIRE_NOTICES, [(group.expired,)] if group.expired else []),
        (ADD_AUDIT, map(_of_audit, group.audits)),
        *_anchoring(group),
    )
    for statement, rows in steps:
        values = list(rows)
        if values:
            await db.executemany(statement, values)
    for deed in group.deeds:
        await db.execute(deed.statement, deed.values)
    await db.commit()


def _some(value: float | None) -> Iterable[tuple[object, ...]]:
    return () if value is None else ((value,),)


def _anchoring(
    group: Group,
) -> Iterable[tuple[str, Iterable[tuple[object, ...]]]]:
    if group.anchor is None:
        return ()
    anchor, seal = group.anchor
    # In this order: the database lets go only of what lies before the anchor.
    return (
        (KEEP_ANCHOR, [(*_of_anchor(anchor), seal)]),
        (CUT_AUDIT, [(anchor.first,)]),
    )
