"""A client as a stranger writes it: from docs/protocol.md and nothing else.

Only ``websockets`` and ``msgpack``; what it cannot do by itself is missing in
the document. ``Stranger.meet`` connects and says hello; ``say``, ``hear`` and
the attributes are the rest. It resumes by being met again with its ``token``.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

Frame = dict[str, Any]

PATIENCE = 5.0  # seconds for any answer; a test fails rather than hangs


class Stranger:
    """One connection of a customer or an agent."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.welcome: Frame = {}
        self.messages: dict[int, Frame] = {}  # by number

    @classmethod
    async def meet(cls, address: str, **hello: Any) -> Self:
        """Connect to ``address`` and say hello; ``hello`` are its fields."""
        socket = await connect(
            address,
            subprotocols=[Subprotocol("dayfly.v1.msgpack")],
            compression=None,
        )
        stranger = cls(socket)
        await stranger.say("hello", **hello)
        stranger.welcome = await stranger.hear("welcome", "refused")
        return stranger

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._socket.close()

    @property
    def token(self) -> str:
        """The token that ``welcome`` gave."""
        return str(self.welcome["token"])

    @property
    def last(self) -> int:
        """The highest number held without a gap."""
        number = 0
        while number + 1 in self.messages:
            number += 1
        return number

    def texts(self) -> list[str]:
        """What was said, as far as it was heard, in order."""
        return [self.messages[n]["text"] for n in sorted(self.messages)]

    async def say(self, kind: str, **fields: Any) -> None:
        """Send one frame."""
        await self._socket.send(msgpack.packb({"type": kind, **fields}))

    async def hear(self, *kinds: str) -> Frame:
        """The next frame of one of ``kinds``; what passes is taken in."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame: Frame = msgpack.unpackb(
                    await self._socket.recv(decode=False)
                )
                await self._take_in(frame)
                if frame["type"] in kinds:
                    return frame

    async def send(self, client_id: str, text: str, **fields: Any) -> Frame:
        """Say ``text``; its ``ack`` or ``refused``."""
        await self.say("send", id=client_id, text=text, **fields)
        return await self.hear("ack", "refused")

    async def closed(self) -> int:
        """Wait until the server closes; its code."""
        try:
            await self.hear()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        raise AssertionError("hear() without kinds never returns")

    async def _take_in(self, frame: Frame) -> None:
        if frame["type"] == "message":
            self.messages[frame["number"]] = frame
        if frame["type"] == "resync":
            self.messages.clear()
        if frame["type"] == "history":
            for message in frame["messages"]:
                self.messages[message["number"]] = message
            if frame.get("more"):
                about = {"conversation": frame["conversation"]}
                agent = self.welcome.get("role") == "agent"
                await self.say(
                    "fetch", after=self.last, **(about if agent else {})
                )
