"""What may not be done, as a matrix and as a number."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from server.domain.restriction import (
    MATRIX,
    Restriction,
    Use,
    allows,
    flags_of,
    restrictions_of,
)

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"
sets = st.frozensets(st.sampled_from(Restriction))


def test_every_restriction_forbids_something() -> None:
    """And none forbids to be answered: that is why somebody writes."""
    assert set(MATRIX) == set(Restriction)
    assert all(MATRIX.values())
    assert not any(Use.AGENT_ANSWER in uses for uses in MATRIX.values())


@given(sets, st.sampled_from(Use))
def test_what_one_forbids_none_allows(
    restrictions: frozenset[Restriction], use: Use
) -> None:
    """More restrictions never allow more."""
    forbidding = {one for one in restrictions if use in MATRIX[one]}

    assert allows(restrictions, use) is not bool(forbidding)


@given(sets)
def test_flags_are_the_restrictions(
    restrictions: frozenset[Restriction],
) -> None:
    """As they are kept, and back."""
    assert restrictions_of(flags_of(restrictions)) == restrictions


def test_flags_are_what_they_were() -> None:
    """They lie on disks: no bit changes its meaning."""
    assert {one: flags_of([one]) for one in Restriction} == {
        Restriction.DO_NOT_PROCESS: 1,
        Restriction.DO_NOT_PROFILE: 2,
        Restriction.DO_NOT_LOCATE: 4,
        Restriction.DO_NOT_STORE: 8,
    }
    # Of a newer server's bits only those are taken that are known.
    assert restrictions_of(16 + 4) == {Restriction.DO_NOT_LOCATE}


def test_the_document_prints_the_matrix() -> None:
    """docs/privacy.md, row by row."""
    page = PAGE.read_text(encoding="utf-8")
    heads = " | ".join(f"`{one.value}`" for one in Restriction)
    rows = [
        f"| {use.value} | "
        + " | ".join(
            "no" if use in MATRIX[one] else "yes" for one in Restriction
        )
        + " |"
        for use in Use
    ]

    assert "\n".join([f"| | {heads} |", "|---" * 5 + "|", *rows]) in page
