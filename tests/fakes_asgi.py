"""Requests to a piece of a web application, without a server around it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import ASGIApp, Message


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
