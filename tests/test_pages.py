"""What browsers are given: nothing from outside, nothing inline.

The pages' content-security policy would stop most of this in a browser that
keeps it; here it is stopped before anybody has one.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WEB = ROOT / "server" / "web"

#: Ways to make text into markup or code.
SINKS = re.compile(
    r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write\b|\beval\("
    r"|new Function\(|createContextualFragment|setTimeout\(\s*[\"']"
)

#: What a page would fetch: an address with a host, in code or a style sheet.
OUTSIDE = re.compile(
    r"(?:from|import|import\(|url\(|fetch\()\s*[\"'`]?(?:https?:)?//"
)

#: The one inline script that is allowed: data, which does not run.
DATA = "application/json"


class Page(HTMLParser):
    """Collects what a page has inline and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Note what ``tag`` loads, and what it has that should be a file."""
        given = {name: value or "" for name, value in attrs}
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != DATA
        ):
            self.inline.append(f"<{tag}>")
        self.inline += [
            name for name in given if name == "style" or name.startswith("on")
        ]
        if tag in {"script", "img", "link", "iframe", "source"}:
            self.loaded += [given.get("src", ""), given.get("href", "")]


def files(*endings: str) -> list[Path]:
    """What the server gives to browsers, by the ends of the names."""
    return sorted(
        path for path in WEB.rglob("*") if path.suffix.lstrip(".") in endings
    )


def named(path: Path) -> str:
    """``path`` as a test's id."""
    return path.relative_to(WEB).as_posix()


@pytest.mark.parametrize("path", files("html"), ids=named)
def test_a_page_has_no_inline_script_or_style(path: Path) -> None:
    """Scripts and styles are files, so that the policy can forbid the rest."""
    assert Page(path.read_text("utf-8")).inline == []


@pytest.mark.parametrize("path", files("html"), ids=named)
def test_a_page_loads_nothing_from_outside(path: Path) -> None:
    """No page asks another server for anything."""
    loaded = Page(path.read_text("utf-8")).loaded

    assert [address for address in loaded if "//" in address] == []


@pytest.mark.parametrize("path", files("js", "css"), ids=named)
def test_a_script_loads_nothing_from_outside(path: Path) -> None:
    """No script or style sheet asks another server for anything."""
    assert OUTSIDE.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", files("js"), ids=named)
def test_a_script_makes_no_markup_of_text(path: Path) -> None:
    """What a person typed reaches a page as text only."""
    assert SINKS.findall(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", files("js"), ids=named)
def test_a_script_sets_no_cookie(path: Path) -> None:
    """Nothing of the pages writes a cookie; the loader alone reads some."""
    text = path.read_text("utf-8")
    assert not re.search(r"document\.cookie\s*=[^=]", text)
    assert path.name == "widget.js" or "document.cookie" not in text


@pytest.mark.parametrize("fault", ['<p style="x">', "<script>x", "<style>"])
def test_inline_parts_are_noticed(fault: str) -> None:
    """The check of pages can fail."""
    assert Page(fault).inline != []


@pytest.mark.parametrize(
    "fault", ['import x from "https://x/x.js"', "url(//x/font.woff)"]
)
def test_addresses_outside_are_noticed(fault: str) -> None:
    """The check of scripts can fail."""
    assert OUTSIDE.search(fault)
