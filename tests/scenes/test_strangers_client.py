"""A scene: a client written from the document alone holds a conversation.

Customer and agent both through ``tests/strangers_client.py``, against the
whole server on loopback, started as anybody starts it.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.strangers_client import Frame, Stranger

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its socket's address, and passwords by agent."""

    address: str
    passwords: dict[str, str]

    async def customer(self, **hello: object) -> Stranger:
        """A customer of the demo shop."""
        return await Stranger.meet(
            f"{self.address}/socket/customer/shop", **hello
        )

    async def agent(self, name: str = "maria", **hello: object) -> Stranger:
        """An agent, signed in with the password unless told otherwise."""
        hello = hello or {"name": name, "password": self.passwords[name]}
        return await Stranger.meet(f"{self.address}/socket/agent", **hello)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """``python run.py`` on a free port, stopped by its own id."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("run.py", "--port", "0", "--data", str(tmp_path / "data")),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    address = ""
    passwords: dict[str, str] = {}
    try:
        async with asyncio.timeout(20):
            while len(passwords) < 2:
                line = (await process.stdout.readline()).decode()
                assert line, "the server stopped"
                if found := re.search(r"health +http(://\S+)/health", line):
                    address = f"ws{found[1]}"
                if found := re.search(r"agent +(\S+) +password +(\S+)", line):
                    passwords[found[1]] = found[2]
        yield Demo(address, passwords)
    finally:
        process.terminate()
        # Not wait(): what is left in the pipe must not stop it from leaving.
        await process.communicate()


async def waiting(agent: Stranger) -> str:
    """Wait until somebody waits; which conversation."""
    while True:
        frame = await agent.hear("list", "listed")
        listed: list[Frame] = frame.get("waiting") or [frame.get("summary", {})]
        if listed[0].get("phase") == "waiting":
            return str(listed[0]["conversation"])


async def taken(agent: Stranger) -> str:
    """Take the one who waits, and hear what was said so far."""
    which = await waiting(agent)
    await agent.say("take", conversation=which)
    await agent.hear("history")
    return which


async def test_a_conversation_from_hello_to_gone(demo: Demo) -> None:
    """The example of section 10, word for word."""
    async with await demo.customer() as customer, await demo.agent() as agent:
        ack = await customer.send("c1a90f3e77b24d10", "Is it in stock?")
        assert (ack["type"], ack["number"]) == ("ack", 1)
        which = await taken(agent)
        assert agent.texts() == ["Is it in stock?"]
        state = await customer.hear("state")
        while state["phase"] != "active":
            state = await customer.hear("state")
        assert state["agent"] == agent.welcome["name"]
        about = {"conversation": which}
        ack = await agent.send("a-00000001", "It is.", **about)
        assert ack["number"] == 2
        heard = await customer.hear("message")
        assert (heard["text"], heard["author"]) == ("It is.", "agent")
        await customer.say("read", number=2)
        seen = await agent.hear("seen")
        assert (seen["by"], seen["read"]) == ("customer", 2)
        await customer.say("end")
        assert (await customer.hear("ended"))["by"] == "customer"
        assert (await customer.hear("gone"))["messages"] == 2
        assert await customer.closed() == 4502
        assert (await agent.hear("gone"))["messages"] == 2
        async with await demo.customer(token=customer.token) as back:
            assert back.welcome["code"] == "session_unknown"


async def test_a_resend_is_the_same_message(demo: Demo) -> None:
    """Also on another connection, and whatever its text says."""
    async with await demo.customer() as customer:
        first = await customer.send("the-same-id", "Hello")
    async with await demo.customer(token=customer.token) as again:
        second = await again.send("the-same-id", "Something else")
        assert second == first | {"repeat": True, "text": "Hello"}
        assert again.texts() == ["Hello"]


async def test_who_comes_back_hears_what_was_missed(demo: Demo) -> None:
    """And only that: from ``last`` on, without a gap."""
    async with await demo.agent() as agent:
        async with await demo.customer() as customer:
            await customer.send("c-000001", "one")
            which = await taken(agent)
            epoch = customer.welcome["summary"]["epoch"]
        for number in (2, 3):
            text = f"answer {number}"
            await agent.send(f"a-00000{number}", text, conversation=which)
        back = await demo.customer(token=customer.token, epoch=epoch, last=1)
        async with back:
            await back.hear("history")
            assert sorted(back.messages) == [2, 3]
            assert back.welcome["summary"]["last"] == 3


async def test_a_foreign_epoch_begins_at_one_again(demo: Demo) -> None:
    """``resync``, then history from 1."""
    async with await demo.customer() as customer:
        await customer.send("c-000001", "one")
    back = await demo.customer(token=customer.token, epoch="00000000", last=1)
    async with back:
        resync = await back.hear("resync")
        assert resync["epoch"] == back.welcome["summary"]["epoch"]
        await back.hear("history")
        assert back.texts() == ["one"]


async def test_a_second_window_hears_the_first(demo: Demo) -> None:
    """With the sender's id; and the sender itself hears only the ack."""
    async with await demo.customer() as one:
        await one.send("c-000001", "first")
        async with await demo.customer(token=one.token) as two:
            await one.send("c-000002", "second")
            heard = await two.hear("message")
            assert (heard["id"], heard["number"]) == ("c-000002", 2)
            await two.send("c-000003", "third")
            assert (await one.hear("message"))["id"] == "c-000003"
            assert sorted(one.messages) == [3]


async def test_only_one_agent_has_it(demo: Demo) -> None:
    """The other is refused, until it is given back."""
    async with (
        await demo.customer() as customer,
        await demo.agent() as maria,
        await demo.agent("jonas") as jonas,
    ):
        await customer.send("c-000001", "Hello")
        which = await taken(maria)
        about = {"conversation": which}
        await jonas.say("take", **about, ref="mine!")
        refused = await jonas.hear("refused")
        assert (refused["code"], refused["ref"]) == ("taken", "mine!")
        refused = await jonas.send("j-000001", "Hello", **about)
        assert refused["code"] == "not_yours"
        await maria.say("release", **about)
        assert await waiting(jonas) == which
        await jonas.say("take", **about)
        assert (await jonas.hear("watching"))["summary"]["mine"]


async def test_a_token_lets_an_agent_back_in(demo: Demo) -> None:
    """Until it signs out: then it opens nothing."""
    async with await demo.agent() as agent:
        token = agent.token
    async with await demo.agent(token=token) as again:
        assert again.welcome["role"] == "agent"
        await again.say("sign_out")
        assert await again.closed() == 4503
    async with await demo.agent(token=token) as late:
        assert late.welcome["code"] == "bad_credentials"


async def test_a_long_conversation_comes_in_pages(demo: Demo) -> None:
    """More than fits one frame is fetched, and nothing twice."""
    text = "x" * 4000
    async with await demo.customer() as customer:
        for number in range(1, 17):
            await customer.send(f"c-{number:06}", text)
    async with await demo.customer(token=customer.token) as back:
        frame = await back.hear("history")
        assert frame["more"]
        while frame.get("more"):
            frame = await back.hear("history")
        assert back.last == 16


async def test_what_is_refused_is_named(demo: Demo) -> None:
    """And the same connection goes on afterwards."""
    wrong: list[tuple[Frame, str]] = [
        ({"id": "c-000001", "text": " \u200b"}, "text_empty"),
        ({"id": "c-000001", "text": "x" * 4001}, "text_too_long"),
        ({"id": "short", "text": "x"}, "malformed"),
        ({"id": "c-000001", "text": "x", "novelty": 1}, "malformed"),
    ]
    async with await demo.customer() as customer:
        for fields, code in wrong:
            await customer.say("send", **fields)
            assert (await customer.hear("refused"))["code"] == code
        assert (await customer.send("c-000001", "fine"))["number"] == 1
