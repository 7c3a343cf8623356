"""A scene: what is known of a customer, and that it goes with the session."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from server.ids import ConversationId
from tests.fakes import FakeClock
from tests.scenes.canaries import found, found_in
from tests.scenes.reach import Canary, reachable
from tests.scenes.sites import Site, conversation_of, settings, taken
from tests.strangers_client import Stranger
from tests.vault.token_maker import TEXT, sealed, signed

DOCUMENT = Path(__file__).parents[2] / "docs" / "private-data.md"


def shop(data: Path, **channel: Any) -> dict[str, Any]:
    """The accounts of a site whose shop shares a secret with it."""
    (account,) = settings(data)["account"]
    account["channel"][0] |= {
        "secret": TEXT,
        "allowed_cookies": ["basket"],
        **channel,
    }
    return {"account": [account]}


@pytest.fixture
async def confiding_site(tmp_path: Path) -> AsyncIterator[Site]:
    """One on the machine's clock."""
    data = tmp_path / "data"
    site = Site(data, **shop(data))
    await site.start()
    yield site
    await site.stop()


@pytest.fixture
async def timeless_confiding_site(tmp_path: Path) -> AsyncIterator[Site]:
    """One on a clock that moves only when told."""
    data = tmp_path / "data"
    site = Site(data, FakeClock(), **shop(data))
    await site.start()
    yield site
    await site.stop()


def now_of(site: Site) -> int:
    """Unix seconds, as the server sees them."""
    return int(site.clock.now() if site.clock else time.time())


async def call(
    site: Site, method: str, path: str, *, iss: str, body: bytes
) -> tuple[int, bytes]:
    """Call as a back-end does; status and body."""
    token = signed(claims={"iss": iss, "iat": now_of(site)})
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", site.server.port
    )
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: chat.test\r\n"
        f"Authorization: Bearer {token}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await asyncio.wait_for(reader.read(), 5.0)
    writer.close()
    head_, _, told = answer.partition(b"\r\n\r\n")
    return int(head_.split()[1]), told


CANARIES = {
    name: Canary(name)
    for name in ("tag", "title", "cookie", "posted", "sealed", "who", "given")
}


async def created(site: Site) -> str:
    """The token of a session that the back-end has begun."""
    status, told = await call(
        site,
        "POST",
        "/shop/create",
        iss="shop",
        body=json.dumps(
            {
                "customerId": CANARIES["who"].text,
                "privateData": {"given": CANARIES["given"].text},
            }
        ).encode(),
    )
    assert status == 200
    return str(json.loads(told)["token"])


async def confided(site: Site) -> Stranger:
    """A customer of whom all three kinds of data are known, every way."""
    customer = await site.customer(token=await created(site))
    about = conversation_of(customer)
    await customer.say(
        "context",
        tags={"name": CANARIES["tag"].text},
        page={"url": "https://a.example/", "title": CANARIES["title"].text},
        cookies={"basket": CANARIES["cookie"].text},
    )
    claims = {
        "iss": about,
        "iat": now_of(site),
        "data": {"sealed": CANARIES["sealed"].text},
    }
    await customer.say("private", token=sealed(claims=claims))
    await customer.say("ping")
    assert (await customer.hear("pong", "refused"))["type"] == "pong"
    # All that was there before is in what is merged now.
    body = {"posted": CANARIES["posted"].text, "given": CANARIES["given"].text}
    status, _ = await call(
        site,
        "PATCH",
        "/private-data",
        iss=about,
        body=json.dumps(body).encode(),
    )
    assert status == 200
    await customer.send("client-0001", "Hello")
    return customer


def everywhere(site: Site) -> set[str]:
    """Which canaries, backwards, can still be reached in the process."""
    return reachable(CANARIES.values(), site.server)


ALL = {canary.text[::-1] for canary in CANARIES.values()}


async def test_nothing_is_left_of_it_when_it_is_gone(
    confiding_site: Site, log: StringIO
) -> None:
    """In no registry, cache or task, in no file, in no log."""
    site = confiding_site
    async with await confided(site) as customer, await site.agent() as agent:
        await taken(agent, customer)
        await agent.hear("context")
        # The control: it is all there, and in memory only.
        assert everywhere(site) == ALL
        words = [canary.text.encode() for canary in CANARIES.values()]
        assert found_in(site.data, words) == set()
        del words

        await customer.say("end")
        await customer.hear("gone")

    assert everywhere(site) == set()
    words = [canary.text.encode() for canary in CANARIES.values()]
    assert found_in(site.data, words) == set()
    assert found(log.getvalue().encode(), words) == set()


async def test_a_timeout_takes_it_along(timeless_confiding_site: Site) -> None:
    """By the wheel, with nobody there."""
    site = timeless_confiding_site
    clock = site.clock
    assert clock is not None
    async with await confided(site):
        assert everywhere(site) == ALL
    sessions = site.server.health

    async with asyncio.timeout(10.0):
        while sessions().sessions:
            clock.pass_(60.0)
            await asyncio.sleep(0)

    assert everywhere(site) == set()
    words = [canary.text.encode() for canary in CANARIES.values()]
    assert found_in(site.data, words) == set()


async def test_an_agent_sees_context_and_nothing_more(
    confiding_site: Site,
) -> None:
    """Neither cookies nor private data cross any socket."""
    site = confiding_site
    async with await confided(site) as customer, await site.agent() as agent:
        await agent.say("watch", conversation=conversation_of(customer))

        told = (await agent.hear("context"))["context"]

    assert told["address"] == "127.0.0.1"
    assert told["tags"] == {"name": CANARIES["tag"].text}
    assert set(told) == {"address", "page", "tags"}


async def test_a_crash_loses_it_and_the_page_tells_it_again(
    confiding_site: Site,
) -> None:
    """What the page knows comes back with the page."""
    site = confiding_site
    before = await confided(site)
    about = conversation_of(before)
    token = before.welcome.get("token")
    assert token is None  # it came from the back-end
    await site.restart()

    status, _ = await call(
        site, "POST", "/private-data", iss=about, body=b'{"again": true}'
    )

    assert status == 200
    assert everywhere(site) == set()


async def test_what_is_too_large_is_told_so(confiding_site: Site) -> None:
    """Over a real connection, whatever the size."""
    async with await confiding_site.customer() as customer:
        for size in (70_000, 200_000, 2_000_000):
            status, _ = await call(
                confiding_site,
                "POST",
                "/private-data",
                iss=conversation_of(customer),
                body=json.dumps({"a": "x" * size}).encode(),
            )
            assert status == 413


def blocks(language: str) -> list[str]:
    """The document's blocks in ``language``."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


async def run(*command: str, **environment: str) -> str:
    """What a command prints; it has to succeed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, command[-1]
    return said.decode()


async def test_the_document_can_be_followed(confiding_site: Site) -> None:
    """Its ten lines of Python and every call of curl do what they say."""
    site = confiding_site
    (python,) = blocks("python")
    about = {
        "DAYFLY": f"http://127.0.0.1:{site.server.port}",
        "SECRET": TEXT,
    }
    async with await site.customer() as customer:
        session = conversation_of(customer)
        await run(
            sys.executable,
            "-c",
            f"{python}\ncall('POST', '/private-data', '{session}', {{'a': 1}})",
            **about,
        )
        for name, issuer in (("TOKEN", session), ("CREATOR", "shop")):
            asked = f"{python}\nprint(token('{issuer}', os.environ['SECRET']))"
            made = await run(sys.executable, "-c", asked, **about)
            about[name] = made.strip()

        *telling, creating = blocks("sh")
        for block in telling:
            assert await run("sh", "-c", block, **about) == "{}"
        created = json.loads(await run("sh", "-c", creating, **about))

        known = site.server._parts.house.sessions.get(ConversationId(session))
        assert known is not None
        assert known.private == {"authenticated": True, "plan": "gold"}
    async with await site.customer(token=created["token"]) as second:
        assert conversation_of(second) == created["sessionId"]
