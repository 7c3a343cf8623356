"""A whole server in the test's own process, and people who come to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from server.app import Server
from server.config import Config, parse
from server.vault.passwords import hash_password
from tests.fakes import FakeClock
from tests.strangers_client import Frame, Stranger

PASSWORD = "a password for scenes"
#: Not used for anything else, so that it can be searched for.
DISPLAY_NAME = "Mariella-q7Xw2Lk9"
INACTIVITY = 1800.0


@cache
def password_hash() -> str:
    """One for all: it takes thirty milliseconds."""
    return hash_password(PASSWORD, Random(2).randbytes)


def settings(data: Path, **more: Any) -> dict[str, Any]:
    """Settings of a small server: one shop, two agents."""
    agents = [("maria", DISPLAY_NAME), ("jonas", "Jonas")]
    account = {
        "id": "acme",
        "name": "Acme",
        "channel": [{"id": "shop", "name": "Acme"}],
        "agent": [
            {
                "name": name,
                "display_name": shown,
                "password_hash": password_hash(),
            }
            for name, shown in agents
        ],
    }
    limits = {"messages_per_second": 1000, "message_burst": 1000}
    return {
        "data": str(data),
        "port": 0,
        "limits": limits,
        "account": [account],
    } | more


def configured(data: Path, **more: Any) -> Config:
    """The same, checked."""
    return parse(settings(data, **more), {})


class Site:
    """A server on a data folder, which may stop and start again.

    Args:
        data: The folder.
        clock: A clock that moves when told; None for the machine's.
        more: Settings that differ from those of ``settings``.
    """

    def __init__(
        self, data: Path, clock: FakeClock | None = None, **more: Any
    ) -> None:
        self.data = data
        self.clock = clock
        self._config = configured(data, **more)
        self.server = Server(self._config, clock=clock)

    async def start(self) -> None:
        """Start; on the same folder as before, if there was a before."""
        self.server = Server(self._config, clock=self.clock)
        await self.server.__aenter__()

    async def stop(self) -> None:
        """Stop in order."""
        await self.server.__aexit__(None, None, None)

    async def restart(self) -> None:
        """Stop, and start again."""
        await self.stop()
        await self.start()

    @property
    def address(self) -> str:
        """Where its sockets are."""
        return f"ws://127.0.0.1:{self.server.port}/socket"

    async def customer(self, **hello: Any) -> Stranger:
        """A customer who has said hello."""
        return await Stranger.meet(f"{self.address}/customer/shop", **hello)

    async def agent(self, who: str = "maria", **hello: Any) -> Stranger:
        """An agent who has signed in."""
        hello = hello or {"name": who, "password": PASSWORD}
        return await Stranger.meet(f"{self.address}/agent", **hello)

    async def back(self, before: Stranger) -> Stranger:
        """The next page: the same customer again, who kept what was heard."""
        after = await self.customer(
            token=before.token,
            last=before.last,
            epoch=before.welcome["summary"]["epoch"],
        )
        after.messages.update(before.messages)
        after.welcome["token"] = before.token
        await after.hear("history")
        return after


def conversation_of(customer: Stranger) -> str:
    """The id of the customer's conversation."""
    summary: Frame = customer.welcome["summary"]
    return str(summary["conversation"])


async def say(line: Stranger, client_id: str, text: str, **about: str) -> Frame:
    """Send a message and, as a page does, keep it with the others."""
    ack = await line.send(client_id, text, **about)
    if ack["type"] == "ack":
        line.messages[ack["number"]] = ack | {"text": text}
    return ack


async def taken(agent: Stranger, customer: Stranger) -> dict[str, str]:
    """Have the agent take it; what every frame of the agent's names."""
    about = {"conversation": conversation_of(customer)}
    await agent.say("take", **about)
    await agent.hear("history")
    return about
