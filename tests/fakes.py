"""What stands in for the world in tests: short, in memory, shared."""

from __future__ import annotations

import os
from dataclasses import dataclass

from starlette.types import ASGIApp, Message


class FakeDisk:
    """The machine's disk until told to fail.

    Attributes:
        calls: The names of the changing calls, in order.
        failing: Which calls fail, and with which errno.
        most: Bytes taken by one write.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.failing: dict[str, int] = {}
        self.most = 2**30

    def pread(self, fd: int, length: int, offset: int, /) -> bytes:
        self._try("pread")
        return os.pread(fd, length, offset)

    def pwrite(self, fd: int, data: bytes, offset: int, /) -> int:
        self.calls.append("pwrite")
        self._try("pwrite")
        return os.pwrite(fd, data[: self.most], offset)

    def ftruncate(self, fd: int, length: int, /) -> None:
        self.calls.append("ftruncate")
        self._try("ftruncate")
        os.ftruncate(fd, length)

    def fdatasync(self, fd: int, /) -> None:
        self.calls.append("fdatasync")
        self._try("fdatasync")
        os.fdatasync(fd)

    def _try(self, call: str) -> None:
        if call in self.failing:
            number = self.failing[call]
            raise OSError(number, os.strerror(number))


@dataclass(frozen=True)
class Answer:
    """What an ASGI application answered."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(
    app: ASGIApp, path: str, *, method: str = "GET", **headers: str
) -> Answer:
    """One HTTP request, without a network; ``if_none_match="x"`` is a header.

    ``path`` arrives as it is given, as if it had been decoded already.
    """
    named = {"host": "chat.test", **headers}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in named.items()
        ],
    }
    await app(scope, receive, send)
    head = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], head, body)
