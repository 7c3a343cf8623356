"""The audit log on paper, beside a running server."""

from __future__ import annotations

from pathlib import Path

from server.auditor import lines
from server.data_folder import DataFolder
from tests.store.samples import running
from tests.store.test_audited import end_of, rows, writing


async def test_a_slow_reader_holds_up_no_erasing(tmp_path: Path) -> None:
    """Half of it read, and the database's log can be emptied all the same."""
    log = rows(3)
    async with running(DataFolder(tmp_path).database) as history:
        await history.write(writing(log, end_of(log)))

        printed = lines(tmp_path, as_json=False)
        first = next(printed)
        await history.write(lambda group: group.expire_notices(1.0))
        await history.checkpoint()

        assert "signed_in" in first
        assert len(list(printed)) == 2
