"""Asks the running server: HTTP over its local socket, and nothing secret.

Whoever may open ``<data>/admin.sock`` is the operator; so there is no key to
lose on the way. What the server refuses is raised in its own words.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from server.errors import ServerError, Unavailable

NAME = "admin.sock"
PREFIX = "/api/v1"
#: Seconds until a silent server is given up. A search reads every message.
PATIENCE = 120.0
_READ_SIZE = 256 * 1024
#: Items asked for at once.
_PAGE = 200


class NotRunning(Unavailable):
    """No server has this data folder in use."""


class Denied(ServerError):
    """The server refused; its text is for whoever sits at the terminal.

    Attributes:
        status: Of HTTP.
        code: Why, in one word.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(_told(status, problem))
        self.status = status
        self.code = str(problem.get("code", ""))


class Asking:
    """Asks the server that has ``data`` in use.

    Args:
        data: Its folder.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / NAME

    def get(self, *path: str, **query: object) -> Any:
        """What is at ``path``, below ``/api/v1``.

        Raises:
            NotRunning: There is no server.
            Denied: It refused.
        """
        return self._asked("GET", path, query=query)[0]

    def revision(self, *path: str) -> tuple[Any, str]:
        """What is at ``path``, and the ``ETag`` with which to change it."""
        return self._asked("GET", path)

    def post(self, *path: str, body: object = None) -> Any:
        """What the server answers to ``body``; raises as ``get``."""
        return self._asked("POST", path, body=body)[0]

    def put(self, *path: str, body: object, revision: str = "") -> Any:
        """The same, in place of what is there; raises as ``get``."""
        return self._asked("PUT", path, body=body, revision=revision)[0]

    def delete(self, *path: str) -> None:
        """Remove what is at ``path``; raises as ``get``."""
        self._asked("DELETE", path)

    def all(self, *path: str, **query: object) -> Iterator[Any]:
        """Every item of a list, page after page; raises as ``get``."""
        after = None
        while True:
            page = self.get(*path, **query, limit=_PAGE, after=after)
            yield from page["items"]
            after = page.get("next")
            if not after:
                return

    def stream(self, method: str, *path: str) -> Iterator[bytes]:
        """An answer that is no JSON, piece by piece; raises as ``get``."""
        with closing(self._connected()) as connection:
            response = self._answered(connection, method, path)
            _check(response)
            try:
                while piece := response.read(_READ_SIZE):
                    yield piece
            except (OSError, http.client.HTTPException):
                raise Unavailable("the server broke off") from None

    def is_running(self) -> bool:
        """Whether a server listens there."""
        try:
            self._connected().close()
        except NotRunning:
            return False
        return True

    def _asked(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        revision: str = "",
    ) -> tuple[Any, str]:
        with closing(self._connected()) as connection:
            headers = {"if-match": revision} if revision else {}
            response = self._answered(
                connection, method, path, query=query, body=body, more=headers
            )
            _check(response)
            content = response.read()
            return (
                json.loads(content) if content else None,
                response.headers.get("etag", ""),
            )

    def _answered(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: tuple[str, ...],
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        more: Mapping[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        address = "/".join((PREFIX, *(quote(part, safe="") for part in path)))
        asked = {
            name: value
            for name, value in (query or {}).items()
            if value is not None
        }
        headers = {"accept": "*/*", **(more or {})}
        sent = None
        if body is not None:
            headers["content-type"] = "application/json"
            sent = json.dumps(body).encode()
        try:
            connection.request(
                method,
                address + (f"?{urlencode(asked)}" if asked else ""),
                sent,
                headers,
            )
            return connection.getresponse()
        except (OSError, http.client.HTTPException):
            raise Unavailable("the server does not answer") from None

    def _connected(self) -> http.client.HTTPConnection:
        connection = _Local(self._path)
        try:
            connection.connect()
        except OSError:
            connection.close()
            raise NotRunning(
                f"no server runs on {self._path.parent}: start it, or name"
                " another folder with --data or --settings"
            ) from None
        return connection


class _Local(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        # A long path does not fit into an address: it is named in two steps.
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.sock.connect(f"/proc/self/fd/{folder}/{self._path.name}")
        finally:
            os.close(folder)


def _check(response: http.client.HTTPResponse) -> None:
    if response.status < 400:  # noqa: PLR2004 - HTTP
        return
    try:
        problem = json.loads(response.read())
    except ValueError:
        problem = {}
    raise Denied(response.status, problem if isinstance(problem, dict) else {})


def _told(status: int, problem: Mapping[str, Any]) -> str:
    text = str(problem.get("detail") or problem.get("title") or status)
    faults = [
        f"{one.get('path', '')}: {one.get('hint') or one.get('code', '')}"
        for one in problem.get("errors", ())
    ]
    return "; ".join(faults) or text
