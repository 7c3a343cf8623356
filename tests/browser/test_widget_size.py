"""What the widget weighs: promised, so checked."""

from __future__ import annotations

import gzip
from pathlib import Path

from server.gateway.static_files import StaticFiles

WEB = Path(__file__).parents[2] / "server" / "web" / "widget"


def weight(*names: str) -> int:
    """Bytes over the wire: as the server sends them, compressed."""
    files = StaticFiles(WEB.parent)
    sent = [
        files.page(f"widget/{name}")
        if name.endswith(".html")
        else files.asset(f"widget/{name}")
        for name in names
    ]
    return sum(len(gzip.compress(one.body, mtime=0)) for one in sent if one)


def test_the_loader_is_small() -> None:
    """Every visitor of a page pays for it: 3 KB at most."""
    assert weight("widget.js") <= 3_000


def test_an_open_chat_is_small() -> None:
    """Everything an English chat loads: 25 KB; a language adds 1 KB."""
    words = {path.name for path in WEB.glob("strings-*.js")}
    everything = {path.name for path in WEB.iterdir()} - words
    assert weight(*everything) <= 25_000
    assert max(weight(name) for name in words) <= 1_100
