"""A scene: all three kinds of data reach two applications, and then nobody.

One message with context, cookies and private data is handed to a webhook and
to a socket; the webhook's bot answers and hands over to an agent, who reads
everything said before; the end purges all of it, and both are told.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from benchmarks.receiver import Receiver
from tests.scenes.canaries import found, found_in
from tests.scenes.sites import Site, conversation_of, say, taken
from tests.scenes.test_application import (
    KEY,
    PATIENCE,
    SECRET,
    Webhook,
    app,
    running,
    take,
)
from tests.scenes.test_confiding import CANARIES, confided, shop
from tests.strangers_client import Frame, Stranger

TEXT = "parrot-q7Xw2Lk9"
CALL = f"A person please, about my {TEXT}"


def with_two(data: Path, url: str) -> Site:
    """A site whose shop has one application by webhook and one by socket."""
    more: dict[str, Any] = shop(data, starts_with="application")
    (account,) = more["account"]
    account["application"] = [
        {"id": "bot", "name": "Bot", "webhook": url, "secrets": [SECRET]},
        {
            "id": "crm",
            "name": "CRM",
            "key_hash": hashlib.sha256(KEY.encode()).hexdigest(),
        },
    ]
    return Site(data, **more, allowed_networks=["127.0.0.0/8"])


class Crm:
    """The second application: takes whatever it is handed.

    Attributes:
        events: What that was.
    """

    def __init__(self, line: Stranger) -> None:
        self._line = line
        self._news = asyncio.Event()
        self.events: list[Frame] = []

    async def run(self) -> None:
        """Take event after event until cancelled."""
        while True:
            self.events.append(await take(self._line))
            self._news.set()

    async def told(self, kind: str, count: int = 1) -> Frame:
        """The ``count``-th event of ``kind``, when it is there."""
        async with asyncio.timeout(PATIENCE):
            while True:
                some = [one for one in self.events if one["type"] == kind]
                if len(some) >= count:
                    return some[count - 1]
                self._news.clear()
                await self._news.wait()


def of_the_customer(event: Frame) -> tuple[Any, ...]:
    """What an event tells beside the words."""
    return (
        event["context"]["tags"]["name"],
        event["context"]["page"]["title"],
        event["cookies"]["basket"],
        event["customer_private_data"]["posted"],
        event["customer_id"],
    )


KNOWN = ("tag", "title", "cookie", "posted", "who")


async def told_of_the_end(
    site: Site, customer: Stranger, hook: Webhook, crm: Crm
) -> None:
    """The customer ends it, and both applications hear what was purged."""
    await customer.say("end")
    gone = await customer.hear("gone")
    told = [
        await hook.told("session.ended"),
        await crm.told("session.ended"),
    ]

    for ended in told:
        assert ended["conversation"] == conversation_of(customer)
        assert ended["purged"]["messages"] == gone["messages"]
        assert ended["purged"]["private_data"]
        assert ended["undelivered"] == 0
    assert not len(site.server._parts.house.sessions)


async def test_everything_reaches_the_application_and_then_is_gone(
    tmp_path: Path,
    log: StringIO,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Message, context, cookies and private data; answers; the end."""
    caplog.set_level(logging.DEBUG)
    hook = Webhook()
    known = tuple(CANARIES[name].text for name in KNOWN)
    words = [one.encode() for one in (*known, TEXT)]
    async with Receiver(hook.take) as receiver:
        site = with_two(tmp_path / "data", receiver.url)
        async with running(site), await app(site) as line:
            crm = Crm(line)
            taking = asyncio.create_task(crm.run())
            maria, customer = await site.agent(), await confided(site)
            await say(customer, "client-0002", CALL)
            by_socket = await crm.told("message", 2)
            assert "bot" in (await customer.hear("message"))["text"]
            await maria.hear("listed")
            about = await taken(maria, customer)
            await say(maria, "agent-0001", "Maria here.", **about)
            assert found_in(site.data, words) == set()
            await told_of_the_end(site, customer, hook, crm)
            taking.cancel()

    by_webhook = [one for one in hook.events if one["type"] == "message"][1]
    for event in (by_webhook, by_socket):
        assert event["message"]["text"] == CALL
        assert of_the_customer(event) == known
    assert maria.texts()[0] == "Hello"
    assert CALL in maria.texts()
    assert found_in(site.data, words) == set()
    assert found(log.getvalue().encode(), words) == set()
    assert found(caplog.text.encode(), words) == set()
