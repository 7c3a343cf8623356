"""Tests of server/store/history.py: disks that are full, failing or wrong."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.clock import SystemClock
from server.errors import Corrupt, Misconfigured, Unavailable
from server.store.group import Group
from server.store.history import History
from server.store.rows import MessageRow
from tests.store.samples import (
    Note,
    adding,
    conversation,
    conversation_id,
    keeping,
    message,
    opened,
    running,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "history.db"


async def limit_pages(history: History, pages: int) -> None:
    """Make the disk full once the file has ``pages`` pages."""
    await history._writer.execute_fetchall(f"PRAGMA max_page_count = {pages}")


async def test_a_full_disk_fails_the_group_and_no_more(path: Path) -> None:
    """Nothing is acknowledged, memory is put back; with room it goes on."""
    undone: list[str] = []

    def add(number: int) -> Note:
        row = message(number, sealed=bytes(20_000))

        def decide(group: Any) -> None:
            group.undo(lambda: undone.append(row.client_id))
            group.add(row)

        return Note(decide)

    async with running(path) as history:
        await history.write(keeping(conversation()))
        await limit_pages(history, 10)
        full = add(1)
        history.put(full)
        with pytest.raises(Unavailable):
            await history.write(adding(message(2)))
        assert full.told == ["it failed"]
        assert undone == [message(1).client_id]
        assert await history.messages(conversation_id(1), 0, 9) == []

        await limit_pages(history, 1_000)
        await history.write(adding(message(2)))
        assert await history.messages(conversation_id(1), 0, 9) == [message(2)]


@pytest.mark.parametrize(
    "bad",
    [
        message(of=2),  # of no conversation
        replace(message(2), number=1),
        replace(message(2), client_id=message(1).client_id),
    ],
    ids=["orphan", "number twice", "client id twice"],
)
async def test_a_row_that_breaks_a_rule_fails_its_group(
    path: Path, bad: MessageRow
) -> None:
    """All of the group, and nothing of it comes along with the next one."""

    def keep_and_break(group: Group) -> None:
        group.keep(conversation(3))
        group.add(bad)

    async with running(path) as history:
        await history.write(keeping(conversation()))
        await history.write(adding(message()))
        with pytest.raises(Unavailable):
            await history.write(keep_and_break)

        await history.write(adding(message(2)))
        assert await history.conversation(conversation_id(3)) is None


@pytest.mark.parametrize("error", [OSError(), Unavailable(), RuntimeError()])
async def test_no_rows_without_keys(path: Path, error: Exception) -> None:
    """If the keys did not get to the disk, neither do the rows."""
    failing = [error]

    async def flush() -> None:
        if failing:
            raise failing.pop()

    async with running(path, before_commit=flush) as history:
        with pytest.raises(Unavailable):
            await history.write(keeping(conversation()))
        assert await history.all_live() == []

        await history.write(keeping(conversation()))
        assert len(await history.all_live()) == 1


async def test_a_change_that_breaks_off_fails_its_group(path: Path) -> None:
    """Half of a decision is never written."""

    def break_off(group: Any) -> None:
        group.keep(conversation())
        raise RuntimeError

    async with running(path) as history:
        with pytest.raises(Unavailable):
            await history.write(break_off)

        assert await history.all_live() == []


def sqlite_error(code: int) -> sqlite3.Error:
    """What the module raises for ``code``."""
    error = sqlite3.DatabaseError("row 4111 missing from index")
    error.sqlite_errorcode = code
    return error


class FailingConnection:
    """A writing connection that fails as told.

    Attributes:
        commit_error: What the next commit raises.
        rollback_errors: What the next rollbacks raise.
        calls: What was asked of it.
    """

    def __init__(self) -> None:
        self.commit_error: sqlite3.Error | None = None
        self.rollback_errors: list[sqlite3.Error] = []
        self.calls: list[str] = []
        self.in_transaction = False

    async def executemany(self, statement: str, values: Iterable[Any]) -> None:
        self.calls.append(statement.split(maxsplit=1)[0])
        self.in_transaction = True

    async def execute_fetchall(self, statement: str) -> list[Any]:
        if self.commit_error:
            raise self.commit_error
        return [(0, 0, 0)]

    async def commit(self) -> None:
        self.calls.append("COMMIT")
        if self.commit_error:
            raise self.commit_error
        self.in_transaction = False

    async def rollback(self) -> None:
        self.calls.append("ROLLBACK")
        if self.rollback_errors:
            raise self.rollback_errors.pop()
        self.in_transaction = False


def over(db: FailingConnection, path: Path) -> History:
    """A history that writes to ``db``."""
    connection: Any = db
    return History(
        connection,
        connection,
        path=path,
        clock=SystemClock(),
        before_commit=None,
        resources=AsyncExitStack(),
    )


async def test_a_failed_rollback_is_made_up_for(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The next group must not commit what the last one left behind."""
    db = FailingConnection()
    history = over(db, path)
    db.commit_error = sqlite_error(sqlite3.SQLITE_IOERR)
    db.rollback_errors = [sqlite_error(sqlite3.SQLITE_IOERR)]
    failed = Note(keeping(conversation()))
    history.put(failed)
    await history._write_next()
    assert failed.told == ["it failed"]

    db.commit_error = None
    kept = Note(keeping(conversation()))
    history.put(kept)
    await history._write_next()

    assert db.calls == [
        *("INSERT", "COMMIT", "ROLLBACK"),
        *("ROLLBACK", "INSERT", "COMMIT"),
    ]
    assert kept.told == ["it committed"]
    assert "4111" not in caplog.text


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_CORRUPT_INDEX, sqlite3.SQLITE_NOTADB]
)
async def test_damage_stops_the_server_loudly(path: Path, code: int) -> None:
    """All who wait are told, nobody else gets in, and ``run`` raises."""
    db = FailingConnection()
    history = over(db, path)
    db.commit_error = sqlite_error(code)
    first = Note(keeping(conversation()))
    late = Note(keeping(conversation()))
    late_put = Note(lambda group: history.put(late))
    history.put(late_put)
    history.put(first)

    with pytest.raises(Corrupt, match="damaged"):
        await history.run()

    assert first.told == late.told == ["it failed"]
    with pytest.raises(Unavailable):
        history.put(first)
    with pytest.raises(Corrupt):
        await history.run()


async def test_damage_found_by_a_checkpoint_stops_the_writer(
    path: Path,
) -> None:
    """Also if nobody writes at that moment."""
    db = FailingConnection()
    history = over(db, path)
    writer = asyncio.create_task(history.run())
    db.commit_error = sqlite_error(sqlite3.SQLITE_CORRUPT)

    with pytest.raises(Corrupt):
        await history.checkpoint()
    with pytest.raises(Corrupt):
        await writer


async def test_damage_while_closing_is_reported(path: Path) -> None:
    """What is queued fails, and closing says why."""
    db = FailingConnection()
    history = over(db, path)
    db.commit_error = sqlite_error(sqlite3.SQLITE_CORRUPT)
    note = Note(keeping(conversation()))
    history.put(note)

    with pytest.raises(Corrupt):
        await history.close()
    assert note.told == ["it failed"]


async def test_a_full_disk_does_not_keep_it_open(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Closing says that the log is not empty, and closes."""
    db = FailingConnection()
    history = over(db, path)
    db.commit_error = sqlite_error(sqlite3.SQLITE_FULL)

    await history.close()

    assert "checkpoint blocked" in caplog.text


@pytest.fixture
def folder(path: Path) -> Path:
    """A folder where the database is to be."""
    path.mkdir()
    return path


async def test_a_failed_open_lets_go_of_everything(folder: Path) -> None:
    """No lock and no thread keeps the next try from working."""
    with pytest.raises(Misconfigured):
        await History.open(folder)
    shutil.rmtree(folder)

    async with opened(folder) as history:
        assert await history.all_live() == []
