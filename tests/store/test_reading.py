"""Tests of server/store/reading.py."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.domain.conversation import Phase
from server.errors import Corrupt, Unavailable
from server.ids import AccountId, AgentId
from server.store import reading
from server.store.group import Group
from server.store.history import History
from server.store.rows import LiveRow, SignInRow
from tests.store.samples import (
    ACME,
    MARIA,
    adding,
    conversation,
    conversation_id,
    damage,
    keeping,
    message,
    running,
)


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    """A history that is written to."""
    async with running(tmp_path / "history.db") as history:
        yield history


def alter(path: Path, statement: str) -> None:
    """Do to the file what no Dayfly does."""
    db = sqlite3.connect(path)
    db.execute(statement)
    db.commit()
    db.close()


async def test_a_conversation_is_found_by_id_and_by_token(
    history: History,
) -> None:
    """What was kept comes back equal; unknown ones are None."""
    row = conversation()
    await history.write(keeping(row))

    assert await history.conversation(row.id) == row
    assert await history.conversation_of(row.token_hash) == row
    assert await history.conversation(conversation_id(2)) is None
    assert await history.conversation_of(b"unknown") is None


async def test_messages_come_in_pages(history: History) -> None:
    """After a number, at most so many, in order, of this one only."""
    rows = [message(number) for number in range(1, 6)]
    await history.write(keeping(conversation()))
    await history.write(keeping(conversation(2)))
    for row in rows:
        await history.write(adding(row))
    await history.write(adding(message(2, of=2)))

    assert await history.messages(conversation_id(1), 1, 3) == rows[1:4]
    assert await history.messages(conversation_id(1), 5, 3) == []
    assert sorted(await history.client_ids(conversation_id(1))) == [
        (row.client_id, row.number) for row in rows
    ]


async def test_the_customers_last_message_is_found(history: History) -> None:
    """Behind the agent's answers, and without opening any of them."""

    def add(group: Group) -> None:
        group.add(message(1))
        group.add(message(2))
        group.add(message(3, by_customer=False))

    await history.write(keeping(conversation()))
    assert await history.last_customer_message(conversation_id(1)) is None
    await history.write(add)

    found = await history.last_customer_message(conversation_id(1))
    assert found == message(2)


async def test_the_list_has_who_waits_and_who_is_served(
    history: History,
) -> None:
    """Oldest first, of this account, cut at the limit; others' left out."""
    jonas = AgentId("jonas")
    kept = [
        conversation(4),
        conversation(2),
        conversation(3),
        conversation(5, phase=Phase.ACTIVE, agent=MARIA),
        conversation(6, phase=Phase.ACTIVE, agent=jonas),
        conversation(7, phase=Phase.ENDING),
        conversation(1, account=AccountId("other")),
    ]
    for row in kept:
        await history.write(keeping(row))

    assert await history.listed(ACME, 2) == (
        [conversation(2), conversation(3)],
        [kept[3], kept[4]],
    )
    assert (await history.listed(ACME, 9, agent=jonas))[1] == [kept[4]]


async def test_the_list_is_read_by_its_index(
    history: History, tmp_path: Path
) -> None:
    """An agent's list costs what it shows, not what there is."""
    db = sqlite3.connect(tmp_path / "history.db")
    plan = db.execute(
        f"EXPLAIN QUERY PLAN {reading._LISTED}", (None,) * 8
    ).fetchall()
    db.close()

    steps = " ".join(step[3] for step in plan)
    assert steps.count("USING INDEX conversation_listed") == 2
    assert "B-TREE" not in steps


async def test_the_start_reads_every_conversation(history: History) -> None:
    """Those being erased included, for that has to go on."""
    await history.write(keeping(conversation(1)))
    await history.write(keeping(conversation(2, phase=Phase.ENDING)))

    assert await history.all_live() == [
        LiveRow(conversation_id(1), ACME, 1, Phase.WAITING, 3_800.0, 1_001.0),
        LiveRow(conversation_id(2), ACME, 2, Phase.ENDING, 3_800.0, 1_002.0),
    ]


async def test_a_sign_in_is_kept_until_it_is_dropped(history: History) -> None:
    """Signing in again with the same token only moves its end."""
    first = SignInRow(hash=b"hash", agent=MARIA, expires_at=1.0)
    second = SignInRow(hash=b"hash", agent=MARIA, expires_at=2.0)
    await history.write(lambda group: group.keep_sign_in(first))
    assert await history.sign_in(b"hash") == first
    await history.write(lambda group: group.keep_sign_in(second))
    assert await history.sign_in(b"hash") == second

    await history.write(lambda group: group.drop_sign_in(b"hash"))
    assert await history.sign_in(b"hash") is None


async def test_sign_ins_go_when_they_expire(history: History) -> None:
    """Those that open nothing any more, and no others."""
    rows = [
        SignInRow(hash=name, agent=MARIA, expires_at=expires_at)
        for name, expires_at in ((b"old", 1.0), (b"due", 2.0), (b"good", 3.0))
    ]

    def keep(group: Group) -> None:
        for row in rows:
            group.keep_sign_in(row)

    await history.write(keep)
    await history.write(lambda group: group.expire_sign_ins(2.0))

    assert await history.sign_in(b"old") is None
    assert await history.sign_in(b"due") is None
    assert await history.sign_in(b"good") is not None


@pytest.mark.parametrize("column", ["phase", "ended_by"])
async def test_a_word_nobody_wrote_is_damage(
    history: History, tmp_path: Path, column: str
) -> None:
    """A row that was edited by hand is reported, and not repeated."""
    await history.write(keeping(conversation()))
    alter(tmp_path / "history.db", f"UPDATE conversation SET {column} = 'x'")

    with pytest.raises(Corrupt, match=r"history\.db is damaged"):
        await history.conversation(conversation_id(1))
    if column == "phase":
        with pytest.raises(Corrupt, match=r"history\.db is damaged"):
            await history.all_live()


async def test_a_table_that_is_missing_makes_reads_fail(
    history: History, tmp_path: Path
) -> None:
    """What SQLite refuses is ``Unavailable``, without its text."""
    alter(tmp_path / "history.db", "DROP TABLE sign_in")

    with pytest.raises(Unavailable, match="does not answer"):
        await history.sign_in(b"hash")


async def test_damaged_pages_are_damage_to_readers(tmp_path: Path) -> None:
    """Bytes overwritten behind the server's back are noticed."""
    path = tmp_path / "history.db"
    async with running(path) as history:
        await history.write(keeping(conversation()))
    damage(path, "conversation")

    async with running(path) as history:
        with pytest.raises(Corrupt, match="restore"):
            await history.all_live()


async def test_a_closed_history_answers_nobody(tmp_path: Path) -> None:
    """A read that comes too late is told to come again."""
    async with running(tmp_path / "history.db") as history:
        pass

    with pytest.raises(Unavailable, match="closed"):
        await history.all_live()


async def test_the_newest_that_live_are_found(history: History) -> None:
    """Of one account, and none in which nothing can be said any more."""
    rows = [
        replace(conversation(1), started_at=1.0),
        replace(conversation(2, phase=Phase.SERVED), started_at=3.0),
        replace(
            conversation(3, phase=Phase.ACTIVE, agent=MARIA), started_at=2.0
        ),
        replace(conversation(4, phase=Phase.CLOSED), started_at=9.0),
        replace(conversation(5, phase=Phase.ENDING), started_at=9.0),
        replace(conversation(6, account=AccountId("zenith")), started_at=9.0),
    ]
    for row in rows:
        await history.write(keeping(row))

    newest = await history.newest(ACME, limit=3)
    assert newest == [rows[1], rows[2], rows[0]]
    assert await history.newest(ACME, limit=1) == [rows[1]]
