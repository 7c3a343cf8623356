"""A backup's view of the database: all that is kept, and nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.errors import Corrupt, Misconfigured
from server.store.resources import AccountKeyRow, key_kept
from server.store.snapshot import KEPT, LEFT_OUT, snapshot
from tests.store.samples import ACME, conversation, damage, keeping, running


async def made(path: Path) -> None:
    """A database with an account's key and a conversation."""
    async with running(path) as history:
        await history.write(
            lambda group: group.do(
                key_kept(AccountKeyRow(account=ACME, slot=7))
            )
        )
        await history.write(keeping(conversation(1)))


async def test_each_table_is_kept_or_left_out(tmp_path: Path) -> None:
    """Somebody who adds one has to say which."""
    path = tmp_path / "history.db"
    await made(path)

    with closing(sqlite3.connect(path)) as db:
        found = {
            name
            for (name,) in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite%'"
            )
        }

    assert found == {*KEPT, *LEFT_OUT}
    assert not set(KEPT) & set(LEFT_OUT)


async def test_it_is_the_database_of_one_moment(tmp_path: Path) -> None:
    """What is written while it is open is not in it."""
    path = tmp_path / "history.db"
    async with running(path) as history:
        await history.write(
            lambda group: group.do(
                key_kept(AccountKeyRow(account=ACME, slot=7))
            )
        )
        with snapshot(path) as found:
            assert found.account_slots() == [(7, "acme")]
            await history.write(
                lambda group: group.do(
                    key_kept(AccountKeyRow(account=ACME, slot=8))
                )
            )
            assert list(found.rows("account_key")) == [("acme", 7)]

            assert found.columns("account_key") == ("account", "slot")
            assert found.things() == []
            assert found.accounts() == [("acme", 0.0)]
            assert list(found.customer_slots()) == []


async def test_what_is_no_database_of_ours_is_refused(tmp_path: Path) -> None:
    """Nothing, another program's, or a damaged one."""
    path = tmp_path / "history.db"
    with pytest.raises(Misconfigured, match="no database"), snapshot(path):
        pass
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE mine (id)")
    with (
        pytest.raises(Misconfigured, match="another program"),
        snapshot(tmp_path / "other.db"),
    ):
        pass
    await made(path)
    damage(path, "resource")
    with pytest.raises(Corrupt), snapshot(path) as found:
        list(found.rows("resource"))
