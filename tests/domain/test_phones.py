"""Numbers as people write them at home need to know where that is."""

from __future__ import annotations

import pytest

from server.domain.phones import Phones, knows_region


@pytest.mark.parametrize(
    ("region", "text", "found"),
    [
        ("US", "call 4155552671", ["4155552671"]),
        ("US", "order 4155552671", []),
        ("US", "415-555-2671 x", ["415-555-2671"]),
        ("US", "1 2 3 4 415 555 2671", ["415 555 2671"]),
        ("DE", "0170 1234567 0171 7654321", ["0170 1234567", "0171 7654321"]),
        ("DE", "12 0170 1234567 12", ["0170 1234567"]),
        ("DE", "1701234567", []),
        ("DE", "0000000000", []),
        (None, "0170 1234567", []),
        (None, "+1 415 555 2671 12 34", ["+1 415 555 2671"]),
        (None, "+12345678901234567890", []),
        (None, "+999 1234567", []),
        (None, "0049 170 1234567", ["0049 170 1234567"]),
        (None, "00999 1234567", []),
    ],
)
def test_phones_are_found(
    region: str | None, text: str, found: list[str]
) -> None:
    """With their country anywhere, without it only in a region."""
    spans = Phones(region)(text)

    assert [text[start:end] for start, end in spans] == found


def test_a_region_has_two_letters() -> None:
    """As ISO 3166 has them."""
    assert knows_region("DE")
    assert not knows_region("de")
