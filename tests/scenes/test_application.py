"""A scene: applications hear, answer, hand over, and are told of the end."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.receiver import OK, Receiver, Reply, Request
from client_demo.bot import Bot, is_genuine, serve_socket, webhook_server
from tests.scenes.sites import Site, conversation_of, say, settings, taken
from tests.strangers_client import Frame, Stranger

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = "an-api-key-for-scenes"
PATIENCE = 10.0


class Webhook:
    """The bot of the demo behind a real webhook.

    Attributes:
        events: What it was handed.
        replies: What it answers instead of the bot, while there are any.
    """

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.replies: list[Reply] = []
        self._news = asyncio.Event()
        self._bot = Bot()

    def take(self, request: Request) -> Reply:
        """Check it as the document says, and let the bot answer."""
        at = float(request.headers["webhook-timestamp"])
        assert is_genuine(SECRET, request.headers, request.body, now=at)
        self.events.append(request.event)
        self._news.set()
        if self.replies:
            return self.replies.pop(0)
        answers = {"answers": self._bot.answers(request.event)}
        return 200, "", json.dumps(answers).encode()

    async def told(self, kind: str) -> dict[str, Any]:
        """The first event of ``kind``, when it is there."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for event in self.events:
                    if event["type"] == kind:
                        return event
                self._news.clear()
                await self._news.wait()


def with_application(
    data: Path, *, url: str | None, starts_with: str = "agents"
) -> Site:
    """A site with an application; ``url`` is its webhook."""
    (account,) = settings(data)["account"]
    account["channel"][0]["starts_with"] = starts_with
    application: dict[str, Any] = {
        "id": "bot",
        "name": "Bot",
        "key_hash": hashlib.sha256(KEY.encode()).hexdigest(),
    }
    if url is not None:
        application |= {"webhook": url, "secrets": [SECRET]}
    account["application"] = [application]
    return Site(data, account=[account], allowed_networks=["127.0.0.0/8"])


@asynccontextmanager
async def running(site: Site) -> AsyncIterator[Site]:
    """The site, for a while."""
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


async def test_a_bot_begins_and_hands_over_to_an_agent(tmp_path: Path) -> None:
    """The agent sees everything said before, and not sooner."""
    hook = Webhook()
    async with Receiver(hook.take) as receiver:
        site = with_application(
            tmp_path / "data", url=receiver.url, starts_with="application"
        )
        async with running(site):
            customer, maria = await site.customer(), await site.agent()
            await maria.hear("list")
            await say(customer, "client-0001", "Hello, are you open?")
            assert "bot" in (await customer.hear("message"))["text"]
            assert "9 to 18" in (await customer.hear("message"))["text"]
            await say(customer, "client-0002", "A person please")
            listed = (await maria.hear("listed"))["summary"]
            about = await taken(maria, customer)
            await say(maria, "agent-0001", "Maria here.", **about)
            while (await customer.hear("message"))["author"] != "agent":
                pass
            await customer.say("end")
            gone = await customer.hear("gone")
            ended = await hook.told("session.ended")

            assert listed["last"] >= 4
            assert maria.texts()[0] == "Hello, are you open?"
            assert any("The bot was asked" in text for text in maria.texts())
            assert ended["purged"]["messages"] == gone["messages"]
            assert ended["undelivered"] == 0
            kinds = [event["type"] for event in hook.events]
            assert kinds[:2] == ["session.started", "message"]
            assert kinds[-1] == "session.ended"


async def test_a_failing_webhook_gets_everything_after_a_restart(
    tmp_path: Path,
) -> None:
    """In order, from the history itself."""
    hook = Webhook()
    hook.replies = [OK, *[(500, "", b"")] * 100]
    async with Receiver(hook.take) as receiver:
        site = with_application(tmp_path / "data", url=receiver.url)
        async with running(site):
            customer = await site.customer()
            for number in range(1, 6):
                await say(customer, f"client-000{number}", f"text {number}")
            await hook.told("message")
        hook.replies = [OK] * 100
        hook.events.clear()
        async with running(site):
            await hook.told("session.resumed")
            while len(hook.events) < 6:
                await hook.told("message")
                await asyncio.sleep(0.01)

    told = [event["message"]["text"] for event in hook.events[1:]]
    assert told == [f"text {number}" for number in range(1, 6)]


async def test_a_webhook_that_is_gone_alarms(tmp_path: Path) -> None:
    """/health says that there is something to do."""
    hook = Webhook()
    hook.replies = [(410, "", b"")]
    async with Receiver(hook.take) as receiver:
        site = with_application(tmp_path / "data", url=receiver.url)
        async with running(site):
            customer = await site.customer()
            assert site.server.health().status == "ok"
            await say(customer, "client-0001", "Hello?")
            await hook.told("session.started")
            for _ in range(int(PATIENCE / 0.01)):
                if site.server.health().status != "ok":
                    break
                await asyncio.sleep(0.01)

            assert site.server.health().status == "degraded"
    assert len(hook.events) == 1


async def app(site: Site) -> Stranger:
    """A connection of the application."""
    return await Stranger.meet(f"{site.address}/application", token=KEY)


async def take(line: Stranger) -> Frame:
    """Take the next event; what it was."""
    handed = await line.hear("handed")
    about = {"conversation": handed["conversation"]}
    await line.say("taken", cursor=handed["cursor"], **about)
    event: Frame = handed["event"]
    return event


async def test_an_application_takes_part_by_its_socket(tmp_path: Path) -> None:
    """What one instance has not taken another gets."""
    site = with_application(tmp_path / "data", url=None)
    async with running(site):
        first = await app(site)
        customer = await site.customer()
        await say(customer, "client-0001", "Hello?")
        about = {"conversation": conversation_of(customer)}
        assert (await take(first))["type"] == "session.started"
        lost = (await first.hear("handed"))["event"]
        async with first:
            pass
        second = await app(site)
        again = await take(second)
        await second.say("answer", id="answer-01", text="Hi!", **about)
        ack = await second.hear("ack")
        heard = await customer.hear("message")
        await second.say("end", **about)

        assert again["id"] == lost["id"]
        assert again["message"]["text"] == "Hello?"
        assert (heard["text"], heard["number"]) == ("Hi!", ack["number"])
        assert (await customer.hear("ended"))["by"] == "application"
        assert (await take(second))["type"] == "session.ended"


async def post(
    site: Site, conversation: str, answer: object, key: str = KEY
) -> tuple[int, dict[str, Any]]:
    """One answer over HTTP: status and body."""
    base = site.address.replace("ws:", "http:").removesuffix("/socket")
    url = f"{base}/api/v1/conversations/{conversation}/answers"
    headers = {"authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=answer, headers=headers) as response,
    ):
        return response.status, await response.json()


async def test_an_application_answers_over_http(tmp_path: Path) -> None:
    """Acknowledged when it is on disk; the same id is the same answer."""
    site = with_application(tmp_path / "data", url=None)
    async with running(site):
        customer = await site.customer()
        await say(customer, "client-0001", "Hello?")
        which = conversation_of(customer)
        answer = {"type": "answer", "id": "answer-01", "text": "Hi!"}
        status, told = await post(site, which, answer)
        again = await post(site, which, answer)

        assert (status, told["number"], told["repeat"]) == (200, 2, False)
        assert again == (200, told | {"repeat": True})
        assert (await customer.hear("message"))["text"] == "Hi!"
        assert (await post(site, which, {"type": "hand_over"}))[0] == 202
        assert (await post(site, which, answer, key="wrong"))[0] == 401
        assert (await post(site, "x" * 22, answer))[0] == 404
        assert (await post(site, which, {"id": "answer-02"}))[0] == 400
        assert (await post(site, which, ["no map"]))[0] == 400
        big = answer | {"id": "answer-03", "text": "x" * 70_000}
        assert (await post(site, which, big))[0] == 413


async def test_the_bot_of_the_demo_works_by_its_socket(tmp_path: Path) -> None:
    """As `python -m client_demo.bot --socket` runs it."""
    site = with_application(tmp_path / "data", url=None)
    async with running(site):
        address = f"{site.address}/application"
        bot = asyncio.create_task(serve_socket(Bot(), address, KEY))
        customer = await site.customer()
        await say(customer, "client-0001", "When do you open?")

        assert "bot" in (await customer.hear("message"))["text"]
        assert "9 to 18" in (await customer.hear("message"))["text"]
    # The server has said 1012: a bot comes back.
    await asyncio.sleep(0.1)
    assert not bot.done()
    bot.cancel()
    await asyncio.wait({bot})


async def test_the_bot_of_the_demo_works_as_a_webhook(tmp_path: Path) -> None:
    """As `python -m client_demo.bot --webhook` runs it."""
    server = webhook_server(Bot(), 0, SECRET)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        async with running(with_application(tmp_path / "d", url=url)) as site:
            customer = await site.customer()
            await say(customer, "client-0001", "Delivery?")

            assert "bot" in (await customer.hear("message"))["text"]
            heard = await customer.hear("message")
            assert "Two working days" in heard["text"]
    finally:
        await asyncio.to_thread(server.shutdown)
        thread.join()
        server.server_close()
