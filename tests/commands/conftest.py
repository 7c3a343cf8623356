"""What every test of a command may ask for."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from run import main
from tests.commands.local import Local, local

Run = Callable[..., int]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of the server."""
    return tmp_path / "data"


@pytest.fixture
def server(data: Path) -> Iterator[Local]:
    """A server in its place, with one account."""
    with local(data) as told:
        told.on("GET", "accounts?limit=200", {"items": [{"id": "acme"}]})
        yield told


@pytest.fixture
def run(data: Path) -> Run:
    """Runs a command about that folder."""

    def run(*words: str) -> int:
        return main([*words, "--data", str(data)])

    return run


@pytest.fixture
def told(run: Run, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command, and gives what it says to programs."""

    def told(*words: str) -> Any:
        assert run(*words, "--json") == 0
        return json.loads(capsys.readouterr().out)

    return told


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has a text come from a pipe."""

    def typed(text: str) -> None:
        monkeypatch.setitem(sys.__dict__, "stdin", io.StringIO(text))

    return typed
