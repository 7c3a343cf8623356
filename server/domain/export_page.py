"""The first page of an export, for people: who it is about, what was agreed.

One HTML document that loads nothing; everything in it is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#1b1f1d;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:0 0 2rem}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;"
    "border-bottom:1px solid #d5dcd9;overflow-wrap:anywhere}"
    "th{font-weight:600;white-space:nowrap}"
    "@media(prefers-color-scheme:dark){body{color:#e6ebe8;background:#141816}"
    "th,td{border-color:#37403c}}"
)
#: Headings, and the names of what stands under them.
_LISTS: Final = (
    ("Agreed, restricted, put right", "events"),
    ("Requests", "requests"),
)


def person_page(person: Mapping[str, Any]) -> str:
    """The page about ``person``, as ``export.json`` begins."""
    return "".join(_pieces(person))


def _pieces(person: Mapping[str, Any]) -> Iterator[str]:
    yield (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta http-equiv="content-security-policy"'
        " content=\"default-src 'none';style-src 'unsafe-inline'\">"
        f"<title>Export</title><style>{_STYLE}</style>"
        "<h1>What is held about you</h1>"
        f"<p>Held by {escape(str(person['account']))}, as of"
        f" {_shown('made_at', person['made_at'])}. The conversations and"
        " attachments are in the folders beside this page; export.json has"
        " all of it for programs.</p>"
    )
    if customer := person.get("customer"):
        yield "<h2>Identity</h2>"
        yield _table([customer])
    for heading, name in _LISTS:
        if rows := person.get(name):
            yield f"<h2>{heading}</h2>"
            yield _table(rows)
    yield "</html>\n"


def _table(rows: Iterable[Mapping[str, Any]]) -> str:
    lines = [
        f"<tr><th>{escape(str(name).replace('_', ' '))}</th>"
        f"<td>{_shown(str(name), value)}</td></tr>"
        for row in rows
        for name, value in row.items()
        if value not in (None, "", {}, [])
    ]
    return f"<table>{''.join(lines)}</table>"


def _shown(name: str, value: Any) -> str:
    if name.endswith("_at") or name == "at":
        moment = datetime.fromtimestamp(value, UTC)
        return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, Mapping):
        return "<br>".join(
            escape(f"{key}: {one}") for key, one in value.items()
        )
    if isinstance(value, list | tuple):
        return escape(", ".join(map(str, value)))
    return escape(str(value))
