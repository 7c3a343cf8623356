"""What the history counts of its groups and checkpoints."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.errors import Unavailable
from server.metrics import Metrics
from server.store.group import Group
from server.store.history import History
from tests.store.samples import Note, conversation, keeping


async def test_groups_are_counted_with_their_size(tmp_path: Path) -> None:
    """What waits, what went together, and how long it took."""
    metrics = Metrics()
    history = await History.open(tmp_path / "history.db", metrics=metrics)
    for number in range(3):
        history.put(Note(keeping(conversation(number))))
    assert history.waiting == 3

    await history.close()

    assert history.waiting == 0
    assert metrics.group_size.total == 3
    assert sum(metrics.group_size.counts) == 1
    assert metrics.commit_seconds.total > 0
    assert metrics.groups_failed.value == 0


async def test_what_writes_nothing_is_no_group(tmp_path: Path) -> None:
    """It costs no commit, and would make the others look fast."""
    metrics = Metrics()
    history = await History.open(tmp_path / "history.db", metrics=metrics)

    def nothing(group: Group) -> None:
        assert not group

    history.put(Note(nothing))
    await history.close()

    assert sum(metrics.commit_seconds.counts) == 0


async def test_groups_that_fail_are_counted(tmp_path: Path) -> None:
    """Whatever it is that fails them."""

    async def fail() -> None:
        raise Unavailable

    metrics = Metrics()
    history = await History.open(
        tmp_path / "history.db", metrics=metrics, before_commit=fail
    )
    history.put(Note(keeping(conversation())))
    await history.close()

    assert metrics.groups_failed.value == 1
    assert sum(metrics.group_size.counts) == 0


async def test_checkpoints_that_fail_are_counted(tmp_path: Path) -> None:
    """After the last try, once."""
    metrics = Metrics()
    path = tmp_path / "history.db"
    history = await History.open(path, metrics=metrics)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM conversation").fetchone()
        history.put(Note(keeping(conversation())))
        await history._write_next()
        with pytest.raises(Unavailable):
            await history.checkpoint()
    await history.close()

    assert metrics.checkpoint_failures.value == 1
