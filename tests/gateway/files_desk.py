"""The attachments' routes over a world in memory, asked as uvicorn asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from random import Random
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.types import Message

from server.gateway.attachment_routes import AttachmentRoutes
from server.gateway.security_headers import SecurityHeaders
from server.services.applying import Applying
from server.services.bearers import Bearers
from server.vault.chunks import CHUNK
from tests.fakes_asgi import Answer
from tests.services.files import Filing
from tests.services.worlds import Line

CONTENT = Random(8).randbytes(2 * CHUNK + 100)
CUT = object()


class Desk:
    """The routes over a world in memory, asked as uvicorn asks."""

    def __init__(self) -> None:
        self.world = Filing()
        world = self.world
        knows = Bearers(
            world.remembering,
            world.signing_in,
            Applying(
                world.house, world.ending, world.remembering, applications=[]
            ),
        ).bearer_of
        routes = AttachmentRoutes(world.attaching, knows).routes()
        self.app = SecurityHeaders(Starlette(routes=routes), is_https=False)
        self.token = ""
        self.which = ""
        self.customer: Line

    async def open(self) -> Desk:
        """A customer who has said something."""
        found = await self.world.conversation()
        self.customer, self.which, self.token = found
        return self

    async def ask(
        self,
        method: str,
        path: str,
        *headers: tuple[str, str],
        body: Iterable[Any] = (b"",),
    ) -> Answer:
        """One request; of the ``body``, ``CUT`` ends the connection."""
        pieces = [*body]
        sent: list[Message] = []

        async def receive() -> Message:
            if not pieces:
                await asyncio.Event().wait()
            piece = pieces.pop(0)
            while callable(piece):  # something happens meanwhile
                await piece()
                piece = pieces.pop(0)
            if piece is CUT:
                return {"type": "http.disconnect"}
            more = bool(pieces)
            return {"type": "http.request", "body": piece, "more_body": more}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(_scope(method, path, headers), receive, send)
        raw = sent[0]["headers"]
        head = {key.decode(): value.decode("latin-1") for key, value in raw}
        assert len(head) == len(raw)
        data = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], head, data)

    def bearer(self, token: str = "") -> tuple[str, str]:
        """The header that proves who asks."""
        return "authorization", f"Bearer {token or self.token}"

    async def send(
        self, *body: Any, name: str = "photo.png", token: str = "", **more: str
    ) -> Answer:
        """Upload a file."""
        named = [(key.replace("_", "-"), value) for key, value in more.items()]
        return await self.ask(
            "POST",
            "/attachments",
            self.bearer(token),
            ("dayfly-name", name),
            *named,
            body=body or (b"",),
        )

    async def address(self, id_: str, *headers: tuple[str, str]) -> Answer:
        """Ask where a file is to be had."""
        path = f"/attachments/{id_}/address"
        return await self.ask("GET", path, *(headers or (self.bearer(),)))

    async def kept(self, content: bytes = CONTENT, name: str = "a.bin") -> str:
        """A file that was sent; its address."""
        made = await self.send(content, name=name)
        assert made.status == 201
        found = await self.address(json.loads(made.body)["id"])
        return str(json.loads(found.body)["url"])

    async def get(
        self, url: str, *headers: tuple[str, str], method: str = "GET"
    ) -> Answer:
        """What an address answers."""
        return await self.ask(method, url, *headers)


def _scope(
    method: str, path: str, headers: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    path, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"spec_version": "2.3", "version": "3.0"},
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            (name.encode(), value.encode("latin-1")) for name, value in headers
        ],
    }


def code(answer: Answer) -> tuple[int, str]:
    """Status and reason of a refusal."""
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer.status, json.loads(answer.body)["code"]


def is_nothing_but_a_file(answer: Answer) -> None:
    """The headers without which a browser might run it."""
    told = answer.headers
    assert told["x-content-type-options"] == "nosniff"
    assert told["content-security-policy"] == "sandbox; default-src 'none'"
    assert told["cache-control"] == "no-store"
    assert told["referrer-policy"] == "no-referrer"
    assert told["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in told
    assert "set-cookie" not in told
