"""What is held, on a terminal."""

from __future__ import annotations

import pytest

from tests.commands.conftest import Run
from tests.commands.local import Local

HELD = "accounts/acme/privacy/holdings"


def test_nothing_held_is_said_in_words(
    server: Local, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty table would say less."""
    server.on("GET", f"{HELD}?customer=ada", {"held": []})

    assert run("holdings", "--customer", "ada") == 0
    assert "nothing is held" in capsys.readouterr().err


def test_what_is_held_is_listed(
    server: Local, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """With when it dies."""
    held = {"name": "messages", "count": 3, "home": "disk", "dies_at": 0.0}
    server.on("GET", f"{HELD}?conversation=c", {"held": [held]})

    assert run("holdings", "--conversation", "c") == 0
    assert "1970-01-01" in capsys.readouterr().out


@pytest.mark.parametrize("overdue", [0, 2])
def test_the_whole_account_is_a_map(
    server: Local,
    run: Run,
    capsys: pytest.CaptureFixture[str],
    overdue: int,
) -> None:
    """What is past its time is an exit code as well."""
    places = [
        {"name": "messages", "count": 3, "overdue": overdue},
        {"name": "cookies", "count": 0, "overdue": 0},
    ]
    found = {"at": 1.0, "overdue": overdue, "places": places}
    server.on("GET", "accounts/acme/data-map", found)

    assert run("holdings") == int(overdue > 0)
    said = capsys.readouterr()
    assert "messages" in said.out
    assert "cookies" not in said.out
    assert bool(said.err) is (overdue > 0)
    assert run("holdings", "--json") == int(overdue > 0)
