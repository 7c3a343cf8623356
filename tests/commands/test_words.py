"""The command line: every command is done by somebody, and is explained."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from run import parser
from server.commands.words import COMMANDS, Command, joined, names

MANUAL = Path(__file__).parents[2] / "docs" / "operating.md"


@pytest.mark.parametrize("command", COMMANDS, ids=names())
def test_each_command_is_done_by_somebody(command: Command) -> None:
    """The function that it names is there, and says what it does."""
    if command.words == "serve":
        return  # run.py does it itself
    module, _, function = command.run.partition(":")
    found = getattr(
        importlib.import_module(f"server.commands.{module}"), function
    )

    assert found.__doc__


@pytest.mark.parametrize("name", names())
def test_each_command_is_in_the_manual(name: str) -> None:
    """By its whole name."""
    assert f"`{name}" in MANUAL.read_text("utf-8")


@pytest.mark.parametrize("name", names())
def test_each_command_has_help(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And takes the folder or the settings."""
    with pytest.raises(SystemExit) as end:
        parser().parse_args([*name.split(), "--help"])

    assert end.value.code == 0
    assert "--settings" in capsys.readouterr().out


def test_an_id_may_begin_with_a_dash() -> None:
    """They are random; nobody must be out of reach for it."""
    words = ["holdings", "--customer", "-h", "--json"]

    assert parser().parse_args(joined(words)).customer == "-h"
    assert joined(["--customer"]) == ["--customer"]


def test_nothing_secret_is_an_argument() -> None:
    """Others can see the arguments of a process."""
    taken = {
        word.name
        for command in COMMANDS
        for word in command.takes
        if "file" not in word.name
    }

    assert not [
        name
        for name in taken
        if any(part in name for part in ("password", "secret", "-key", "token"))
    ]
