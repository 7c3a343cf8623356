"""The look at a database: what is past its time, and what it needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from server.domain.conversation import Phase
from server.errors import Corrupt, Misconfigured
from server.store.condition import PATIENCE, condition_of, sqlite_version
from server.store.connection import MOST_CHECKED
from server.store.erasures import ERASURES, ErasureRow
from server.store.resources import AccountKeyRow, key_kept
from tests.store.samples import (
    ACME,
    conversation,
    damage,
    keeping,
    opened,
    running,
)

DUE = 3_800.0


async def test_what_is_past_its_time_is_counted(tmp_path: Path) -> None:
    """Not what is only due, nor what is being erased."""
    path = tmp_path / "history.db"
    job = ErasureRow("e", ACME, "asked", DUE - 4_000.0, None, b"", None)
    async with running(path) as history:
        await history.write(keeping(conversation(1)))
        await history.write(keeping(conversation(2, phase=Phase.ENDING)))
        await history.write(
            lambda group: group.do(
                key_kept(AccountKeyRow(account=ACME, slot=7)),
                ERASURES.keep(job),
            )
        )
        on_time = condition_of(path, DUE + PATIENCE)
        late = condition_of(path, DUE + PATIENCE + 1.0)

    assert "conversations" not in on_time.overdue
    assert late.overdue == {"conversations": 1, "erasures": 1}
    assert late.slots == {1, 7}
    assert late.newest_at == 2_000.0
    assert late.is_sound
    assert late.log_bytes > 0


async def test_what_is_held_is_not_overdue(tmp_path: Path) -> None:
    """It waits until that is lifted."""
    path = tmp_path / "history.db"
    row = conversation(1, phase=Phase.CLOSED)
    async with running(path) as history:
        await history.write(keeping(replace(row, kept_until=1.0, held=True)))
        held = condition_of(path, DUE).overdue
        await history.write(keeping(replace(row, kept_until=1.0)))
        lifted = condition_of(path, DUE).overdue

    assert held == {}
    assert lifted == {"kept conversations": 1}


async def test_a_large_one_is_not_looked_through(tmp_path: Path) -> None:
    """It would take too long."""
    path = tmp_path / "history.db"
    async with opened(path):
        pass
    with path.open("r+b") as file:
        file.truncate(MOST_CHECKED + 4096)

    found = condition_of(path, DUE)

    assert found.is_sound is None
    assert found.log_bytes == 0


async def test_what_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    """Nothing, another program's, or a damaged one."""
    path = tmp_path / "history.db"
    with pytest.raises(Misconfigured, match="no database"):
        condition_of(path, DUE)
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE mine (id)")
    with pytest.raises(Misconfigured, match="another program"):
        condition_of(tmp_path / "other.db", DUE)
    async with running(path) as history:
        await history.write(keeping(conversation(1)))
    damage(path, "conversation")
    with pytest.raises(Corrupt):
        condition_of(path, DUE)


def test_the_version_is_told() -> None:
    """As numbers, to be compared."""
    assert sqlite_version() >= (3, 40)
