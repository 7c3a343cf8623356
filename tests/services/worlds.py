"""A house with everything in memory, and people who come to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from random import Random
from typing import Any

import msgspec

from server.domain.agent import Agent
from server.domain.channel import Channel
from server.errors import ServerError
from server.ids import AccountId, AgentId, ChannelId, ConversationId
from server.live.deadlines import Deadlines
from server.live.presence import Presence
from server.live.sessions import Session, Sessions
from server.protocol.client_frames import CLIENT_FRAMES, Hello
from server.protocol.parts import Role
from server.services.answering import Shift
from server.services.ending import Ending
from server.services.holding import Holding
from server.services.house import House, Pace
from server.services.kept import Kept
from server.services.listing import ListKeeping
from server.services.purging import Purging
from server.services.remembering import Remembering
from server.services.signing_in import SigningIn
from server.services.taking_up import TakingUp
from server.services.telling import denial
from server.services.visiting import Visit
from server.store.rows import LiveRow
from server.vault.passwords import hash_password
from tests.fakes import FakeClock, FakeKeys, FakeListener, FakeRecords

PASSWORD = "a password for tests"
INACTIVITY = 1800.0
MAX_AGE = 7200.0

Frame = dict[str, Any]


@cache
def password_hash() -> str:
    """One for all: it takes thirty milliseconds."""
    return hash_password(PASSWORD, Random(2).randbytes)


def channel(name: str, account: str, **terms: Any) -> Channel:
    """A widget; ``terms`` are what is special about it."""
    return Channel(
        id=ChannelId(name),
        account=AccountId(account),
        name=name,
        greeting="",
        color="#000000",
        allowed_origins=(),
        inactivity=INACTIVITY,
        max_age=MAX_AGE,
        **terms,
    )


def agent(name: str, account: str) -> Agent:
    """Somebody who answers."""
    return Agent(
        id=AgentId(name),
        account=AccountId(account),
        name=name,
        display_name=name.title(),
        password_hash=password_hash(),
    )


async def settle() -> None:
    """Let everything run that waits for nothing but its turn."""
    for _ in range(30):
        await asyncio.sleep(0)


class Line:
    """A connection without a socket: a party, and what it was told."""

    def __init__(
        self, listener: FakeListener, party: Visit | Shift, role: Role
    ) -> None:
        self.listener = listener
        self.party = party
        self._role = role

    async def greet(self, **fields: Any) -> Frame:
        """Say hello; ``welcome`` or ``refused``."""
        await self._try(lambda: self.party.greet(Hello(**fields)), None)
        return self.last("welcome", "refused")

    async def do(self, kind: str, **fields: Any) -> None:
        """Send a frame, and let everybody come to rest."""
        await self.push(kind, **fields)
        await settle()

    async def push(self, kind: str, **fields: Any) -> None:
        """Send a frame."""
        known = CLIENT_FRAMES[self._role][kind]
        frame = msgspec.convert({"type": kind, **fields}, known)
        await self._try(
            lambda: self.party.carry_out(frame),
            fields.get("ref") or fields.get("id"),
        )

    async def say(self, client_id: str, text: str, **fields: Any) -> Frame:
        """Send a message; its ``ack`` or ``refused``."""
        await self.do("send", id=client_id, text=text, **fields)
        return self.last("ack", "refused")

    async def _try(
        self,
        work: Callable[[], Coroutine[Any, Any, None] | None],
        ref: str | None,
    ) -> None:
        # As gateway/websocket.py does it.
        try:
            rest = work()
            if rest is not None:
                await rest
        except ServerError as error:
            self.listener.tell(denial(error, ref))

    @property
    def kinds(self) -> list[str]:
        """The types of what was told, in order."""
        return [frame["type"] for frame in self.listener.frames]

    def all(self, *kinds: str) -> list[Frame]:
        """What was told of these kinds, in order."""
        return [f for f in self.listener.frames if f["type"] in kinds]

    def last(self, *kinds: str) -> Frame:
        """The newest of these kinds."""
        return self.all(*kinds)[-1]

    def forget(self) -> None:
        """Look only at what comes from here on."""
        self.listener.frames.clear()

    def leave(self) -> None:
        """Cut the connection."""
        self.party.leave()


class World:
    """A server without sockets, files and time."""

    def __init__(self, *, pace: Pace | None = None, **terms: Any) -> None:
        self.terms = terms  # of the channel "shop"
        self.journal: list[str] = []
        self.clock = FakeClock()
        self.records = FakeRecords(self.journal)
        self.keys = FakeKeys(self.journal)
        self.pace = pace or Pace(per_second=1000.0, burst=1000.0)
        self.start()

    def start(self) -> None:
        """Begin anew with what is kept, as after a restart."""
        channels = [
            channel("shop", "acme", **self.terms),
            channel("elsewhere", "other"),
        ]
        agents = [agent("maria", "acme"), agent("jonas", "acme")]
        agents.append(agent("otto", "other"))
        self.house = House(
            clock=self.clock,
            randomness=Random(3 + self.records.commits).randbytes,
            channels={one.id: one for one in channels},
            agents={one.id: one for one in agents},
            keys=self.keys,
            records=self.records,
            sessions=Sessions(),
            deadlines=Deadlines(self.clock.now()),
            presence=Presence(),
            pace=self.pace,
        )
        self.remembering = Remembering(self.house)
        self.ending = Ending(self.house)
        self.purging = Purging(self.house, self.ending, self.remembering)
        self.taking_up = TakingUp(self.house, self.ending)
        self.holding = Holding(self.house, self.ending, self.remembering)
        self.shelf = Kept(self.house, self.ending, self.remembering)
        self.signing_in = SigningIn(self.house)
        self.listing = ListKeeping(self.house, self.clock)

    def customer(self, channel: str = "shop") -> Line:
        """A customer who has connected and said nothing."""
        listener = FakeListener()
        party = Visit(
            self.house,
            self.ending,
            self.remembering,
            channel=self.house.channels[ChannelId(channel)],
            listener=listener,
        )
        return Line(listener, party, Role.CUSTOMER)

    async def visit(self, **hello: Any) -> Line:
        """A customer who is in."""
        line = self.customer()
        await line.greet(**hello)
        await settle()
        return line

    async def shift(self, who: str = "maria", **hello: Any) -> Line:
        """An agent's connection after hello."""
        listener = FakeListener()
        party = Shift(
            self.house,
            self.ending,
            self.remembering,
            self.signing_in,
            listener=listener,
        )
        line = Line(listener, party, Role.AGENT)
        await line.greet(**(hello or {"name": who, "password": PASSWORD}))
        return line

    async def conversation(self) -> tuple[Line, str, str]:
        """A customer who has written once; conversation and token."""
        line = await self.visit()
        await line.say("client-0001", "Hello?")
        welcome = line.last("welcome")
        return line, welcome["summary"]["conversation"], welcome["token"]

    async def conversation_at_once(self) -> tuple[Line, str, str]:
        """The same between two steps of the loop, as other tasks see it."""
        line = self.customer()
        self.records.is_held = True
        await line.greet()
        await line.push("send", id="client-0001", text="Hello?")
        self.records.commit()
        self.records.is_held = False
        welcome = line.last("welcome")
        return line, welcome["summary"]["conversation"], welcome["token"]

    async def taken(self) -> tuple[Line, Line, str]:
        """A customer, the agent who has the conversation, and its id."""
        customer, which, _ = await self.conversation()
        maria = await self.shift()
        await maria.do("take", conversation=which)
        return customer, maria, which

    def session(self, conversation: str) -> Session:
        """The session of that id."""
        found = self.house.sessions.get(ConversationId(conversation))
        assert found is not None
        return found

    async def restart(self) -> None:
        """Begin anew and take up what was left, as ``app`` does."""
        self.start()
        await self.taking_up.take_up(
            LiveRow(
                id=row.id,
                account=row.account,
                slot=row.slot,
                phase=row.phase,
                due_at=row.due_at,
                started_at=row.started_at,
                waits=row.transcript_until is not None,
            )
            for row in tuple(self.records.rows.values())
        )
        await self.ending.erase_all()
        await settle()

    async def pass_(self, seconds: float) -> None:
        """Let time go by, and the purging look at what is due."""
        self.clock.pass_(seconds)
        await self.purging.look()
        await settle()
