"""A house with an application, which takes what it is handed, or does not."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from server.domain.application import Application, Wish
from server.domain.conversation import Phase
from server.ids import (
    AccountId,
    ApplicationId,
    ChannelId,
    ConversationId,
    token_hash,
)
from server.services.applying import Applying
from server.services.handing import Fate, Line, Outcome
from server.services.relaying import Relaying
from server.services.resuming import Resuming
from server.store.group import Group
from server.store.rows import LastRow, NoticeRow
from tests.fakes import FakeRecords
from tests.services.worlds import Line as Talk
from tests.services.worlds import World, settle

BOT = ApplicationId("bot")
KEY = "the key of a bot in tests"
TAKEN = Outcome(Fate.TAKEN)
FAILED = Outcome(Fate.FAILED)

Event = dict[str, Any]


def bot(*wishes: Wish, name: str = "bot", account: str = "acme") -> Application:
    """An application with a webhook and a key."""
    return Application(
        id=ApplicationId(name),
        account=AccountId(account),
        name=name.title(),
        webhook="https://bot.example/",
        wants=frozenset(wishes),
        key_hash=token_hash(KEY if name == "bot" else name),
    )


class Program:
    """The other side of a webhook.

    Attributes:
        events: What it was handed, repeats included.
        fates: What becomes of the next ones; then all are taken.
        is_held: Whether it says nothing until ``release``.
        on_way: How many it is being handed.
        most_on_way: How many at once, at most, of one conversation.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.fates: deque[Outcome] = deque()
        self.is_held = False
        self.on_way = 0
        self.most_of_one = 0
        self._of_one: dict[str, int] = {}
        self._gate = asyncio.Event()

    async def hand(self, line: Line, event: Event) -> Outcome:
        which = line.conversation
        self.on_way += 1
        self._of_one[which] = self._of_one.get(which, 0) + 1
        self.most_of_one = max(self.most_of_one, self._of_one[which])
        try:
            self.events.append(event)
            await asyncio.sleep(0)
            if self.is_held:
                self._gate.clear()
                await self._gate.wait()
            return self.fates.popleft() if self.fates else TAKEN
        finally:
            self.on_way -= 1
            self._of_one[which] -= 1

    def release(self) -> None:
        """Say what became of what is on its way."""
        self.is_held = False
        self._gate.set()

    @property
    def kinds(self) -> list[str]:
        """What it was told: types, and the numbers of messages."""
        return [
            str(event["message"]["number"])
            if event["type"] == "message"
            else event["type"]
            for event in self.events
        ]


class HandingRecords(FakeRecords):
    """A store that keeps cursors and notices as well."""

    def __init__(self, journal: list[str] | None = None) -> None:
        super().__init__(journal)
        self.cursors: dict[tuple[str, str], int] = {}
        self.kept_notices: dict[tuple[str, str], NoticeRow] = {}

    def _apply(self, group: Group) -> None:
        super()._apply(group)
        for cursor in group.cursors:
            if cursor.conversation in self.rows:
                key = (cursor.conversation, cursor.application)
                self.cursors[key] = cursor.cursor
        for notice in group.notices:
            key = (notice.conversation, notice.application)
            self.kept_notices[key] = notice
        for dropped in group.dropped_notices:
            self.kept_notices.pop(dropped, None)
        for gone in group.erased:
            for old in [key for key in self.cursors if key[0] == gone]:
                del self.cursors[old]

    async def cursor(
        self, conversation: ConversationId, application: ApplicationId
    ) -> int | None:
        await self._read()
        return self.cursors.get((conversation, application))

    async def count(
        self,
        conversation: ConversationId,
        after: int,
        up_to: int,
        *,
        of_all: bool,
    ) -> int:
        await self._read()
        return sum(
            after < row.number <= up_to and (of_all or row.by_customer)
            for row in self.lines.get(conversation, [])
        )

    async def pending(
        self,
        application: ApplicationId,
        account: AccountId,
        *,
        after: str,
        limit: int,
    ) -> list[tuple[ConversationId, ChannelId]]:
        await self._read()
        return [
            (row.id, row.channel)
            for row in sorted(self.rows.values(), key=lambda row: row.id)
            if row.account == account
            and row.id > after
            and row.phase.value != "ending"
            and self.cursors.get((row.id, application), -1) < row.last_number
        ][:limit]

    async def last(
        self,
        application: ApplicationId,
        account: AccountId,
        conversations: Sequence[ConversationId],
        *,
        of_all: bool,
    ) -> list[LastRow]:
        rows = [self.rows[id_] for id_ in conversations if id_ in self.rows]
        return [
            LastRow(
                row.id,
                row.account,
                row.channel,
                row.ended_by,
                row.started_at,
                row.last_at,
                row.last_number,
                await self.count(
                    row.id,
                    self.cursors.get((row.id, application), 0),
                    row.last_number,
                    of_all=of_all,
                ),
                row.kept_until,
                row.customer,
            )
            for row in rows
            if row.account == account
        ]

    async def notices(
        self, application: ApplicationId, limit: int
    ) -> list[NoticeRow]:
        await self._read()
        found = [
            row
            for row in self.kept_notices.values()
            if row.application == application
            and (
                row.conversation not in self.rows
                or (
                    self.rows[row.conversation].phase is Phase.CLOSED
                    and not self.rows[row.conversation].transcript_until
                )
            )
        ]
        return sorted(found, key=lambda row: row.ended_at)[:limit]


class ProgramWorld(World):
    """A world with an application, whose webhook is ``program``."""

    def __init__(
        self,
        *applications: Application,
        has_webhook: bool = True,
        starts_with_application: bool = False,
        **terms: Any,
    ) -> None:
        self.starts_with_application = starts_with_application
        self.applications = applications or (bot(),)
        self.has_webhook = has_webhook
        self.program = Program()
        self.kept = HandingRecords([])
        super().__init__(**terms)

    def start(self) -> None:
        """Begin anew; the application has not noticed."""
        self.records = self.kept
        super().start()
        self.house.channels = {
            id_: replace(
                one, starts_with_application=self.starts_with_application
            )
            for id_, one in self.house.channels.items()
        }
        self.applying = Applying(
            self.house,
            self.ending,
            self.remembering,
            applications=self.applications,
        )
        self.relaying = Relaying(
            self.house,
            self.kept,
            self.applications,
            webhooks={
                one.id: self.program
                for one in self.applications
                if self.has_webhook
            },
            answering=self.applying.answer,
        )
        self.house.relay = self.relaying
        self.resuming = Resuming(self.remembering, self.kept, self.applications)

    async def later(self, seconds: float = 0.0) -> None:
        """Let time go by, and the relaying look at what is due."""
        self.clock.pass_(seconds)
        await self.relaying.look(self.resuming)
        await settle()

    async def erase(self) -> None:
        """Erase what has ended."""
        await self.ending.erase_all()
        await settle()


async def say(line: Talk, *numbers: int) -> None:
    """Have the customer say something, so many times."""
    for number in numbers:
        await line.say(f"client-{number:04}", f"text {number}")
