"""Opening the database file: settings, schema, and what its errors mean.

Every connection is set up here and nowhere else, and each setting is read
back: an SQLite built without one would otherwise drop a promise in silence.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiosqlite

from server.errors import Corrupt, Misconfigured, ServerError, Unavailable

#: In the file as ``user_version``. One more with every migration.
VERSION = 1
#: In the file as ``application_id``: "DFLY". Nobody's else is ours to touch.
APPLICATION = 0x44464C59
#: What is checked through after a crash. SQLite reads about 300 MB a second,
#: so this costs a quarter second; a bigger file would cost the start its 3 s.
MOST_CHECKED = 64 * 2**20

#: Name, value, and the value that SQLite then gives back.
SETTINGS = (
    # Milliseconds the writing thread may stand still because a reader is in a
    # checkpoint's way: all customers wait for it. History.checkpoint retries.
    ("busy_timeout", "100", "100"),
    # Readers and the writer do not wait for each other.
    ("journal_mode", "WAL", "wal"),
    # An acknowledgement has to outlive a power cut; NORMAL loses 72 % of the
    # last messages in that test, FULL none.
    ("synchronous", "FULL", "2"),
    # Deleted bytes are overwritten. Never FAST: it leaves free pages as is.
    ("secure_delete", "ON", "1"),
    # A sort must not leave rows in a temporary file.
    ("temp_store", "MEMORY", "2"),
    # A message without its conversation would be found by no purge.
    ("foreign_keys", "ON", "1"),
    # KiB, negative by SQLite's custom. Rows of 20,000 conversations.
    ("cache_size", "-8000", "-8000"),
    # The log is cut to this after a burst; erasing cuts it to nothing anyway.
    ("journal_size_limit", "8388608", "8388608"),
    # Views and triggers in a file somebody planted run no functions.
    ("trusted_schema", "OFF", "0"),
)

Settings = tuple[tuple[str, str, str], ...]

# At DEBUG it logs the values of every statement.
logging.getLogger("aiosqlite").setLevel(logging.WARNING)


async def open_writing(
    path: Path, settings: Settings = SETTINGS
) -> aiosqlite.Connection:
    """The connection that writes; makes the file and its tables if need be.

    Raises:
        Misconfigured: Something else uses the file, or made it, or this
            program may not; or SQLite lacks a setting.
        Corrupt: The file is damaged, or no database.
        Unavailable: The disk is full or failing.
    """
    has_to_be_checked = _was_cut_off(path)
    _make_private(path)
    async with _opened(path, "IMMEDIATE", settings) as db:
        await _check_schema(db, path)
        if has_to_be_checked:
            await _check_pages(db, path)
    return db


async def open_reading(path: Path) -> aiosqlite.Connection:
    """A connection that cannot write, to the file ``open_writing`` opened."""
    settings = (*SETTINGS, ("query_only", "ON", "1"))
    async with _opened(path, None, settings) as db:
        return db


@asynccontextmanager
async def _opened(
    path: Path, isolation: str | None, settings: Settings
) -> AsyncIterator[aiosqlite.Connection]:
    """A connection with its settings; closed again only if the body fails."""
    async with AsyncExitStack() as failing:
        try:
            db = await aiosqlite.connect(path, isolation_level=isolation)
            failing.push_async_callback(db.close)
            await _apply(db, settings)
            yield db
        except sqlite3.Error as error:
            raise refusal(error, path) from None
        failing.pop_all()


def is_at_most(path: Path, size: int) -> bool:
    """Whether ``path`` is there and has at most ``size`` bytes."""
    return path.exists() and path.stat().st_size <= size


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for an error of the Python module."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_damage(error: BaseException) -> bool:
    """Whether ``error`` says that the file is not what was written to it."""
    return isinstance(error, sqlite3.Error) and code_of(error) in {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }


def damage(path: Path) -> Corrupt:
    """What the operator is told of a damaged file."""
    return Corrupt(
        f"{path} is damaged or not a database: stop, keep a copy of the"
        " folder, and restore the last good one"
    )


def refusal(error: sqlite3.Error, path: Path) -> ServerError:
    """What ``error`` means while opening ``path``."""
    if is_damage(error):
        return damage(path)
    match code_of(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Misconfigured(
                f"{path} is in use by another program: stop that one first"
            )
        case (
            sqlite3.SQLITE_CANTOPEN
            | sqlite3.SQLITE_READONLY
            | sqlite3.SQLITE_PERM
        ):
            return Misconfigured(
                f"{path} cannot be opened for writing: check that its folder"
                " exists and belongs to the user the server runs as"
            )
        case _:
            return Unavailable(f"{path}: the disk is full or failing")


def _was_cut_off(path: Path) -> bool:
    """Whether the last stop was a crash, and the file small enough to check."""
    # A clean stop leaves no write-ahead log, or an empty one.
    log = path.with_name(path.name + "-wal")
    return (
        log.exists()
        and log.stat().st_size > 0
        and is_at_most(path, MOST_CHECKED)
    )


def _make_private(path: Path) -> None:
    # SQLite gives -wal and -shm the mode of the file they belong to.
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise Misconfigured(
            f"{path} cannot be made or opened: {error.strerror}"
        ) from None


async def _apply(db: aiosqlite.Connection, settings: Settings) -> None:
    for name, value, expected in settings:
        await db.execute_fetchall(f"PRAGMA {name} = {value}")
        if await _asked(db, name) != expected:
            raise Misconfigured(
                f"this SQLite ({sqlite3.sqlite_version}) does not take"
                f" {name} = {value}: use another build of it"
            )


async def _asked(db: aiosqlite.Connection, name: str) -> str:
    rows = list(await db.execute_fetchall(f"PRAGMA {name}"))
    return str(rows[0][0])


async def _check_schema(db: aiosqlite.Connection, path: Path) -> None:
    # Said aloud here, where it proves that nobody else is writing.
    await db.execute_fetchall("BEGIN IMMEDIATE")
    counted = await db.execute_fetchall("SELECT count(*) FROM sqlite_schema")
    version = int(await _asked(db, "user_version"))
    application = int(await _asked(db, "application_id"))
    await db.commit()
    if (version, application, *counted) == (0, 0, (0,)):
        await _make_schema(db)
    elif application != APPLICATION or version < 1:
        raise Misconfigured(f"{path} is the database of another program")
    elif version > VERSION:
        raise Misconfigured(
            f"{path} was written by a newer Dayfly (version {version} of its"
            f" tables, this one knows {VERSION}): run that one"
        )


async def _make_schema(db: aiosqlite.Connection) -> None:
    schema = Path(__file__).with_name("schema.sql").read_text("utf-8")
    # One transaction: a crash leaves all of it or nothing.
    await db.executescript(
        f"BEGIN IMMEDIATE;\n{schema}\n"
        f"PRAGMA application_id = {APPLICATION};\n"
        f"PRAGMA user_version = {VERSION};\n"
        "COMMIT;"
    )


async def _check_pages(db: aiosqlite.Connection, path: Path) -> None:
    rows = list(await db.execute_fetchall("PRAGMA quick_check(1)"))
    if rows[0][0] != "ok":
        raise damage(path)
