"""Tests of server/domain/desk.py."""

from __future__ import annotations

import pytest

from server.domain.desk import BusinessHours, Opening, Queue, minute_of
from server.ids import AgentId

MARIA, JONAS = AgentId("maria"), AgentId("jonas")
HOURS = BusinessHours(
    time_zone="UTC",
    openings=(
        Opening(day=0, opens=540, closes=720),
        Opening(day=0, opens=780, closes=1_440),
    ),
)


def test_a_queue_is_of_its_agents() -> None:
    """And of nobody else."""
    queue = Queue(frozenset({MARIA}))

    assert queue.is_of(MARIA)
    assert not queue.is_of(JONAS)


def test_a_queue_of_nobody_is_everybodys() -> None:
    """Or whoever waits there would wait for ever."""
    assert Queue().is_of(JONAS)


@pytest.mark.parametrize(
    ("day", "minute", "is_open"),
    [
        (0, 539, False),
        (0, 540, True),
        (0, 719, True),
        (0, 720, False),
        (0, 1_439, True),
        (1, 600, False),
    ],
)
def test_it_is_open_from_the_first_minute_to_before_the_last(
    day: int, minute: int, *, is_open: bool
) -> None:
    """On the days that are written down."""
    assert HOURS.is_open(day, minute) is is_open


def test_hours_without_openings_are_never_open() -> None:
    """Nobody answers then."""
    assert not BusinessHours(time_zone="UTC").is_open(0, 0)


@pytest.mark.parametrize(
    ("text", "minute"), [("00:00", 0), ("09:30", 570), ("24:00", 1_440)]
)
def test_a_time_of_day_is_a_number_of_minutes(text: str, minute: int) -> None:
    """The end of a day included."""
    assert minute_of(text) == minute
