"""Tests of server/store/history.py: what is left in the files of what was."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from server.errors import Unavailable
from server.ids import ConversationId
from server.store.group import Group
from server.store.history import PAUSES, History
from tests.store.samples import (
    conversation,
    conversation_id,
    erasing,
    keeping,
    message,
    running,
)


class PatientClock:
    """A clock on which waiting takes no time.

    Attributes:
        slept: How long it was asked to wait, each time.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> float:
        return 0.0

    def elapsed(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


class Counting:
    """A writing connection that remembers what it was asked.

    Attributes:
        asked: The statements whose rows were wanted.
    """

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db
        self.asked: list[str] = []

    def execute_fetchall(self, statement: str) -> object:
        self.asked.append(statement)
        return self._db.execute_fetchall(statement)

    def __getattr__(self, name: str) -> object:
        return getattr(self._db, name)


class Leaving(PatientClock):
    """A clock on which a reader leaves, and somebody writes, meanwhile."""

    def __init__(self, history: History, reader: sqlite3.Connection) -> None:
        super().__init__()
        self._history = history
        self._reader = reader

    async def sleep(self, seconds: float) -> None:
        await self._history.write(keeping(conversation(2)))
        self._reader.close()
        await super().sleep(seconds)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "history.db"


@pytest.fixture
async def history(path: Path) -> AsyncIterator[History]:
    """A history with one conversation."""
    async with running(path) as history:
        history._clock = PatientClock()
        # In the tests nothing is gained by standing still for a reader.
        await history._writer.execute_fetchall("PRAGMA busy_timeout = 0")
        await history.write(keeping(conversation()))
        yield history


def found(path: Path, wanted: list[bytes]) -> dict[str, int]:
    """In which files how many of ``wanted`` are, byte for byte."""
    return {
        file.name: hits
        for file in path.parent.iterdir()
        if (hits := sum(one in file.read_bytes() for one in wanted))
    }


async def test_nothing_is_left_of_an_erased_conversation(
    path: Path, history: History
) -> None:
    """Neither database, log nor index holds a byte of it; others stay."""
    chance = random.Random(1)
    kept = chance.randbytes(300)
    sealed = [chance.randbytes(300) for _ in range(20)]
    dead = [
        *sealed,
        *(one[200:232] for one in sealed),
        conversation_id(777).encode(),
        b"client-id-777",
        (777).to_bytes(32, "big"),
    ]

    def add(group: Group) -> None:
        group.add(message(sealed=kept))
        row = conversation(777)
        group.keep(row)
        for number, one in enumerate(sealed, 1):
            group.add(message(number, of=777, sealed=one))

    await history.write(add)
    assert found(path, dead)["history.db-wal"] == len(dead)
    await history.write(erasing(777))
    await history.checkpoint()

    assert found(path, dead) == {}
    assert found(path, [kept]) == {"history.db": 1}


async def churn(history: History, chance: random.Random) -> list[bytes]:
    """Let conversations come and go; what must not be found afterwards."""
    ids = [ConversationId(chance.randbytes(11).hex()) for _ in range(60)]
    said: dict[ConversationId, list[bytes]] = {id_: [] for id_ in ids}
    dead: list[bytes] = []

    def add(group: Group) -> None:
        for id_ in chance.sample(ids, min(20, len(ids))):
            row = replace(
                conversation(), id=id_, token_hash=id_.encode() + b"token"
            )
            said[id_].append(chance.randbytes(chance.randint(60, 900)))
            group.keep(row)
            group.add(
                replace(
                    message(len(said[id_]), sealed=said[id_][-1]),
                    conversation=id_,
                )
            )

    for _ in range(25):
        await history.write(add)
        gone = [ids.pop(), ids.pop()]
        for id_ in gone:
            dead += [id_.encode(), *said[id_]]
            dead += [
                one[at : at + 24] for one in said[id_] for at in (30, 300, 600)
            ]
        for id_ in gone:
            await history.write(partial(Group.erase, conversation=id_))
    return [one for one in dead if len(one) >= 22]


async def test_scrubbing_takes_what_moving_rows_left(
    path: Path, history: History
) -> None:
    """Also the copies that SQLite leaves when it moves a row are gone."""
    # By this one's chance SQLite 3.40 leaves two: without scrub this is red.
    dead = await churn(history, random.Random(2))

    assert await history.scrub()

    assert found(path, dead) == {}
    assert len(await history.all_live()) == 11


async def test_a_big_file_is_not_scrubbed(path: Path, history: History) -> None:
    """It would take memory and time that the customers need."""
    with path.open("r+b") as file:
        file.truncate(65 * 2**20)

    assert not await history.scrub()
    with path.open("r+b") as file:
        file.truncate(4096)


async def test_scrubbing_a_failing_disk_is_reported(path: Path) -> None:
    """A store that is closed, or full, says that nothing was done."""
    async with running(path) as history:
        pass

    with pytest.raises(Unavailable):
        await history.scrub()


async def test_a_reader_in_the_way_is_an_error(
    path: Path, history: History
) -> None:
    """The log is not emptied behind the back of one who reads: told so."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM conversation").fetchall()
    await history.write(erasing(1))

    with pytest.raises(Unavailable, match="log"):
        await history.checkpoint()
    assert isinstance(history._clock, PatientClock)
    assert history._clock.slept == list(PAUSES)
    assert found(path, [conversation_id(1).encode()]) != {}

    other.execute("COMMIT")
    other.close()
    await history.checkpoint()
    assert found(path, [conversation_id(1).encode()]) == {}


async def test_a_reader_that_leaves_lets_it_through(
    path: Path, history: History
) -> None:
    """It is tried again, and writing goes on between the tries."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM conversation").fetchall()
    await history.write(erasing(1))

    history._clock = Leaving(history, other)
    await history.checkpoint()

    assert found(path, [conversation_id(1).encode()]) == {}
    assert len(await history.all_live()) == 1


async def test_those_who_ask_together_share_a_checkpoint(
    history: History,
) -> None:
    """Fifty conversations that end at once empty the log twice.

    Once for the first one, which is under way when the others ask.
    """
    counting = Counting(history._writer)
    connection: Any = counting
    history._writer = connection

    await asyncio.gather(*(history.checkpoint() for _ in range(50)))
    assert counting.asked == ["PRAGMA wal_checkpoint(TRUNCATE)"] * 2

    await history.checkpoint()
    assert len(counting.asked) == 3


async def test_a_checkpoint_of_a_closed_store_fails(path: Path) -> None:
    """An errand that comes too late is told so, and retried at start."""
    async with running(path) as history:
        history._clock = PatientClock()

    with pytest.raises(Unavailable):
        await history.checkpoint()
