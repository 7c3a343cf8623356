"""A transcript: a conversation as a page that people can read and keep.

As plain text, and as one HTML file that loads nothing, runs nothing and can
be printed. What was said is escaped here and nowhere else; notes are for
agents and are left out unless they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from server.domain.message import Author, Message

#: Bidirectional marks would let a line pretend to be another one's.
_CONTROLS: Final = dict.fromkeys(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
)
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;"
    "padding:0 1rem;color:#1b1f1d;background:#fff}"
    "h1{font-size:1.25rem}article{margin:0 0 1rem;padding:.6rem .9rem;"
    "border-left:3px solid #8aa39a;overflow-wrap:anywhere}"
    "article.customer{border-color:#0b6e4f}article.note{opacity:.75}"
    "header{font-size:.85rem;color:#59625e}p{margin:.2rem 0;"
    "white-space:pre-wrap}"
    "@media(prefers-color-scheme:dark){body{color:#e6ebe8;background:#141816}"
    "header{color:#a3ada8}}@media print{body{margin:0;max-width:none}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above the messages.

    Attributes:
        title: The channel's name, as customers know it.
        started_at: Unix seconds.
        customer: What the customer's own lines are headed with.
        language: Of the words below that are ours; a BCP 47 tag.
    """

    title: str
    started_at: float
    customer: str = "Customer"
    language: str = "en"


class PlainTranscript:
    """The transcript as plain text, piece by piece.

    Args:
        heading: What stands above.
        with_notes: Whether it is for agents.
    """

    media_type = "text/plain"
    ending = "txt"

    def __init__(self, heading: Heading, *, with_notes: bool = False) -> None:
        self._heading = heading
        self._with_notes = with_notes

    def head(self) -> str:
        """What comes first."""
        title = _plain(self._heading.title)
        return f"{title}\n{_time(self._heading.started_at)}\n\n"

    def said(self, message: Message) -> str:
        """``message``; nothing, if it is not for the reader."""
        if message.is_note and not self._with_notes:
            return ""
        who = _who(self._heading, message)
        lines = "".join(f"    {line}\n" for line in _lines(message))
        return f"[{_time(message.said_at)}] {who}:\n{lines}\n"

    def foot(self) -> str:
        """What comes last."""
        return ""


class HtmlTranscript:
    """The transcript as one HTML document, piece by piece.

    Args:
        heading: What stands above.
        with_notes: Whether it is for agents.
    """

    media_type = "text/html"
    ending = "html"

    def __init__(self, heading: Heading, *, with_notes: bool = False) -> None:
        self._heading = heading
        self._with_notes = with_notes

    def head(self) -> str:
        """What comes first."""
        title = escape(_plain(self._heading.title))
        return (
            f'<!doctype html><html lang="{escape(self._heading.language)}">'
            '<meta charset="utf-8"><meta name="viewport"'
            ' content="width=device-width,initial-scale=1">'
            # Even opened from a disk it can neither load nor send anything.
            '<meta http-equiv="content-security-policy"'
            " content=\"default-src 'none';style-src 'unsafe-inline'\">"
            f"<title>{title}</title><style>{_STYLE}</style>"
            f"<h1>{title}</h1>"
            f"<p>{_stamp(self._heading.started_at)}</p><main>\n"
        )

    def said(self, message: Message) -> str:
        """``message``; nothing, if it is not for the reader."""
        if message.is_note and not self._with_notes:
            return ""
        kind = "note" if message.is_note else message.author.value
        lines = "".join(
            f'<p dir="auto">{escape(line)}</p>' for line in _paragraphs(message)
        )
        return (
            f'<article class="{kind}"><header>'
            f"<b>{escape(_who(self._heading, message))}</b> "
            f"{_stamp(message.said_at)}</header>{lines}</article>\n"
        )

    def foot(self) -> str:
        """What comes last."""
        return "</main></html>\n"


def _who(heading: Heading, message: Message) -> str:
    if message.author is Author.CUSTOMER:
        return heading.customer
    return _plain(message.name or message.author.value)


def _lines(message: Message) -> Iterator[str]:
    for paragraph in _paragraphs(message):
        yield from paragraph.split("\n")


def _paragraphs(message: Message) -> Iterator[str]:
    if message.text:
        yield _plain(message.text)
    elif message.is_unkept:
        yield "[not kept]"
    if message.rich is not None:
        yield from map(_plain, _parts(message.rich))


def _parts(rich: Mapping[str, Any]) -> Iterator[str]:
    """What goes with the words, as lines."""
    if title := rich.get("title"):
        yield title
    match rich.get("kind"):
        case "attachment":
            yield f"[{rich['name']}, {rich['size']} bytes]"
        case "link_button":
            yield f"[{rich['label']}] {rich['url']}"
        case "cards":
            for card in rich["items"]:
                yield "- " + " / ".join(
                    one for one in (card["title"], card.get("subtitle")) if one
                )
                yield from _choices(card.get("items", ()))
        case _:
            yield from _choices(rich.get("items", ()))


def _choices(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (f"  ( ) {item['text']}" for item in items)


def _plain(text: str) -> str:
    return text.translate(_CONTROLS)


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _stamp(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return f'<time datetime="{moment}">{_time(at)}</time>'
