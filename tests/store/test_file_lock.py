"""Tests of server/store/file_lock.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import Misconfigured
from server.store.file_lock import FileLock


def test_a_second_server_is_refused(tmp_path: Path) -> None:
    """Two of them on one file would give the same number twice."""
    first = FileLock(tmp_path / "history.db")

    with pytest.raises(Misconfigured, match="in use by another server"):
        FileLock(tmp_path / "history.db")

    first.release()
    FileLock(tmp_path / "history.db").release()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The operator is told which file could not be made."""
    with pytest.raises(Misconfigured, match=r"nowhere/history\.db"):
        FileLock(tmp_path / "nowhere" / "history.db")
