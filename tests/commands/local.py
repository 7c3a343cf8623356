"""A server's local socket without a server: it answers what it was told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

from server.commands.asking import NAME


@dataclass
class Asked:
    """A request that came."""

    method: str
    path: str
    body: Any
    revision: str | None


@dataclass
class Local:
    """What it answers, and what it was asked.

    Attributes:
        answers: Status and body by method and path; bytes are sent as such.
        asked: In order.
    """

    answers: dict[tuple[str, str], tuple[int, Any]] = field(
        default_factory=dict
    )
    asked: list[Asked] = field(default_factory=list)

    def on(
        self, method: str, path: str, body: Any = None, status: int = 200
    ) -> None:
        """Answer that there, from now on."""
        self.answers[method, f"/api/v1/{path}"] = (status, body)

    def bodies(self, method: str) -> list[Any]:
        """What was sent by that method."""
        return [one.body for one in self.asked if one.method == method]


def handler_of(told: Local) -> type[BaseHTTPRequestHandler]:
    """What answers as ``told`` says, and notes what was asked."""

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            sent = self.rfile.read(size)
            told.asked.append(
                Asked(
                    self.command,
                    self.path,
                    json.loads(sent) if sent else None,
                    self.headers.get("if-match"),
                )
            )
            gone = {"detail": "There is no such thing.", "code": "not_found"}
            status, body = told.answers.get(
                (self.command, self.path), (404, gone)
            )
            raw = body if isinstance(body, bytes) else b""
            if not raw and body is not None:
                raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.send_header("etag", '"7"')
            with suppress(BrokenPipeError):  # whoever asked has gone
                self.end_headers()
                self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_DELETE = handle_one  # noqa: N815

        def address_string(self) -> str:
            return "local"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler


@contextmanager
def local(data: Path) -> Iterator[Local]:
    """One that listens in ``data``."""
    data.mkdir(exist_ok=True)
    told = Local()
    server = ThreadingUnixStreamServer(str(data / NAME), handler_of(told))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
