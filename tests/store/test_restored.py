"""A database made of a backup: what does not fit is refused."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from server.errors import Corrupt, Misconfigured, Unavailable
from server.store.restored import restored
from server.store.snapshot import snapshot
from tests.store.samples import opened
from tests.store.test_audited import end_of, rows


async def test_what_is_put_there_is_there(tmp_path: Path) -> None:
    """For a server as well, and for this user only."""
    path = tmp_path / "history.db"

    with restored(path) as made:
        statement = made.insertion("account_key", ["account", "slot"])
        made.insert(statement, ["acme", 3])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with snapshot(path) as found:
        assert found.account_slots() == [(3, "acme")]
    async with opened(path) as history:
        assert [one.slot for one in await history.resources.keys()] == [3]


def test_the_audit_log_can_be_gone_on_with(tmp_path: Path) -> None:
    """A row behind the others, and an end that is sealed anew."""
    log = rows(2)
    path = tmp_path / "history.db"

    with restored(path) as made:
        assert made.audit_end() is None
        for row in log:
            made.note(row, end_of(log), b"seal")

        assert made.audit_end() == (end_of(log), b"seal")


@pytest.mark.parametrize(
    ("table", "names"),
    [("message", ["number"]), ("account_key", ["slot; DROP"])],
)
def test_what_no_backup_has_is_refused(
    tmp_path: Path, table: str, names: list[str]
) -> None:
    """A table of conversations, a column that is none."""
    with pytest.raises(Corrupt), restored(tmp_path / "history.db") as made:
        made.insertion(table, names)


@pytest.mark.parametrize(
    "row", [[None, 1], ["acme", "one"], ["acme"], ["acme", {}], ["a", 2**70]]
)
def test_a_row_that_does_not_fit_is_refused(
    tmp_path: Path, row: list[object]
) -> None:
    """It was never in such a table."""
    with restored(tmp_path / "history.db") as made:
        statement = made.insertion("account_key", ["account", "slot"])

        with pytest.raises(Corrupt):
            made.insert(statement, row)


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    """Somebody else's file, or the half of an earlier one."""
    path = tmp_path / "history.db"
    path.touch()

    with pytest.raises(Misconfigured, match="cannot make"), restored(path):
        pass


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """As while the server runs."""
    with (
        pytest.raises(Unavailable, match="full or failing"),
        restored(tmp_path / "history.db"),
    ):
        raise sqlite3.OperationalError


def test_rows_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """Somebody's event without somebody."""
    names = ["customer", "number", "at", "kind", "sealed"]
    with pytest.raises(Corrupt), restored(tmp_path / "history.db") as made:
        made.insert(
            made.insertion("customer_event", names), ["x", 1, 1.0, "c", b""]
        )
