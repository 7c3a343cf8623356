"""The files browsers load, read once and kept in memory, gzipped beforehand.

All of them together are a few hundred kilobytes. A file changed on disk is
seen after a restart, like any other part of the program.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

# HTML is not among them: a page is sent by its own route, with its policy.
TYPES = {
    "css": "text/css; charset=utf-8",
    "ico": "image/x-icon",
    "js": "text/javascript; charset=utf-8",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
HTML = "text/html; charset=utf-8"

# One folder, one file, no dot but the last: nothing that could lead upwards
# or to a hidden file can even be written like this.
_NAME = re.compile(r"[a-z0-9_-]+/[a-z0-9_-]+\.([a-z0-9]+)")

# What in a script or style sheet is for people who read its source:
# indentation, and comments with a line to themselves. No string needs either.
_FOR_READERS = re.compile(rb"^[ \t]+(?://[^\n]*\n)?|^//[^\n]*\n", re.MULTILINE)

# Below it, gzip saves less than a packet; above, it saves two thirds.
_WORTH_GZIP = 512


@dataclass(frozen=True, slots=True)
class Asset:
    """Something that is the same for everybody who asks.

    Attributes:
        body: Its bytes.
        kind: Its media type.
        gzipped: The same, if that is shorter.
        digest: Changes when the bytes do.
    """

    body: bytes = field(repr=False)
    kind: str
    gzipped: bytes | None = field(repr=False)
    digest: str

    @classmethod
    def of(cls, body: bytes, kind: str) -> Asset:
        """Compress ``body`` and name it by its contents."""
        packed = gzip.compress(body, mtime=0)
        worth = len(body) >= _WORTH_GZIP and len(packed) < len(body)
        digest = hashlib.sha256(body).hexdigest()[:24]
        return cls(body, kind, packed if worth else None, digest)

    def answer(self, request: Request, headers: dict[str, str]) -> Response:
        """What to send to ``request``: itself, or "you have it already".

        Args:
            request: Who asks, and what they hold.
            headers: What else to send along.
        """
        body, etag = self.body, f'"{self.digest}"'
        # "no-cache" is "ask every time": pages and scripts of two versions
        # never meet, for the price of a 304.
        headers = {
            "cache-control": "no-cache",
            "vary": "accept-encoding",
            "content-type": self.kind,
            **headers,
        }
        if self.gzipped and _takes_gzip(request):
            # Other bytes, another tag, or a proxy would mix them up.
            body, etag = self.gzipped, f'"{self.digest}-gz"'
            headers["content-encoding"] = "gzip"
        headers["etag"] = etag
        if _holds(request, etag):
            del headers["content-type"]
            headers.pop("content-encoding", None)
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers)


class StaticFiles:
    """What lies in the folders of ``web``.

    Args:
        web: The folder of folders; read when something is first asked for.
    """

    def __init__(self, web: Path) -> None:
        self._web = web.resolve()
        # Only what exists is kept, so it grows no further than the folder.
        self._assets: dict[str, Asset] = {}

    def asset(self, name: str) -> Asset | None:
        """The file ``folder/file.ext``; None if there is none to be had."""
        found = self._assets.get(name)
        if found is None and (match := _NAME.fullmatch(name)):
            kind = TYPES.get(match[1])
            body = self.read(name) if kind else None
            if kind and body is not None:
                if match[1] in {"js", "css"}:
                    body = _FOR_READERS.sub(b"", body)
                found = self._assets[name] = Asset.of(body, kind)
        return found

    def page(self, name: str) -> Asset | None:
        """The HTML file ``name``, which is the caller's own, not asked for."""
        found = self._assets.get(name)
        if found is None and (body := self.read(name)) is not None:
            found = self._assets[name] = Asset.of(body, HTML)
        return found

    def read(self, name: str) -> bytes | None:
        """The bytes of ``name``, if it is a file inside the folder."""
        path = (self._web / name).resolve()
        if not path.is_relative_to(self._web) or not path.is_file():
            return None
        return path.read_bytes()

    def names(self, pattern: str) -> list[str]:
        """The names of the files that match ``pattern``, sorted."""
        found = (
            path.relative_to(self._web) for path in self._web.glob(pattern)
        )
        return sorted(path.as_posix() for path in found)


def _takes_gzip(request: Request) -> bool:
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() in {"gzip", "*"}:
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False


def _holds(request: Request, etag: str) -> bool:
    held = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
    return etag in tags or "*" in tags
