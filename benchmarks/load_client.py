"""Customers and agents that speak the Dayfly protocol at full speed.

They keep count of what they were told, so that what was lost or came twice is
known and not guessed.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from benchmarks.server_process import CHANNEL, Setting
from benchmarks.wire import MSGPACK, Frame, Link, Speech

CUSTOMER_PATH = f"/socket/customer/{CHANNEL}"
AGENT_PATH = "/socket/agent"
#: Characters of a message; a long sentence or two.
LENGTH = 200
#: Messages that may be on their way without an ack (protocol.md, 3.1).
UNACKED = 16
#: Connections being made at once; more only wait in the listening queue.
AT_ONCE = 100

T = TypeVar("T")
R = TypeVar("R")


def new_client_id() -> str:
    """An id for a message, as the protocol asks for."""
    return secrets.token_hex(8)


def timed_text(at: float) -> str:
    """A message of ``LENGTH`` characters that says when it was sent."""
    return f"{at:.7f} ".ljust(LENGTH, "x")


def time_in(text: str) -> float:
    """When the message ``text`` was sent."""
    return float(text.partition(" ")[0])


def _ignore(frame: Frame) -> None:
    del frame


class Customer:
    """A customer with one conversation, over one connection at a time.

    Attributes:
        link: The present connection; there is none before ``arrive``.
        token: Opens the conversation.
        conversation: Its id.
        epoch: The epoch it belongs to.
    """

    def __init__(self, speech: Speech = MSGPACK) -> None:
        self.link: Link
        self._speech = speech
        self.token: str | None = None
        self.conversation = ""
        self.epoch = ""

    async def arrive(
        self,
        port: int,
        *,
        last: int = 0,
        hear: Callable[[Frame], None] = _ignore,
    ) -> None:
        """Connect and say hello; back after the first ``history``.

        Raises:
            Refusal: The token is not known any more.
            Cut, OSError: There is no server.
        """
        self.link = await Link.open(port, CUSTOMER_PATH, hear, self._speech)
        hello: Frame = {"type": "hello", "client": "benchmark"}
        if self.token:
            hello |= {"token": self.token, "epoch": self.epoch, "last": last}
        await self.link.ask(hello, "history")
        welcome = self.link.latest["welcome"]
        self.token = welcome.get("token") or self.token
        self.conversation = welcome["summary"]["conversation"]
        self.epoch = welcome["summary"]["epoch"]

    async def say(self, text: str) -> Frame:
        """Send one message; returns its ack."""
        own = new_client_id()
        return await self.link.ask(
            {"type": "send", "id": own, "text": text}, "ack", about=own
        )

    async def say_all(self, texts: Sequence[str]) -> None:
        """Send ``texts``, as many at once as a client may.

        Acks come in the order of sending, so the last one stands for all.
        """
        for begin in range(0, len(texts), UNACKED):
            *most, final = texts[begin : begin + UNACKED]
            for text in most:
                self.link.send(
                    {"type": "send", "id": new_client_id(), "text": text}
                )
            await self.say(final)

    async def history(self) -> list[Frame]:
        """Everything said in the conversation, asked for from the start."""
        told: list[Frame] = []
        more = True
        while more:
            after = told[-1]["number"] if told else 0
            answer = await self.link.ask(
                {"type": "fetch", "after": after}, "history"
            )
            told += answer["messages"]
            more = bool(answer.get("more")) and bool(answer["messages"])
        return told


async def all_signed_in(
    port: int,
    setting: Setting,
    hear: Callable[[Frame], None],
    speech: Speech = MSGPACK,
) -> list[Link]:
    """Connections of all agents of ``setting``, after their first ``list``.

    One after the other, for each sign-in costs the server an Argon2.
    """
    links = [
        await Link.open(port, AGENT_PATH, hear, speech) for _ in setting.agents
    ]
    for link, name in zip(links, setting.agents, strict=True):
        await link.ask(
            {"type": "hello", "name": name, "password": setting.password},
            "list",
        )
    return links


async def in_turns(
    work: Callable[[T], Awaitable[R]],
    things: Iterable[T],
    at_once: int = AT_ONCE,
) -> list[R]:
    """``work`` on each of ``things``, ``at_once`` at a time, in order."""
    room = asyncio.Semaphore(at_once)

    async def one(thing: T) -> R:
        async with room:
            return await work(thing)

    return list(await asyncio.gather(*map(one, things)))


async def arrived(
    count: int, port: int, speech: Speech = MSGPACK
) -> list[Customer]:
    """``count`` new customers who have said hello."""
    customers = [Customer(speech) for _ in range(count)]
    await in_turns(lambda customer: customer.arrive(port), customers)
    return customers


def now() -> float:
    """Seconds on the scale of ``timed_text``."""
    return time.monotonic()
