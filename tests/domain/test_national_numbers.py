"""Weak numbers need a word that names them."""

from __future__ import annotations

import pytest

from server.domain.national_numbers import national_numbers_in


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("my ssn is 536904399", 1),
        ("536904399 is my ssn", 0),
        (f"ssn? {'x' * 50} 536904399", 0),
        ("DNI 54.362.315-K", 1),
        ("1-536-90-4399", 0),
        ("536-90-4399-1", 0),
        ("X536-90-4399", 0),
    ],
)
def test_a_weak_number_needs_its_name_before_it(text: str, count: int) -> None:
    """Shortly before it, and it is no part of something longer."""
    assert len(list(national_numbers_in(text))) == count
