"""Tests of server/domain/phone_numbers.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.phone_numbers import LONGEST, e164

SPELLINGS = [
    ("+49 171 3920001", None),
    ("+49 (0)171/392 00 01", None),
    ("0171 3920001", "DE"),
    ("0049 171 392-0001", "DE"),
    ("011 49 171 3920001", "US"),
    ("+\u0664\u0669 171 3920001", None),
]


@pytest.mark.parametrize(("text", "region"), SPELLINGS)
def test_one_number_has_one_spelling(text: str, region: str | None) -> None:
    """However it was written, at home, abroad or in other digits."""
    assert e164(text, region=region) == "+491713920001"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("", None),
        ("0171 3920001", None),
        ("0049 171 3920001", None),
        ("0171 3920001", "XX"),
        ("+49 171 3920001 ext. 5", None),
        ("+49 171 3920001;ext=5", None),
        ("+49 171 3920001 # 5", None),
        ("+1 800 FLOWERS", None),
        ("tel:+491713920001", None),
        ("392 0001", "US"),
        ("+49", None),
        ("+999 1234567", None),
        ("+4400002079460958", None),
        ("+27001039011", None),
        ("+49 171 3920001" + " " * LONGEST, None),
    ],
)
def test_what_is_no_full_number_is_none(text: str, region: str | None) -> None:
    """Without country or area, with an extension, in letters, too long."""
    assert e164(text, region=region) is None


@given(
    text=st.from_regex(r"\A\+?[0-9 ()/#*;,.~-]{4,20}\Z"),
    region=st.sampled_from([None, "DE", "US", "IT", "MX", "AR", "BR"]),
)
def test_a_second_reading_changes_nothing(
    text: str, region: str | None
) -> None:
    """And needs no region."""
    once = e164(text, region=region)

    assert once is None or e164(once) == once
