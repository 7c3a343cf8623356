"""What commands say: readable, and unable to steer a terminal."""

from __future__ import annotations

import io
import json

import pytest

from server.commands.printing import Progress, record, shown, table


def test_a_table_has_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """As wide as the longest."""
    rows: list[dict[str, object]] = [
        {"id": "a", "created_at": 0.0, "more": 1},
        {"id": "longer", "created_at": None},
    ]

    table(rows, ("id", "created_at"), json_=False)

    assert capsys.readouterr().out.splitlines() == [
        "id      created at",
        "a       1970-01-01 00:00:00Z",
        "longer  -",
    ]


def test_programs_get_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """Also what no column shows."""
    rows = [{"id": "a", "more": [1, {"x": "ü"}]}]
    table(rows, ("id",), json_=True)
    assert json.loads(capsys.readouterr().out) == rows

    record(rows[0], json_=True)
    assert json.loads(capsys.readouterr().out) == rows[0]


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (True, "declared", "yes"),
        (0.0, "seen_at", "1970-01-01 00:00:00Z"),
        (0.5, "days", "0.5"),
        (30.0, "days", "30"),
        (["a", "b"], "roles", "a, b"),
        ([], "roles", "-"),
        ({"a": 1}, "x", '{"a": 1}'),
        ("a\x1b[2Jb\n", "name", "a\ufffd[2Jb\ufffd"),
    ],
)
def test_values_are_shown_to_people(
    value: object, name: str, text: str
) -> None:
    """Without what steers a terminal."""
    assert shown(value, name) == text


class Terminal(io.StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_to_people_only() -> None:
    """Each step once, and nothing in a file."""
    screen, file = Terminal(), io.StringIO()
    for stream in (screen, file):
        progress = Progress("work", 4, stream)
        progress.at(1)
        progress.at(1)
        progress.at(4)
        progress.finish()

    assert screen.getvalue().count("\r") == 2
    assert "[######.................." in screen.getvalue()
    assert screen.getvalue().endswith("4\n")
    assert file.getvalue() == ""


def test_progress_without_an_end_counts() -> None:
    """Nobody knows how much there is."""
    screen = Terminal()

    Progress("work", stream=screen).at(1_000)

    assert screen.getvalue() == "\rwork  1,000"
