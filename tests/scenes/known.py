"""A site whose customers are known, and those who know them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server.clientele import Clientele
from server.domain.permission import Principal, PrincipalKind, Scope
from server.domain.platform_keys import Address
from server.ids import AccountId, ChannelId, ConversationId, token_hash
from server.live.sessions import Session
from tests.fakes import FakeClock
from tests.scenes.sites import Site, conversation_of, settings
from tests.strangers_client import Frame, Stranger
from tests.vault.token_maker import TEXT, sealed, signed

ACME, SHOP = AccountId("acme"), ChannelId("shop")
PATIENCE = 10.0
API_KEY = "an-api-key-for-scenes"
OFFICER = Principal(
    kind=PrincipalKind.PERSON,
    id="paula",
    account=ACME,
    scopes=frozenset(Scope),
)


def known_account(data: Path, **channel: Any) -> dict[str, Any]:
    """An account with a back-end, an application, files and cookies."""
    account: dict[str, Any]
    (account,) = settings(data)["account"]
    account["channel"][0] |= {
        "secret": TEXT,
        "allowed_cookies": ["basket"],
        "attachments": True,
    } | channel
    account["application"] = [
        {
            "id": "bot",
            "name": "Bot",
            "key_hash": token_hash(API_KEY).hex(),
            "wants": ["agent_messages"],
        }
    ]
    return account


def known_site(
    data: Path, clock: FakeClock | None = None, **channel: Any
) -> Site:
    """A site of such an account."""
    return Site(data, clock, account=[known_account(data, **channel)])


def clientele(site: Site) -> Clientele:
    """Who knows the customers of ``site``."""
    return site.server._parts.clientele


async def call(
    site: Site, method: str, path: str, *, claims: dict[str, Any], body: object
) -> tuple[int, Any]:
    """Call as the account's back-end does; status and answer."""
    now = site.clock.now() if site.clock else time.time()
    token = signed(claims={"iat": int(now), **claims})
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", site.server.port
    )
    told = json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: chat.test\r\n"
        f"Authorization: Bearer {token}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(told)}\r\n\r\n"
    )
    writer.write(head.encode() + told)
    answer = await asyncio.wait_for(reader.read(), 5.0)
    writer.close()
    head_, _, rest = answer.partition(b"\r\n\r\n")
    status = int(head_.split()[1])
    return status, json.loads(rest) if status == 200 else None


async def come(site: Site, who: str = "ada", **hello: Any) -> Stranger:
    """A customer whom the back-end vouches for, on the page."""
    status, told = await call(
        site,
        "POST",
        "/shop/create",
        claims={"iss": "shop"},
        body={"customerId": who, "privateData": {"plan": "gold"}},
    )
    assert status == 200
    customer = await site.customer(token=told["token"], **hello)
    customer.welcome["token"] = told["token"]
    return customer


async def tell_all(customer: Stranger) -> None:
    """What a page tells of itself and of the customer."""
    await customer.say(
        "context",
        language="de",
        tags={"plan": "gold"},
        page={"url": "https://shop.example/mug"},
        cookies={"basket": "7"},
    )
    about = conversation_of(customer)
    claims = {
        "iss": about,
        "iat": int(time.time()),
        "data": {"plan": "gold"},
    }
    await customer.say("private", token=sealed(claims=claims))
    await customer.say("ping")
    await customer.hear("pong")


def session_of(site: Site, customer: Stranger) -> Session:
    """The session of ``customer``, in the server's memory."""
    found = site.server._parts.house.sessions.get(
        ConversationId(conversation_of(customer))
    )
    assert found is not None
    return found


async def id_of(site: Site, who: str = "ada") -> str:
    """The id of the row of whoever has that key."""
    [found] = await clientele(site).customers.find(
        ACME, Address.PLATFORM, who, channel=SHOP
    )
    return found.id


class Ear:
    """The application: takes all that it is handed.

    Attributes:
        events: What it was handed.
    """

    def __init__(self, line: Stranger) -> None:
        self.events: list[Frame] = []
        self._news = asyncio.Event()
        self._line = line
        self._listening = asyncio.ensure_future(self._listen())

    @classmethod
    async def of(cls, site: Site) -> Ear:
        """The one application of ``site``, connected."""
        return cls(
            await Stranger.meet(f"{site.address}/application", token=API_KEY)
        )

    async def _listen(self) -> None:
        while True:
            handed = await self._line.hear("handed")
            self.events.append(handed["event"])
            self._news.set()
            await self._line.say(
                "taken",
                conversation=handed["conversation"],
                cursor=handed["cursor"],
            )

    @property
    def kinds(self) -> list[str]:
        """What it was handed, by type."""
        return [event["type"] for event in self.events]

    async def heard(self, text: str) -> Frame:
        """The event of the message that reads so, when it is there."""
        return await self._first(
            lambda event: event.get("message", {}).get("text") == text
        )

    async def handed(self, kind: str) -> Frame:
        """The first event of that type, when it is there."""
        return await self._first(lambda event: event["type"] == kind)

    async def _first(self, is_it: Callable[[Frame], bool]) -> Frame:
        async with asyncio.timeout(PATIENCE):
            while True:
                for event in self.events:
                    if is_it(event):
                        return event
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        """Hang up."""
        self._listening.cancel()
        await asyncio.wait([self._listening])
        await self._line.__aexit__(None, None, None)
