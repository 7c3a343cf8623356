"""The arithmetic of the benchmarks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import (
    Figure,
    as_json,
    as_table,
    doubled,
    median,
    median_of,
    missing,
    percentile,
    ratio,
)
from benchmarks.widget import for_an_open_chat


def test_a_percentile_is_one_of_the_values() -> None:
    """Of 1 to 100, 99 % are not above 99; there is no made-up 99.01."""
    values = [float(value) for value in range(100, 0, -1)]

    assert percentile(values, 99) == 99.0
    assert percentile(values, 50) == 50.0
    assert percentile(values, 100) == 100.0
    assert percentile(values, 0) == 1.0


def test_of_nothing_everything_is_nought() -> None:
    """A benchmark in which nothing happened prints 0 instead of failing."""
    assert percentile([], 99) == 0.0
    assert ratio(1.0, 0.0) == 0.0


@given(st.lists(st.floats(0, 1e9), min_size=1), st.integers(1, 100))
def test_enough_values_do_not_exceed_a_percentile(
    values: list[float], percent: int
) -> None:
    """At least so many of a hundred values are not above it."""
    limit = percentile(values, percent)

    share = sum(value <= limit for value in values) / len(values)

    assert share >= percent / 100 - 1e-9


def test_the_median_is_the_middle() -> None:
    """Of three the second, of four the lower of the two."""
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.0


def test_what_is_missing_is_counted_and_what_comes_twice_too() -> None:
    """1, 2, 2, 5 of five: 3 and 4 are missing, 2 came twice."""
    assert missing([1, 2, 2, 5], up_to=5) == 2
    assert doubled([1, 2, 2, 5]) == 1
    assert doubled(["a", "b"]) == 0


def test_of_broken_promises_the_worst_run_is_shown() -> None:
    """Two clean runs do not hide the one that lost a message."""
    runs: list[dict[str, Figure]] = [
        {"rate": rate, "lost": lost, "durability": "D2"}
        for rate, lost in ((9.0, 0), (1.0, 3), (5.0, 0))
    ]

    assert median_of(runs) == {"rate": 5.0, "lost": 3, "durability": "D2"}


def test_a_result_is_shown_as_one_line_or_as_a_table() -> None:
    """The line is JSON; the table has a row for each figure."""
    result = {"rate": 1 / 3, "peers": 2}

    assert json.loads(as_json(result)) == {"rate": 0.3333, "peers": 2}
    assert "\n" not in as_json(result)
    assert as_table(result) == "rate   0.3333\npeers  2"


@pytest.mark.parametrize("result", [{}, {"rate": None}])
def test_a_result_without_figures_can_be_shown(
    result: dict[str, None],
) -> None:
    """An empty result is an empty table, a missing figure a dash."""
    assert as_table(result) == ("rate  -" if result else "")


def test_a_visitor_loads_one_language() -> None:
    """Of all translations, the largest counts, and nothing else twice."""
    sizes = {"widget.js": 1, "frame.js": 2, "strings-de.js": 3}

    assert for_an_open_chat(sizes) == 6
    assert for_an_open_chat(sizes | {"strings-fr.js": 5}) == 8
    assert for_an_open_chat({"widget.js": 1}) == 1
