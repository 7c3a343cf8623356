"""Tests of server/store/audited.py."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from server.domain.audit import (
    EMPTY,
    Actor,
    ActorKind,
    Anchor,
    AuditEvent,
    AuditRow,
    Happening,
    fault_in,
    follow,
)
from server.errors import Corrupt, Misconfigured, Unavailable
from server.store.audited import audit_file
from server.store.group import Group
from tests.store.samples import running

SEAL = b"seal" * 8


def rows(count: int) -> list[AuditRow]:
    """A log of that many rows, a second apart."""
    made: list[AuditRow] = []
    for number in range(1, count + 1):
        made.append(
            follow(
                Happening(
                    event=AuditEvent.SIGNED_IN,
                    actor_kind=ActorKind.AGENT,
                    actor="maria",
                ),
                number=number,
                at_ms=1_000 * number,
                times=number,
                previous=made[-1].chain if made else EMPTY.last_chain,
            )
        )
    return made


def end_of(log: list[AuditRow], cut: int = 0) -> Anchor:
    """The anchor of ``log``, the first rows of which are gone."""
    first = log[cut - 1].chain if cut else EMPTY.first_chain
    return replace(
        EMPTY,
        first=cut,
        first_chain=first,
        last=log[-1].number,
        last_chain=log[-1].chain,
        settings=b"digest",
    )


def writing(log: list[AuditRow], anchor: Anchor) -> Callable[[Group], None]:
    """The decision to write all of ``log``, and where it ends."""

    def decide(group: Group) -> None:
        for row in log:
            group.add_audit(row)
        group.keep_anchor(anchor, SEAL)

    return decide


async def test_both_ends_are_read_back(tmp_path: Path) -> None:
    """As they were written; nothing in an empty log."""
    log = rows(3)
    async with running(tmp_path / "history.db") as history:
        audited = history.audited
        before = await audited.anchor(), await audited.last()
        await history.write(writing(log, end_of(log)))

        assert before == (None, None)
        assert await audited.anchor() == (end_of(log), SEAL)
        assert await audited.last() == log[-1]


async def test_the_old_rows_in_front_are_found(tmp_path: Path) -> None:
    """Up to the first that is not old, and never all there are."""
    log = rows(4)
    back = replace(log[0], number=5, at_ms=1)  # the clock was set back
    async with running(tmp_path / "history.db") as history:
        audited = history.audited
        assert await audited.last_before(1) is None
        await history.write(writing([*log, back], end_of(log)))

        assert await audited.last_before(1_000) is None
        assert await audited.last_before(1_001) == log[0]
        assert await audited.last_before(4_000) == log[2]
        assert await audited.last_before(9_000) == log[3]


async def test_the_log_is_cut_in_front_only(tmp_path: Path) -> None:
    """What the anchor begins behind goes; the rest still is a whole log."""
    log = rows(4)
    path = tmp_path / "history.db"
    async with running(path) as history:
        await history.write(writing(log, end_of(log)))
        await history.write(writing([], end_of(log, cut=2)))

    with audit_file(path) as file:
        kept = list(file.rows())
        found = file.anchor()

    assert kept == log[2:]
    assert found is not None
    assert fault_in(kept, found[0]) is None


@pytest.mark.parametrize(
    "mistake",
    [
        "UPDATE audit SET actor = 'jonas'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE number = 2",
    ],
)
async def test_the_log_is_append_only(tmp_path: Path, mistake: str) -> None:
    """A statement of ours that forgot it is refused."""
    log = rows(2)
    path = tmp_path / "history.db"
    async with running(path) as history:
        await history.write(writing(log, end_of(log)))

    with (
        closing(sqlite3.connect(path)) as db,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        db.execute(mistake)


async def test_the_log_is_read_while_a_server_writes(tmp_path: Path) -> None:
    """In one snapshot: what comes meanwhile is not in it."""
    log = rows(3)
    path = tmp_path / "history.db"
    async with running(path) as history:
        await history.write(writing(log[:2], end_of(log[:2])))
        with audit_file(path) as file:
            assert file.anchor() == (end_of(log[:2]), SEAL)
            await history.write(writing(log[2:], end_of(log)))
            assert list(file.rows()) == log[:2]


async def test_an_empty_log_is_read(tmp_path: Path) -> None:
    """There is no anchor, and no row."""
    path = tmp_path / "history.db"
    async with running(path):
        pass

    with audit_file(path) as file:
        assert file.anchor() is None
        assert list(file.rows()) == []


async def test_reading_cannot_write(tmp_path: Path) -> None:
    """The connection is for looking only."""
    path = tmp_path / "history.db"
    async with running(path):
        pass

    with pytest.raises(Misconfigured), audit_file(path) as file:
        file._db.execute("DELETE FROM audit_anchor")


def test_what_is_no_database_of_ours_is_refused(tmp_path: Path) -> None:
    """Missing, of another program, damaged, from before there was a log."""
    with pytest.raises(Misconfigured), audit_file(tmp_path / "none.db"):
        pass
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE audit (number)")
    with pytest.raises(Misconfigured), audit_file(other):
        pass
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"something else" * 1000)
    with pytest.raises(Corrupt), audit_file(broken):
        pass


async def test_a_database_without_the_table_does_not_answer(
    tmp_path: Path,
) -> None:
    """An error of the database is one of ours."""
    path = tmp_path / "history.db"
    async with running(path):
        pass
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE audit_anchor")

    with pytest.raises(Unavailable), audit_file(path) as file:
        file.anchor()


async def test_pages_go_backwards_and_pick_actors(tmp_path: Path) -> None:
    """The newest first, before a number, of those who are asked for."""
    log = rows(5)
    async with running(tmp_path / "history.db") as history:
        await history.write(writing(log, end_of(log)))
        audited = history.audited

        newest = await audited.page(before=None, limit=2)
        older = await audited.page(before=newest[-1].number, limit=9)
        hers = await audited.page(before=None, limit=9, actors=[maria(0)])
        nobodys = await audited.page(before=None, limit=9, actors=[])

    assert [row.number for row in newest + older] == [5, 4, 3, 2, 1]
    assert hers == list(reversed(log))
    assert nobodys == []


async def test_a_name_is_somebodys_of_a_kind_and_since(tmp_path: Path) -> None:
    """Not a key's of the same name, nor whoever had the name before."""
    log = rows(5)
    async with running(tmp_path / "history.db") as history:
        await history.write(writing(log, end_of(log)))
        audited = history.audited
        like_her = maria(0)._replace(kind=ActorKind.KEY)

        like = await audited.page(before=None, limit=9, actors=[like_her])
        later = await audited.page(
            before=None, limit=9, actors=[maria(log[3].at_ms), like_her]
        )

    assert like == []
    assert later == [log[4], log[3]]


def maria(since_ms: int) -> Actor:
    """The agent of that name, who has it since then."""
    return Actor(ActorKind.AGENT, "maria", since_ms)
