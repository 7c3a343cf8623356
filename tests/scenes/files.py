"""Files sent to a site and got from it, over a plain socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.ids import token_hash
from tests.fakes import FakeClock
from tests.scenes.sites import Site, settings
from tests.strangers_client import Stranger

API_KEY = "an-api-key-for-scenes"
PATIENCE = 20.0


@dataclass(frozen=True)
class Response:
    """What a server answered; ``is_whole`` if all it promised came."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_whole: bool = True

    @property
    def told(self) -> Any:
        """The JSON it is."""
        return json.loads(self.body)


def filing_site(
    data: Path, clock: FakeClock | None = None, **channel: Any
) -> Site:
    """A site whose shop takes files, with a program and another account."""
    [acme] = settings(data)["account"]
    acme["channel"][0] |= {"attachments": True, "attachment_mib": 12} | channel
    acme["application"] = [
        {
            "id": "bot",
            "name": "Bot",
            "key_hash": token_hash(API_KEY).hex(),
        }
    ]
    other = {
        "id": "other",
        "name": "Other",
        "agent": [dict(acme["agent"][0], name="otto")],
        "application": [
            {
                "id": "spy",
                "name": "Spy",
                "key_hash": token_hash("a-key-of-the-other").hex(),
            }
        ],
    }
    return Site(data, clock, account=[acme, other])


class Request:
    """One request, piece by piece.

    Args:
        port: Of the server, on loopback.
        line: Method and path.
        headers: Without ``Host``.
    """

    def __init__(
        self, port: int, line: str, headers: dict[str, str] | None = None
    ) -> None:
        self._port = port
        named = {"Host": "chat.test"} | (headers or {})
        lines = [f"{line} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in named.items()]
        self._head = "\r\n".join([*lines, "", ""]).encode("latin-1")

    async def begin(self) -> Request:
        """Connect, and send the head."""
        self._reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self._port
        )
        self.writer.write(self._head)
        return self

    async def send(self, data: bytes) -> None:
        """A piece of the body."""
        self.writer.write(data)
        await self.writer.drain()

    async def close(self, *, tear: bool = False) -> None:
        """Hang up; or tear the line off, without a word."""
        if tear:
            self.writer.transport.abort()
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()

    async def read(self, size: int) -> bytes:
        """The next bytes of a body; 0: of the head, to its end."""
        async with asyncio.timeout(PATIENCE):
            if size:
                return await self._reader.readexactly(size)
            return await self._reader.readuntil(b"\r\n\r\n")

    async def answer(self, *, has_body: bool = True) -> Response:
        """Read what is answered, and close."""
        async with asyncio.timeout(PATIENCE):
            head = await self.read(0)
            status, *lines = head.decode("latin-1").split("\r\n")
            pairs = [line.split(": ", 1) for line in lines if line]
            headers = {name.lower(): value for name, value in pairs}
            assert len(headers) == len(pairs)
            size = int(headers["content-length"]) if has_body else 0
            body, is_whole = b"", True
            try:
                body = await self._reader.readexactly(size)
            except asyncio.IncompleteReadError as cut:
                body, is_whole = cut.partial, False
        await self.close()
        return Response(int(status.split()[1]), headers, body, is_whole)


class Files:
    """The files of one conversation, as one of its people reaches them."""

    def __init__(self, port: int, token: str, conversation: str = "") -> None:
        self.port = port
        self.proof = {"Authorization": f"Bearer {token}"}
        if conversation:
            self.proof["Dayfly-Conversation"] = conversation

    async def begin(self, size: int, name: str = "photo.png") -> Request:
        """Begin to send ``size`` bytes."""
        headers = self.proof | {
            "Dayfly-Name": name,
            "Content-Length": str(size),
        }
        return await Request(self.port, "POST /attachments", headers).begin()

    async def send(
        self, content: bytes, name: str = "photo.png", step: int = 65_536
    ) -> Response:
        """Send a file, so many bytes at a time."""
        request = await self.begin(len(content), name)
        for at in range(0, len(content), step):
            await request.send(content[at : at + step])
        return await request.answer()

    async def kept(self, content: bytes, name: str = "photo.png") -> str:
        """Send a file; its id."""
        made = await self.send(content, name)
        assert made.status == 201, made
        return str(made.told["id"])

    async def address(self, id_: str) -> Response:
        """Ask where a file is to be had."""
        line = f"GET /attachments/{id_}/address"
        return await (
            await Request(self.port, line, self.proof).begin()
        ).answer()

    async def get(self, url: str, **headers: str) -> Response:
        """What an address answers; it needs no proof."""
        request = Request(self.port, f"GET {url}", headers)
        return await (await request.begin()).answer()

    async def got(self, id_: str) -> bytes:
        """The file of that id."""
        return (await self.get((await self.address(id_)).told["url"])).body


def blobs(data: Path) -> list[Path]:
    """The files in the folder of attachments."""
    return [path for path in (data / "blobs").rglob("*") if path.is_file()]


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110 - the disk has no events
            await asyncio.sleep(0.01)


async def until_so_many(data: Path, size: int) -> None:
    """Wait until so many bytes of attachments are on the disk."""
    await until(lambda: sum(p.stat().st_size for p in blobs(data)) >= size)


async def until_none(data: Path) -> None:
    """Wait until nothing of any attachment is on the disk."""
    await until(lambda: not blobs(data))


@asynccontextmanager
async def opened(site: Site) -> AsyncIterator[Site]:
    """``site``, started, and stopped at the end."""
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


def pieces(content: bytes, sizes: Iterable[int]) -> list[bytes]:
    """``content`` in pieces of ``sizes``, the rest in one."""
    found, at = [], 0
    for size in sizes:
        found.append(content[at : at + size])
        at += size
    return [*found, content[at:]]


async def customer_of(site: Site) -> tuple[Stranger, Files]:
    """A customer who has said something, and may send files."""
    customer = await site.customer()
    await customer.send("client-0001", "Hello")
    return customer, Files(site.server.port, customer.token)
