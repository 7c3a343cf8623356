"""Tests of server/store/connection.py."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from pathlib import Path

import pytest

from server.errors import Corrupt, Misconfigured, Unavailable
from server.store.connection import (
    SETTINGS,
    open_reading,
    open_writing,
    refusal,
)
from tests.store.samples import (
    conversation,
    conversation_id,
    damage,
    keeping,
    running,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "history.db"


@pytest.fixture
def open_to_all(path: Path) -> Path:
    """The same, where a file is that everybody may read."""
    path.touch()
    path.chmod(0o666)
    return path


@pytest.fixture
def no_database(path: Path) -> Path:
    """The same, where some other file is."""
    path.write_text("no database at all, but some text\n" * 100)
    return path


@pytest.fixture
def folder(path: Path) -> Path:
    """The same, where a folder is."""
    path.mkdir()
    return path


async def make(path: Path) -> None:
    """Make a database with one conversation, and stop cleanly."""
    async with running(path) as history:
        await history.write(keeping(conversation()))


def alter(path: Path, *statements: str) -> None:
    """Do to the file what no Dayfly does."""
    db = sqlite3.connect(path)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


async def test_only_its_owner_may_read_the_file(open_to_all: Path) -> None:
    """Also where somebody had opened it to all, and the log beside it."""
    async with running(open_to_all) as history:
        await history.write(keeping(conversation()))

        modes = {
            file.stat().st_mode & 0o777 for file in open_to_all.parent.iterdir()
        }
        assert modes == {0o600}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting[0])
async def test_each_setting_is_read_back(
    path: Path, setting: tuple[str, str, str]
) -> None:
    """An SQLite without one of them is refused, not used with less."""
    name, value, _ = setting

    with pytest.raises(Misconfigured, match=f"does not take {name} = {value}"):
        await open_writing(path, ((name, value, "something else"),))


async def test_every_connection_has_the_settings(path: Path) -> None:
    """Both delete for good and sync in full; the reading one cannot write."""
    writer = await open_writing(path)
    reader = await open_reading(path)
    for db in (writer, reader):
        for name, _, expected in SETTINGS:
            [(found,)] = await db.execute_fetchall(f"PRAGMA {name}")
            assert str(found) == expected

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await reader.execute("DELETE FROM conversation")
    await reader.close()
    await writer.close()


async def test_sql_and_its_values_are_never_logged(path: Path) -> None:
    """aiosqlite stays silent even where the root logger is set to DEBUG."""
    await make(path)

    assert not logging.getLogger("aiosqlite").isEnabledFor(logging.DEBUG)


async def test_a_newer_database_is_left_alone(path: Path) -> None:
    """After a step back to an older Dayfly the operator is told so."""
    await make(path)
    alter(path, "PRAGMA user_version = 2")

    with pytest.raises(Misconfigured, match="newer Dayfly"):
        await open_writing(path)


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE other (id)", "PRAGMA application_id = 7"]
)
async def test_another_programs_database_is_left_alone(
    path: Path, statement: str
) -> None:
    """No table is added to what is not ours."""
    alter(path, statement)

    with pytest.raises(Misconfigured, match="another program"):
        await open_writing(path)


async def test_a_file_that_is_no_database_is_named(no_database: Path) -> None:
    """The operator is told which file, and what to do."""
    with pytest.raises(Corrupt, match=r"history\.db.*restore"):
        await open_writing(no_database)


async def test_a_locked_database_is_named(path: Path) -> None:
    """Another program that is writing to it has to stop first."""
    await make(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Misconfigured, match="in use by another program"):
        await open_writing(path)
    other.close()


async def test_a_folder_in_its_place_is_named(folder: Path) -> None:
    """What cannot be opened is said with the system's reason."""
    with pytest.raises(Misconfigured, match="Is a directory"):
        await open_writing(folder)


async def test_reading_refuses_as_writing_does(no_database: Path) -> None:
    """The second connection translates its errors as well."""
    with pytest.raises(Corrupt, match="restore"):
        await open_reading(no_database)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, Unavailable),
        (sqlite3.SQLITE_IOERR_FSYNC, Unavailable),
        (sqlite3.SQLITE_CANTOPEN, Misconfigured),
        (sqlite3.SQLITE_READONLY_DIRECTORY, Misconfigured),
        (sqlite3.SQLITE_BUSY_RECOVERY, Misconfigured),
        (sqlite3.SQLITE_CORRUPT_INDEX, Corrupt),
    ],
)
def test_each_error_says_who_must_act(
    path: Path, code: int, kind: type[Exception]
) -> None:
    """A failing disk, a wrong setting and a damaged file are three things."""
    error = sqlite3.OperationalError("whatever SQLite says")
    error.sqlite_errorcode = code

    told = refusal(error, path)

    assert isinstance(told, kind)
    assert "whatever" not in str(told)


async def crashed(path: Path) -> Path:
    """A copy of what a kill would leave: the file and its log."""
    left = path.parent / "left"
    async with running(path) as history:
        await history.write(keeping(conversation(1)))
        await history.checkpoint()
        await history.write(keeping(conversation(2)))
        shutil.copytree(path.parent, left)
    return left / path.name


async def test_what_was_written_outlives_a_crash(path: Path) -> None:
    """The log of the last run is taken up, checked, and everything is there."""
    left = await crashed(path)

    async with running(left) as history:
        assert len(await history.all_live()) == 2


async def test_damage_is_found_after_a_crash(path: Path) -> None:
    """Before the port opens, rather than when a customer comes back."""
    left = await crashed(path)
    damage(left, "message")  # not in the log, which would hide it

    with pytest.raises(Corrupt, match="damaged"):
        await open_writing(left)


async def test_opening_again_changes_nothing(path: Path) -> None:
    """A clean stop leaves no log, and the next start finds the rows."""
    await make(path)
    log = path.with_name(path.name + "-wal")
    assert not log.exists() or log.stat().st_size == 0

    async with running(path) as history:
        found = await history.conversation(conversation_id(1))
        assert found == conversation()
