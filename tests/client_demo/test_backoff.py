"""The client comes back when, and only when, the close code allows it."""

from __future__ import annotations

import pytest

from client_demo.backoff import Backoff, may_return


@pytest.mark.parametrize(
    "code", [1001, 1006, 1011, 1012, 1013, 4000, 4001, 4002, 4499]
)
def test_these_codes_ask_to_come_back(code: int) -> None:
    """Section 7: reconnect."""
    assert may_return(code)


@pytest.mark.parametrize(
    "code", [1000, 1002, 1003, 1007, 1009, 4500, 4501, 4502, 4503, 4999]
)
def test_these_codes_ask_to_stay_away(code: int) -> None:
    """Section 7: do not reconnect by yourself."""
    assert not may_return(code)


def test_pauses_double_up_to_thirty_seconds() -> None:
    """With the highest chance, the bounds themselves show."""
    backoff = Backoff(lambda: 1.0)
    pauses = [backoff.pause(lasted=0) for _ in range(8)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_pause_is_a_random_part_of_its_bound() -> None:
    """Many clients must not come back at once."""
    backoff = Backoff(iter([0.25, 0.5]).__next__)
    assert [backoff.pause(lasted=0) for _ in range(2)] == [0.125, 0.5]


def test_only_a_connection_that_lasted_begins_anew() -> None:
    """Ten seconds; less is a server that throws us out again and again."""
    backoff = Backoff(lambda: 1.0)
    backoff.pause(lasted=0)
    assert backoff.pause(lasted=9.9) == 1
    assert backoff.pause(lasted=10) == 0.5
