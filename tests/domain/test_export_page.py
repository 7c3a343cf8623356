"""The first page of an export says what is held, and can do nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.domain.export_page import person_page

PERSON: dict[str, Any] = {
    "account": "acme",
    "made_at": 1_700_000_000.0,
    "customer": {
        "id": "c",
        "name": "Anna <b>",
        "email": None,
        "contacts": {"crm": "4711"},
        "seen_at": 1_700_000_000.0,
    },
    "events": [
        {"kind": "rectification", "at": 0.0, "fields": ["name", "email"]}
    ],
    "requests": [],
}


def test_everything_is_shown_in_words() -> None:
    """Maps, lists and moments, and nothing for what there is not."""
    page = person_page(PERSON)

    assert "Anna &lt;b&gt;" in page
    assert "crm: 4711" in page
    assert "name, email" in page
    assert page.count("2023-11-14 22:13:20 UTC") == 2
    assert "email</th>" not in page
    assert "<h2>Requests" not in page


def test_a_conversation_alone_has_no_person() -> None:
    """The page still says whose it is."""
    page = person_page({"account": "acme", "made_at": 0.0})

    assert "acme" in page
    assert "<h2>" not in page


@given(st.text())
def test_no_value_becomes_an_element(text: str) -> None:
    """Whatever somebody is called."""
    person = PERSON | {"customer": {"name": f"<script>{text}"}}

    assert "<script" not in person_page(person)
