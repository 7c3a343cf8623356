"""What the widget weighs: promised, so checked."""

from __future__ import annotations

import gzip
from pathlib import Path

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


#: Loaded by those who meet a menu or a file, or whose page asks for it.
LATER = {"rich.js", "rich.css", "rich-words.js", "tray.js", "pega.js"}


def test_an_open_chat_is_small() -> None:
    """Everything an English chat loads: 25 KB; a language adds 1 KB."""
    words = {path.name for path in WEB.glob("strings-*.js")}
    everything = {path.name for path in WEB.iterdir()} - words - LATER
    assert weight(*everything) <= 25_000
    assert max(weight(name) for name in words) <= 1_100


def test_what_comes_later_is_small() -> None:
    """Menus and files add 9 KB, where there are any."""
    later = LATER - {"pega.js"}
    assert weight(*later, "shared/attachments.js") <= 9_000
