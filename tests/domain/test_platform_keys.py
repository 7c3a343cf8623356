"""Tests of server/domain/platform_keys.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.platform_keys import LONGEST, Address, normalised
from server.errors import RefusalCode, Refused

letters = st.characters() | st.sampled_from("@.+ \u0345\u0130\u00df\u0301")


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (Address.PHONE, " 0171 3920001 ", "+491713920001"),
        (Address.EMAIL, " Eva+Shop@Example.COM ", "eva+shop@example.com"),
        (Address.EMAIL, "Zoe\u0308@stra\u00dfe.de", "zo\u00eb@strasse.de"),
        (Address.EMAIL, '"a@b"@example.com', '"a@b"@example.com'),
        (Address.PLATFORM, " A1 ", " A1 "),
        (Address.CONTACT, "003xx000004TmiQAAS", "003xx000004TmiQAAS"),
        (Address.PLATFORM, "x" * LONGEST, "x" * LONGEST),
    ],
)
def test_what_means_the_same_reads_the_same(
    kind: Address, text: str, found: str
) -> None:
    """Numbers and addresses in one spelling, ids exactly as they came."""
    assert normalised(kind, text, region="DE") == found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Address.PHONE, "soon"),
        (Address.EMAIL, "eva"),
        (Address.EMAIL, "@example.com"),
        (Address.EMAIL, "eva@"),
        (Address.EMAIL, "eva adam@example.com"),
        (Address.EMAIL, "e\u200bva@example.com"),
        (Address.EMAIL, "\u00df" * (LONGEST - 2) + "@b"),
        (Address.PLATFORM, ""),
        (Address.PLATFORM, "x" * (LONGEST + 1)),
        (Address.PLATFORM, "a\nb"),
        (Address.CONTACT, "\ud800"),
    ],
)
def test_what_nobody_is_found_by_is_refused(kind: Address, text: str) -> None:
    """The refusal says where it stood, and not what it was."""
    with pytest.raises(Refused) as refused:
        normalised(kind, text, path="$.address")

    assert refused.value.code is RefusalCode.MALFORMED
    assert refused.value.path == "$.address"
    assert refused.value.args == ("malformed",)
    assert refused.value.__context__ is None


@given(kind=st.sampled_from(Address), text=st.text(letters, max_size=40))
def test_normalising_twice_changes_nothing(kind: Address, text: str) -> None:
    """Of any text that is taken at all."""
    try:
        once = normalised(kind, text, region="DE")
    except Refused:
        return

    assert normalised(kind, once) == once
