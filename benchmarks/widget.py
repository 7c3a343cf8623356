"""What a page of the shop has to load, in bytes over the wire.

The loader is what every visitor pays; everything else comes with the first
click on the bubble.
"""

from __future__ import annotations

import gzip

from benchmarks.figures import Figure
from benchmarks.server_process import ROOT

FOLDER = ROOT / "server" / "web" / "widget"
LOADER = "widget.js"


async def measure() -> dict[str, Figure]:
    """Compressed sizes of the loader and of everything for an open chat."""
    sizes = {
        path.relative_to(FOLDER).as_posix(): len(
            gzip.compress(path.read_bytes(), mtime=0)
        )
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    }
    return {
        "loader_gzip_bytes": sizes[LOADER],
        "open_gzip_bytes": sum(sizes.values()),
        "files": len(sizes),
    }
