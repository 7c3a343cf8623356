"""What customers are told first, and in which language."""

from __future__ import annotations

import pytest

from server.domain.notice import (
    Notice,
    has_terms,
    notice_for,
    terms_are_required,
)

ENGLISH = Notice(language="en", version="2", text="Kept for a day.")
GERMAN = Notice(language="de-ch", version="3", terms="Ja", terms_required=True)
NOTICES = (ENGLISH, GERMAN)


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("en", ENGLISH),
        ("en-GB", ENGLISH),
        ("de_CH", GERMAN),
        ("DE", GERMAN),
        ("fr", ENGLISH),
        ("", ENGLISH),
        (None, ENGLISH),
    ],
)
def test_a_wording_is_found_for_everybody(
    language: str | None, found: Notice
) -> None:
    """That language, that tongue, or the first."""
    assert notice_for(NOTICES, language) is found


def test_without_a_wording_nobody_is_told() -> None:
    """Nor is anything required."""
    assert notice_for((), "en") is None
    assert not terms_are_required(())
    assert not has_terms((), "2")


def test_terms_are_those_that_hold_now() -> None:
    """A version without terms cannot be agreed to, nor an old one."""
    assert terms_are_required(NOTICES)
    assert not terms_are_required((ENGLISH,))
    assert has_terms(NOTICES, "3")
    assert not has_terms(NOTICES, "2")
    assert not has_terms(NOTICES, "1")
