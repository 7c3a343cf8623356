"""What the browser tests talk to: a real server, and a customer on a wire."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0

#: One event loop for all: a browser cannot leave the one it was started on.
LOOP: Any = "session"

_CONSOLE = re.compile(r"^console\s+http://127\.0\.0\.1:(\d+)/console/$")
_AGENT = re.compile(r"^agent\s+(\S+)\s+password\s+(\S+)$")


class Running:
    """The demo on a data folder of its own; can be killed and come back.

    It comes back on the same port, as a restarted server does; passwords are
    made anew by each start.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = 0
        self.passwords: dict[str, str] = {}
        self._process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start, and return once everything it prints has been read."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "run.py",
            *("--data", str(self.data), "--port", str(self.port)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self._process = process
        async with asyncio.timeout(PATIENCE):
            await self._read_introduction(process)

    async def _read_introduction(
        self, process: asyncio.subprocess.Process
    ) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            line = raw.decode().strip()
            if found := _CONSOLE.match(line):
                self.port = int(found[1])
            if found := _AGENT.match(line):
                self.passwords[found[1]] = found[2]
            if "Ctrl-C" in line:
                return
        raise AssertionError("the server stopped instead of starting")

    async def kill(self) -> None:
        """Stop it as a crash does: no warning, no last write."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[Running]:
    """A server that is gone when the test is."""
    server = Running(data)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


class Customer:
    """A customer without a browser.

    Attributes:
        heard: Every frame so far.
        texts: What the conversation held at the last arrival.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.token: str | None = None
        self.heard: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self._wire: ClientConnection | None = None

    async def arrive(self) -> None:
        """Connect, and come back to the conversation if there is one."""
        self._wire = await connect(
            f"ws://127.0.0.1:{self.port}/socket/customer/shop",
            subprotocols=["dayfly.v1.json"],  # type: ignore[list-item]
        )
        await self.say("hello", **({"token": self.token} if self.token else {}))
        welcome = await self.hear("welcome")
        self.token = welcome.get("token", self.token)
        self.conversation: str = welcome["summary"]["conversation"]
        history = await self.hear("history")
        self.texts = [message["text"] for message in history["messages"]]

    async def leave(self) -> None:
        """Close the connection, if there is one."""
        if self._wire is not None:
            await self._wire.close()

    async def say(self, what: str, **fields: Any) -> None:
        """Send one frame."""
        assert self._wire is not None
        await self._wire.send(json.dumps({"type": what, **fields}))

    async def write(self, text: str) -> int:
        """Send a message; its number."""
        await self.say("send", id=secrets.token_hex(8), text=text)
        return int((await self.hear("ack"))["number"])

    async def hear(self, what: str, **wanted: Any) -> dict[str, Any]:
        """The next frame of type ``what`` whose fields are as ``wanted``."""
        assert self._wire is not None
        async with asyncio.timeout(PATIENCE):
            while True:
                frame: dict[str, Any] = json.loads(await self._wire.recv())
                self.heard.append(frame)
                same = all(frame.get(k) == v for k, v in wanted.items())
                if frame["type"] == what and same:
                    return frame
