"""The parts every use case works with, made once by ``app``.

What is kept and how it is sealed are asked for in the words of this layer:
``Keys`` and ``Records`` are what a test replaces with a page of memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import (
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Any, Protocol

from server.clock import Clock
from server.domain.agent import Agent
from server.domain.channel import Channel
from server.domain.desk import BusinessHours, Queue
from server.domain.message import Author
from server.domain.redaction import Redaction
from server.errors import RefusalCode, Refused, Unavailable
from server.ids import AccountId, AgentId, ChannelId, ConversationId, Randomness
from server.live.deadlines import Deadlines
from server.live.flagged import Flagged
from server.live.people import People
from server.live.presence import Presence
from server.live.recently_ended import RecentlyEnded
from server.live.sessions import Listener, Session, Sessions
from server.metrics import Metrics
from server.services.audit import Audit, NoAudit
from server.services.identities import Identities, NoIdentities
from server.services.mail import Mailing, NoMailing
from server.services.relay import NoRelay, Relay
from server.services.senses import NoSenses, Senses
from server.store.group import Change, Group
from server.store.rows import ConversationRow, MessageRow, SignInRow
from server.vault.sealing import DataKey

#: Short errands (a page of history, a sign-in) under way at once, over all
#: connections; each holds a page of at most 48 KiB.
MOST_ERRANDS = 10_000


class Keys(Protocol):
    """What the use cases need from the vault."""

    def new_key(self, account: str, conversation: str) -> DataKey:
        """A key in a slot of its own; on disk with the group it is for."""
        ...

    def key(self, slot: int, *, account: str, conversation: str) -> DataKey:
        """The key in that slot.

        Raises:
            Corrupt: The slot holds no key of that conversation.
        """
        ...

    def derive(
        self, slot: int, label: str, *, account: str, conversation: str
    ) -> bytes:
        """32 bytes for the use named ``label``, made of the key there.

        Raises:
            Corrupt: As ``key``.
        """
        ...

    def abandon(self, slots: Iterable[int]) -> None:
        """The group for which the keys were made has failed."""
        ...

    def shred(self, slots: Iterable[int]) -> None:
        """Zero the slots on disk; waits for the disk, safe to repeat.

        Raises:
            Unavailable: The disk did not take it.
        """
        ...

    def release(self, slots: Iterable[int]) -> None:
        """No row refers to the slots any more: they may be used again."""
        ...


class Records(Protocol):
    """What the use cases need from the store."""

    def put(self, change: Change) -> None:
        """Queue ``change`` for the next group.

        Raises:
            Unavailable: Too many are queued.
        """
        ...

    async def write(self, decide: Callable[[Group], None]) -> None:
        """Have what ``decide`` puts into the group committed."""
        ...

    async def checkpoint(self) -> None:
        """Empty the write-ahead log.

        Raises:
            Unavailable: A reader is in the way, or the disk.
        """
        ...

    async def conversation(self, id: ConversationId) -> ConversationRow | None:  # noqa: A002
        """The row of that conversation."""
        ...

    async def client_ids(self, id: ConversationId) -> list[tuple[str, int]]:  # noqa: A002
        """Each client message id and its number."""
        ...

    async def messages(
        self,
        id: ConversationId,  # noqa: A002
        after: int,
        limit: int,
    ) -> list[MessageRow]:
        """The rows after number ``after``, in order."""
        ...

    async def last_customer_message(
        self,
        id: ConversationId,  # noqa: A002
    ) -> MessageRow | None:
        """The customer's newest message."""
        ...

    async def listed(
        self,
        account: AccountId,
        limit: int,
        *,
        agent: AgentId | None = None,
        but: Sequence[ChannelId] = (),
    ) -> tuple[list[ConversationRow], list[ConversationRow]]:
        """The waiting ones, oldest first, and the active ones of ``agent``.

        None of the waiting ones is of a channel in ``but``.
        """
        ...

    async def kept(
        self, account: AccountId, *, after: str, limit: int
    ) -> list[ConversationRow]:
        """Those of the account that are closed or on hold, by id."""
        ...

    async def newest(
        self, account: AccountId, *, limit: int
    ) -> list[ConversationRow]:
        """Those of the account in which something can be said."""
        ...

    async def sign_in(self, hash: bytes) -> SignInRow | None:  # noqa: A002
        """The sign-in with that hash."""
        ...


class Attachments(Protocol):
    """What the use cases ask of whoever keeps attachments."""

    async def rich_of(
        self, session: Session, id_: str, side: Author
    ) -> dict[str, Any]:
        """What a message of ``side`` says of a file it sends along.

        Raises:
            Refused: There is no such file of that side in ``session``.
            ServerError: What is stored cannot be read.
        """
        ...

    async def erase(self, conversations: Sequence[ConversationId]) -> None:
        """Remove the files of conversations whose keys are gone.

        Raises:
            Unavailable: The disk did not take it; repeat it.
        """
        ...


class NoAttachments:
    """For a server that keeps no files."""

    async def rich_of(
        self,
        session: Session,  # noqa: ARG002 - as asked for
        id_: str,  # noqa: ARG002
        side: Author,  # noqa: ARG002
    ) -> dict[str, Any]:
        """There is none.

        Raises:
            Refused: Always.
        """
        raise Refused(RefusalCode.MALFORMED, path="$.attachment")

    async def erase(self, conversations: Sequence[ConversationId]) -> None:
        """There is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast one sender may write."""

    per_second: float = 5.0
    burst: float = 20.0


class Errands:
    """Short pieces of work nobody waits for; awaited when the server stops.

    Long-lived tasks are started in ``app`` and nowhere else. These end by
    themselves; holding them here keeps the loop from dropping them half way.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def run(self, errand: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start ``errand``.

        Raises:
            Unavailable: ``MOST_ERRANDS`` are under way.
        """
        if len(self._running) >= MOST_ERRANDS:
            errand.close()
            raise Unavailable
        task = asyncio.get_running_loop().create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def finish(self, seconds: float) -> None:
        """Wait for those under way, but no longer than ``seconds``."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)
        for task in set(self._running):
            task.cancel()


#: Told that somebody of that account is erased, and holds on to nothing.
Forgotten = Callable[[AccountId], None]

#: Tells a customer what is held now.
TellHoldings = Callable[[Session, Listener, str | None], None]


def _tell_nothing(
    session: Session, listener: Listener, ref: str | None
) -> None:
    """For a house that cannot say what it holds."""


#: Has a customer erased who wants to be.
ForgetThem = Callable[[Session], Coroutine[Any, Any, None]]


async def _forget_nobody(session: Session) -> None:  # noqa: ARG001 - as asked
    raise Refused(RefusalCode.NOT_NOW)


@dataclass(slots=True, kw_only=True)
class House:
    """What the use cases share.

    Attributes:
        tell_holdings: Tells a customer what is held now.
        forget: Erases a customer who wants to be erased.
        forgetful: Told of every account in which somebody is erased: they
            hold in memory what may say who it was.
        wake_listing: Set when agents have something to be told.
        wake_purging: Set when a deadline is set.
        wake_ending: Set when a conversation is to be erased.
        wake_scrubbing: Set when one was.
        lingering: Sessions in which nothing was said and nobody takes part,
            the one left first at the front.
    """

    clock: Clock
    randomness: Randomness
    channels: Mapping[ChannelId, Channel]
    agents: Mapping[AgentId, Agent]
    keys: Keys
    records: Records
    sessions: Sessions
    deadlines: Deadlines
    presence: Presence[Any]
    pace: Pace = field(default_factory=Pace)
    redactions: Mapping[AccountId, Redaction] = field(default_factory=dict)
    queues: Mapping[tuple[AccountId, str], Queue] = field(default_factory=dict)
    hours: Mapping[tuple[AccountId, str], BusinessHours] = field(
        default_factory=dict
    )
    relay: Relay = field(default_factory=NoRelay)
    attachments: Attachments = field(default_factory=NoAttachments)
    senses: Senses = field(default_factory=NoSenses)
    mailing: Mailing = field(default_factory=NoMailing)
    audit: Audit = field(default_factory=NoAudit)
    metrics: Metrics = field(default_factory=Metrics)
    identities: Identities = field(default_factory=NoIdentities)
    people: People = field(default_factory=People)
    flagged: Flagged = field(default_factory=Flagged)
    tell_holdings: TellHoldings = _tell_nothing
    forget: ForgetThem = _forget_nobody
    forgetful: list[Forgotten] = field(default_factory=list)
    ended: RecentlyEnded = field(default_factory=RecentlyEnded)
    errands: Errands = field(default_factory=Errands)
    wake_listing: asyncio.Event = field(default_factory=asyncio.Event)
    wake_purging: asyncio.Event = field(default_factory=asyncio.Event)
    wake_ending: asyncio.Event = field(default_factory=asyncio.Event)
    wake_scrubbing: asyncio.Event = field(default_factory=asyncio.Event)
    lingering: dict[ConversationId, None] = field(default_factory=dict)

    def forgot(self, account: AccountId) -> None:
        """Somebody of ``account`` is erased; safe to repeat."""
        for one in self.forgetful:
            one(account)

    def look_at(self, conversation: ConversationId, at: float) -> None:
        """Have the deadline of ``conversation`` looked at, at unix ``at``."""
        self.deadlines.set(conversation, at)
        if not self.wake_purging.is_set():
            self.wake_purging.set()
