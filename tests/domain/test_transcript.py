"""Transcripts say what was said, and can do nothing else."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.message import Author, Message
from server.domain.transcript import (
    Heading,
    HtmlTranscript,
    PlainTranscript,
)
from server.ids import ConversationId

HEADING = Heading(title="Acme", started_at=1_700_000_000.0)


def message(number: int = 1, **changes: Any) -> Message:
    """A message of the customer."""
    fields: dict[str, Any] = {
        "conversation": ConversationId("c" * 22),
        "number": number,
        "author": Author.CUSTOMER,
        "client_id": f"client-{number}",
        "said_at": 1_700_000_000.0 + number,
        "text": "hello",
    }
    return Message(**(fields | changes))


def as_text(said: list[Message], **options: bool) -> str:
    """A whole transcript as text."""
    page = PlainTranscript(HEADING, **options)
    return page.head() + "".join(map(page.said, said)) + page.foot()


def as_html(said: list[Message], **options: bool) -> str:
    """A whole transcript as a document."""
    page = HtmlTranscript(HEADING, **options)
    return page.head() + "".join(map(page.said, said)) + page.foot()


def test_words_that_were_not_kept_are_said_to_be_so() -> None:
    """Something was said, and nobody stored what."""
    said = [message(1, text="", is_unkept=True)]

    assert "[not kept]" in as_text(said)
    assert "[not kept]" in as_html(said)
    assert "[not kept]" not in as_text([message(1, text="")])


class Tags(HTMLParser):
    """Which elements a document has, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(
        self,
        tag: str,
        attrs: list[tuple[str, str | None]],
    ) -> None:
        """Note the name."""
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text += data


def test_a_line_says_who_and_when() -> None:
    """The agent by name, the customer as the heading has it."""
    said = [
        message(1),
        message(2, author=Author.AGENT, name="Maria", text="two\nlines"),
        message(3, author=Author.APPLICATION, name=None, text="from a bot"),
    ]

    assert as_text(said) == (
        "Acme\n2023-11-14 22:13:20 UTC\n\n"
        "[2023-11-14 22:13:21 UTC] Customer:\n    hello\n\n"
        "[2023-11-14 22:13:22 UTC] Maria:\n    two\n    lines\n\n"
        "[2023-11-14 22:13:23 UTC] application:\n    from a bot\n\n"
    )


@pytest.mark.parametrize("write", [as_text, as_html])
def test_notes_are_for_agents(write: Any) -> None:
    """The customer's own copy has none."""
    said = [
        message(1),
        message(2, author=Author.AGENT, text="zzz", is_note=True),
    ]

    assert "zzz" not in write(said)
    assert "zzz" in write(said, with_notes=True)


@pytest.mark.parametrize(
    ("rich", "lines"),
    [
        (
            {"kind": "attachment", "name": "bill.pdf", "size": 7},
            ["[bill.pdf, 7 bytes]"],
        ),
        (
            {"kind": "link_button", "label": "Go", "url": "https://a.example"},
            ["[Go] https://a.example"],
        ),
        (
            {
                "kind": "menu",
                "title": "Pick",
                "items": [{"text": "One", "payload": "1"}],
            },
            ["Pick", "  ( ) One"],
        ),
        (
            {
                "kind": "cards",
                "items": [
                    {
                        "title": "A",
                        "subtitle": "b",
                        "items": [{"text": "Buy", "payload": "x"}],
                    },
                    {"title": "C"},
                ],
            },
            ["- A / b", "  ( ) Buy", "- C"],
        ),
    ],
)
def test_what_goes_with_words_becomes_words(
    rich: dict[str, Any], lines: list[str]
) -> None:
    """Menus, cards, links and files are named."""
    said = [message(text="", rich=rich)]

    text = as_text(said)

    assert text.endswith(
        ":\n" + "".join(f"    {one}\n" for one in lines) + "\n"
    )
    page = Tags()
    page.feed(as_html(said))
    assert all(one in page.text for one in lines)


@given(st.text(max_size=50), st.text(max_size=20))
def test_no_text_becomes_an_element(text: str, name: str) -> None:
    """Whatever is typed, the document has the elements that we wrote."""
    plain, typed = Tags(), Tags()
    plain.feed(as_html([message(text="hello")]))
    said = message(
        text=text or "x", author=Author.AGENT, name=f"<script>{name}"
    )

    typed.feed(as_html([said]))

    assert typed.tags == plain.tags


def test_a_line_cannot_pretend_to_be_another() -> None:
    """Marks that turn the direction of writing stay out."""
    said = [
        message(text="a\u202eb\u2066c", author=Author.AGENT, name="M\u202e")
    ]

    assert "abc" in as_text(said)
    assert "\u202e" not in as_html(said)
