"""Restoring: what no backup of ours says is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import Corrupt, Misconfigured
from server.services.backup_lines import line
from server.services.erased_list import ErasedList
from server.services.restoring import restore
from server.vault.package_key import PackageKey
from server.vault.packages import sealed_package
from tests.vault.rings import MASTER, randomness

HEAD = {"dayfly": "backup", "format": 1, "schema": 1, "made_at": 1.0}
TABLE = {"table": "account_key", "columns": ["account", "slot"]}


def restoring(folder: Path, *values: object) -> None:
    """Restore a backup with these lines."""
    content = [*map(line, values), line({"end": len(values)})]
    key = PackageKey.of_backups(MASTER)
    restore(
        sealed_package(key, content, randomness=randomness),
        folder / "history.db",
        MASTER,
        erased=ErasedList(),
        now=1.0,
        randomness=randomness,
    )


@pytest.mark.parametrize(
    "values",
    [
        [],
        [["acme", 1]],
        [HEAD | {"dayfly": "erased"}],
        [HEAD, ["acme", 1]],
        [HEAD, {"unknown": 1}],
        [HEAD, TABLE, ["acme"]],
        [HEAD, TABLE, ["acme", 1]],  # whose slot is not there
        [HEAD, {"slot": 1, "record": "AAAA"}, TABLE, ["acme", 1]],
        [HEAD, {"slot": 1, "record": "?"}],
        [HEAD, {"table": "message", "columns": ["number"]}],
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, values: list[object]
) -> None:
    """Whoever wrote it."""
    with pytest.raises(Corrupt):
        restoring(tmp_path, *values)


@pytest.mark.parametrize("field", ["format", "schema"])
def test_a_newer_backup_is_refused(tmp_path: Path, field: str) -> None:
    """It may say what this version does not know."""
    with pytest.raises(Misconfigured, match="newer Dayfly"):
        restoring(tmp_path, HEAD | {field: 2})
