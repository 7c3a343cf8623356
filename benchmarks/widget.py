"""What a page of the shop has to load, in bytes over the wire.

The loader is what every visitor pays; everything else comes when a chat can be
opened, with the words of one language beside the built-in English; and what
only some meet, when they meet it.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from benchmarks.figures import Figure
from benchmarks.server_process import ROOT
from server.gateway.static_files import StaticFiles

WEB = ROOT / "server" / "web"
LOADER = "widget.js"
TRANSLATION = "strings-"
#: What is loaded later, by what it is for; of words in languages, one file.
LATER = {
    # A menu, a card, a file.
    "rich": ("rich.js", "rich.css", "rich-words.js", "tray.js"),
    # The first message: from then on there is something to end.
    "closing": ("closing.js", "closing.css", "closing-words.js"),
    # A channel with a notice, once the chat is open.
    "notice": ("notice.js", "notice.css"),
    # Asking what is held.
    "holdings": (
        "holdings.js",
        "holdings.css",
        "holdings-words.js",
        "holdings-words-de.js",
        "holdings-words-es.js",
        "holdings-words-fr.js",
        "holdings-words-it.js",
        "holdings-words-nl.js",
        "inventory.js",
        "transcripts.js",
    ),
    # An open chat of a channel that asks where its customers are.
    "surroundings": ("surroundings.js",),
    # Pages written for another widget.
    "page": ("pega.js",),
}
ALL_LATER = frozenset(name for part in LATER.values() for name in part)


async def measure() -> dict[str, Figure]:
    """Compressed sizes of the loader and of everything for an open chat."""
    sizes = sizes_sent()
    return {
        "loader_gzip_bytes": sizes[LOADER],
        "open_gzip_bytes": for_an_open_chat(sizes),
        "later_gzip_bytes": sum(sizes[name] for name in ALL_LATER),
        "files": len(sizes),
    }


def sizes_sent() -> dict[str, int]:
    """Each file as the server sends it, without comments and compressed."""
    files = StaticFiles(WEB)
    sizes = {}
    for path in (WEB / "widget").iterdir():
        name = f"widget/{path.name}"
        is_page = path.suffix == ".html"
        sent = files.page(name) if is_page else files.asset(name)
        if sent is not None:
            sizes[path.name] = len(gzip.compress(sent.body, mtime=0))
    return sizes


def for_an_open_chat(sizes: Mapping[str, int]) -> int:
    """Of files and their sizes, what one visitor loads first, at the most."""
    words = [
        size for name, size in sizes.items() if name.startswith(TRANSLATION)
    ]
    later = sum(size for name, size in sizes.items() if name in ALL_LATER)
    return sum(sizes.values()) - later - sum(words) + max(words, default=0)
