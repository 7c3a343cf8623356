"""What a page of the shop has to load, in bytes over the wire.

The loader is what every visitor pays; everything else comes when a chat is
opened, and with it the words of one language beside the built-in English.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from benchmarks.figures import Figure
from benchmarks.server_process import ROOT

FOLDER = ROOT / "server" / "web" / "widget"
LOADER = "widget.js"
TRANSLATION = "strings-"


async def measure() -> dict[str, Figure]:
    """Compressed sizes of the loader and of everything for an open chat."""
    sizes = {
        path.name: len(gzip.compress(path.read_bytes(), mtime=0))
        for path in FOLDER.iterdir()
        if path.is_file()
    }
    return {
        "loader_gzip_bytes": sizes[LOADER],
        "open_gzip_bytes": for_an_open_chat(sizes),
        "files": len(sizes),
    }


def for_an_open_chat(sizes: Mapping[str, int]) -> int:
    """Of files and their sizes, what one visitor loads at the most."""
    words = [
        size for name, size in sizes.items() if name.startswith(TRANSLATION)
    ]
    return sum(sizes.values()) - sum(words) + max(words, default=0)
