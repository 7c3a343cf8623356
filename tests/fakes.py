"""What stands in for the world in tests: short, in memory, shared."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from server.domain.conversation import Phase
from server.errors import Corrupt, Unavailable
from server.ids import AccountId, AgentId, ChannelId, ConversationId
from server.protocol.codec import Saying
from server.store.batch import Batch, Written
from server.store.group import Change, Group
from server.store.rows import (
    AttachmentRow,
    ConversationRow,
    MessageRow,
    SignInRow,
)
from server.vault.sealing import DataKey


class FakeDisk:
    """The machine's disk until told to fail.

    Attributes:
        calls: The names of the changing calls, in order.
        failing: Which calls fail, and with which errno.
        most: Bytes taken by one write.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.failing: dict[str, int] = {}
        self.most = 2**30

    def pread(self, fd: int, length: int, offset: int, /) -> bytes:
        self._try("pread")
        return os.pread(fd, length, offset)

    def pwrite(self, fd: int, data: bytes, offset: int, /) -> int:
        self.calls.append("pwrite")
        self._try("pwrite")
        return os.pwrite(fd, data[: self.most], offset)

    def ftruncate(self, fd: int, length: int, /) -> None:
        self.calls.append("ftruncate")
        self._try("ftruncate")
        os.ftruncate(fd, length)

    def fdatasync(self, fd: int, /) -> None:
        self.calls.append("fdatasync")
        self._try("fdatasync")
        os.fdatasync(fd)

    def _try(self, call: str) -> None:
        if call in self.failing:
            number = self.failing[call]
            raise OSError(number, os.strerror(number))


class FakeClock:
    """A clock that moves only when it is told to.

    Whoever sleeps wakes when ``pass_`` reaches their moment, in order.
    """

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now
        self._elapsed = 1_000.0
        self._asleep: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    def elapsed(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        waking: asyncio.Future[None] = (
            asyncio.get_running_loop().create_future()
        )
        self._asleep.append((self._elapsed + seconds, waking))
        await waking

    @property
    def sleepers(self) -> int:
        """How many wait for a moment to come."""
        return sum(not waking.done() for _, waking in self._asleep)

    def pass_(self, seconds: float) -> None:
        """Let ``seconds`` go by on both scales."""
        self._now += seconds
        self._elapsed += seconds
        due = [one for one in self._asleep if one[0] <= self._elapsed]
        self._asleep = [one for one in self._asleep if one not in due]
        for _, waking in due:
            if not waking.done():
                waking.set_result(None)

    def jump(self, seconds: float) -> None:
        """Set the wall clock; the steady one takes no notice."""
        self._now += seconds


class FakeListener:
    """A peer that writes down what it is told.

    Attributes:
        frames: What it was told, as maps, oldest first.
        farewell: The code it was closed with, if it was.
    """

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.farewell: int | None = None

    def tell(self, saying: Saying) -> None:
        if self.farewell is None:
            self.frames.append(msgspec.to_builtins(saying.frame))

    def dismiss(self, farewell: int) -> None:
        self.farewell = self.farewell or farewell


class FakeKeys:
    """A key file in memory; refuses what a real one would suffer from.

    Attributes:
        owners: By slot: whose key it holds, while it holds one.
        failing: The calls that fail.
    """

    def __init__(self, journal: list[str] | None = None) -> None:
        self.owners: dict[int, tuple[str, str]] = {}
        self.failing: set[str] = set()
        self.taken: set[int] = set()
        self._keys: dict[int, DataKey] = {}
        self._journal = journal if journal is not None else []

    def new_key(self, account: str, conversation: str) -> DataKey:
        slot = next(n for n in itertools.count() if n not in self.taken)
        self.taken.add(slot)
        self.owners[slot] = (account, conversation)
        self._keys[slot] = DataKey(slot, bytes([slot % 256]) * 32)
        return self._keys[slot]

    def key(self, slot: int, *, account: str, conversation: str) -> DataKey:
        if "key" in self.failing:
            raise Unavailable
        if self.owners.get(slot) != (account, conversation):
            raise Corrupt
        return self._keys[slot]

    def derive(
        self, slot: int, label: str, *, account: str, conversation: str
    ) -> bytes:
        self.key(slot, account=account, conversation=conversation)
        return hashlib.sha256(f"{slot} {label}".encode()).digest()

    def abandon(self, slots: Iterable[int]) -> None:
        for slot in slots:
            del self.owners[slot]
            self.taken.remove(slot)

    def shred(self, slots: Iterable[int]) -> None:
        self._journal.append("shred")
        if "shred" in self.failing:
            raise Unavailable
        for slot in slots:
            self.owners.pop(slot, None)

    def release(self, slots: Iterable[int]) -> None:
        self._journal.append("release")
        self.taken.difference_update(slots)


class FakeRecords:
    """A store in memory whose groups commit at once, or when told.

    Attributes:
        is_held: Whether groups wait for ``commit``.
        failing: The calls that fail: ``write``, ``checkpoint``, ``read``.
        reads_left: After how many reads ``read`` fails; None: never.
        rows: Conversations, by id.
        lines: Messages, by conversation.
    """

    def __init__(self, journal: list[str] | None = None) -> None:
        self.is_held = False
        self.failing: set[str] = set()
        self.reads_left: int | None = None
        self.rows: dict[ConversationId, ConversationRow] = {}
        self.lines: dict[ConversationId, list[MessageRow]] = {}
        self.sign_ins: dict[bytes, SignInRow] = {}
        self.attachments: dict[str, AttachmentRow] = {}
        self.commits = 0
        self._queue: list[Change] = []
        self._journal = journal if journal is not None else []

    def put(self, change: Change) -> None:
        if "put" in self.failing:
            raise Unavailable
        self._queue.append(change)
        if not self.is_held:
            asyncio.get_running_loop().call_soon(self.commit)

    def commit(self) -> None:
        """Make one group of what is queued."""
        changes, self._queue = self._queue, []
        if not changes:
            return
        batch = Batch(changes)
        if "write" in self.failing or not batch.is_sound:
            batch.failed()
            return
        if batch.group:
            self._apply(batch.group)
        batch.committed()

    def _apply(self, group: Group) -> None:
        self.commits += 1
        self.rows.update(group.conversations)
        self.attachments.update({row.id: row for row in group.attachments})
        for row in group.messages:
            self.lines.setdefault(row.conversation, []).append(row)
        for gone in group.erased:
            self._journal.append("erase")
            self.rows.pop(gone, None)
            self.lines.pop(gone, None)
            group.dropped_attachments += [
                row.id
                for row in self.attachments.values()
                if row.conversation == gone
            ]
        self.sign_ins.update({row.hash: row for row in group.sign_ins})
        for hashed in group.dropped_sign_ins:
            self.sign_ins.pop(hashed, None)
        for dropped in group.dropped_attachments:
            self.attachments.pop(dropped, None)
        if (until := group.sign_ins_expire_at) is not None:
            self.sign_ins = {
                hashed: row
                for hashed, row in self.sign_ins.items()
                if row.expires_at > until
            }

    async def write(self, decide: Callable[[Group], None]) -> None:
        change = Written(decide)
        self.put(change)
        await change.done

    async def checkpoint(self) -> None:
        self._journal.append("checkpoint")
        if "checkpoint" in self.failing:
            raise Unavailable

    async def conversation(self, id: ConversationId) -> ConversationRow | None:  # noqa: A002
        await self._read()
        return self.rows.get(id)

    async def client_ids(self, id: ConversationId) -> list[tuple[str, int]]:  # noqa: A002
        await self._read()
        return [(row.client_id, row.number) for row in self.lines.get(id, [])]

    async def messages(
        self,
        id: ConversationId,  # noqa: A002
        after: int,
        limit: int,
    ) -> list[MessageRow]:
        found = [row for row in self.lines.get(id, []) if row.number > after]
        await self._read()
        return found[:limit]

    async def last_customer_message(
        self,
        id: ConversationId,  # noqa: A002
    ) -> MessageRow | None:
        await self._read()
        rows = [row for row in self.lines.get(id, []) if row.by_customer]
        return rows[-1] if rows else None

    async def listed(
        self,
        account: AccountId,
        limit: int,
        *,
        agent: AgentId | None = None,
        but: Sequence[ChannelId] = (),
    ) -> tuple[list[ConversationRow], list[ConversationRow]]:
        rows = [row for row in self.rows.values() if row.account == account]
        waiting = [
            row
            for row in rows
            if row.phase is Phase.WAITING and row.channel not in but
        ]
        active = [row for row in rows if row.agent == agent]
        await self._read()
        return waiting[:limit], active[:limit]

    async def kept(
        self, account: AccountId, *, after: str, limit: int
    ) -> list[ConversationRow]:
        await self._read()
        rows = (
            row
            for row in self.rows.values()
            if row.account == account
            and row.id > after
            and (row.phase is Phase.CLOSED or row.held)
        )
        return sorted(rows, key=lambda row: row.id)[:limit]

    async def newest(
        self, account: AccountId, *, limit: int
    ) -> list[ConversationRow]:
        await self._read()
        dead = {Phase.CLOSED, Phase.ENDING}
        rows = [
            row
            for row in self.rows.values()
            if row.account == account and row.phase not in dead
        ]
        return sorted(rows, key=lambda row: (-row.started_at, row.id))[:limit]

    async def sign_in(self, hash: bytes) -> SignInRow | None:  # noqa: A002
        await self._read()
        return self.sign_ins.get(hash)

    async def attachment(self, id: str) -> AttachmentRow | None:  # noqa: A002
        await self._read()
        return self.attachments.get(id)

    async def attachment_ids(
        self, of: Sequence[ConversationId] | None
    ) -> list[str]:
        await self._read()
        return [
            row.id
            for row in self.attachments.values()
            if of is None or row.conversation in of
        ]

    async def room_taken(self, id: ConversationId) -> tuple[int, int]:  # noqa: A002
        sizes = [
            row.size
            for row in self.attachments.values()
            if row.conversation == id
        ]
        await self._read()
        return len(sizes), sum(sizes)

    async def expired_attachments(
        self, now: float, limit: int
    ) -> list[AttachmentRow]:
        await self._read()
        rows = self.attachments.values()
        return [row for row in rows if row.expires_at <= now][:limit]

    async def _read(self) -> None:
        await asyncio.sleep(0)
        if self.reads_left is not None:
            self.reads_left -= 1
        if "read" in self.failing or (self.reads_left or 0) < 0:
            raise Unavailable
