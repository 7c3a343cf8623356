"""A scene: customers take their own transcript along, and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.scenes.sites import Site, say, settings, taken
from tests.strangers_client import Stranger


def shop(data: Path, **channel: Any) -> dict[str, Any]:
    """The accounts of a site whose shop lets transcripts go."""
    (account,) = settings(data)["account"]
    account["channel"][0] |= {"transcript_download": True, **channel}
    return {"account": [account]}


@pytest.fixture
async def open_handed_site(tmp_path: Path) -> AsyncIterator[Site]:
    """One that gives customers their transcripts."""
    site = Site(tmp_path / "data", **shop(tmp_path / "data"))
    await site.start()
    yield site
    await site.stop()


async def transcript(
    site: Site, token: str | None, format_: str = "text"
) -> tuple[int, str, Any]:
    """Ask for a transcript: status, text and headers of the answer."""
    url = f"http://127.0.0.1:{site.server.port}/transcript?format={format_}"
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as web,
        web.get(url, headers=headers) as answer,
    ):
        return answer.status, await answer.text(), answer.headers


async def chat(site: Site) -> tuple[Stranger, Stranger]:
    """A customer and an agent who have spoken."""
    customer, agent = await site.customer(), await site.agent()
    for number in range(120):
        await say(customer, f"question-{number}", f"question {number}")
    about = await taken(agent, customer)
    await say(agent, "an-answer", "<b>an answer</b>", **about)
    return customer, agent


async def test_a_customer_gets_all_that_was_said(
    open_handed_site: Site,
) -> None:
    """In order, over more than a page, as text and as a harmless document."""
    customer, _ = await chat(open_handed_site)

    status, text, headers = await transcript(open_handed_site, customer.token)
    _, page, _ = await transcript(open_handed_site, customer.token, "html")

    assert status == 200
    at = [text.index(f"question {number}\n") for number in range(120)]
    assert at == sorted(at)
    assert "Mariella-q7Xw2Lk9:\n    <b>an answer</b>" in text
    assert "&lt;b&gt;an answer&lt;/b&gt;" in page
    assert "<b>an answer" not in page
    assert headers["cache-control"] == "no-store"
    assert headers["content-disposition"].startswith("attachment")


async def test_nobody_else_gets_it(open_handed_site: Site) -> None:
    """Neither without a token, nor with another's, nor an agent's."""
    customer, agent = await chat(open_handed_site)
    stranger = await open_handed_site.customer()

    no_token = await transcript(open_handed_site, None)
    forged = await transcript(open_handed_site, f"{customer.token[:-4]}AAAA")
    agents = await transcript(open_handed_site, agent.welcome["token"])
    theirs = await transcript(open_handed_site, stranger.token)

    assert no_token[0] == forged[0] == agents[0] == 401
    assert theirs[0] == 200
    assert "question" not in theirs[1]


async def test_reading_it_moves_no_deadline(open_handed_site: Site) -> None:
    """It is a look, not a sign of life; and not to be had without end."""
    customer, _ = await chat(open_handed_site)
    store = open_handed_site.server._opened.history
    (before,) = await store.all_live()

    answers = [
        (await transcript(open_handed_site, customer.token))[0]
        for _ in range(5)
    ]

    (after,) = await store.all_live()
    assert before == after
    assert answers == [200, 200, 200, 200, 429]


async def test_a_channel_has_to_allow_it(tmp_path: Path) -> None:
    """By default the answer is no."""
    site = Site(tmp_path / "data")
    await site.start()
    customer = await site.customer()
    await say(customer, "question-1", "hello")

    status, text, _ = await transcript(site, customer.token)

    await site.stop()
    assert (status, "hello" in text) == (403, False)
