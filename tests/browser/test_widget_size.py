"""What the widget weighs: promised, so checked."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from benchmarks.widget import ALL_LATER, LATER
from server.gateway.static_files import StaticFiles

WEB = Path(__file__).parents[2] / "server" / "web" / "widget"


def weight(*names: str) -> int:
    """Bytes over the wire: as the server sends them, compressed."""
    files = StaticFiles(WEB.parent)
    total = 0
    for name in names:
        path = name if "/" in name else f"widget/{name}"
        is_page = name.endswith(".html")
        sent = files.page(path) if is_page else files.asset(path)
        assert sent is not None
        total += len(gzip.compress(sent.body, mtime=0))
    return total


def test_the_loader_is_small() -> None:
    """Every visitor of a page pays for it: 3 KB at most."""
    assert weight("widget.js") <= 3_000


def test_a_chat_ready_to_be_opened_is_small() -> None:
    """All that is loaded first: 25 KB at most, in the largest language."""
    words = {path.name for path in WEB.glob("strings-*.js")}
    first = {path.name for path in WEB.iterdir()} - words - ALL_LATER
    largest = max(weight(name) for name in words)
    assert weight(*first) + largest <= 25_000


@pytest.mark.parametrize(
    ("part", "most"),
    [("closing", 5_000), ("notice", 2_000), ("surroundings", 1_200)],
)
def test_what_comes_later_is_small(part: str, most: int) -> None:
    """Each part that some meet has a limit of its own."""
    assert weight(*LATER[part]) <= most


def test_menus_and_files_are_small() -> None:
    """They add 9 KB, where there are any."""
    assert weight(*LATER["rich"], "shared/attachments.js") <= 9_000


def test_what_is_held_is_small() -> None:
    """Who asks loads 10 KB, in one language beside the built-in English."""
    words = [n for n in LATER["holdings"] if n.startswith("holdings-words-")]
    rest = set(LATER["holdings"]) - set(words)
    assert weight(*rest) + max(map(weight, words)) <= 10_000
