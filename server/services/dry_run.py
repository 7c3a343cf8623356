"""The dry run: how much new rules would hide in what is being said now.

It reads the newest conversations of an account page by page, opens the
messages in memory and counts. What comes out are numbers; nobody is shown a
word, nothing is changed, and that it was done is in the audit log. What the
rules in force have hidden is gone and is not counted again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.domain.audit import AuditEvent
from server.domain.carry import NOTHING_CARRIED, Carry
from server.domain.message import Author, Message, Said
from server.domain.permission import Principal
from server.domain.redaction import Redaction
from server.domain.redaction_rules import Rule
from server.errors import Corrupt, RefusalCode, Refused
from server.ids import AccountId
from server.services.audit import note_by
from server.services.hiding import without
from server.services.house import House
from server.services.transcribing import pages_of
from server.store.rows import ConversationRow

#: Conversations, the newest first, and messages that one run looks at.
MOST_CONVERSATIONS: Final = 200
MOST_MESSAGES: Final = 20_000
#: Seconds to wait while another one runs.
AGAIN_AFTER: Final = 5.0


@dataclass(frozen=True, slots=True)
class Reach:
    """What one rule would hide.

    Attributes:
        rule: Its id.
        messages: In how many messages it would hide something.
        conversations: In how many conversations.
    """

    rule: str
    messages: int
    conversations: int


@dataclass(frozen=True, slots=True)
class DryReport:
    """What a dry run has counted.

    Attributes:
        messages: How many messages were looked at.
        conversations: In how many conversations.
        unreadable: How many conversations could not be read to their end:
            erased meanwhile, or damaged.
        is_complete: Whether that was all that is being said.
        rules: Each rule that was tried, by id.
    """

    messages: int
    conversations: int
    unreadable: int
    is_complete: bool
    rules: tuple[Reach, ...]


@dataclass(slots=True)
class _Counts:
    """What has been counted so far."""

    messages: int = 0
    conversations: int = 0
    unreadable: int = 0
    is_full: bool = False
    of_messages: Counter[str] = field(default_factory=Counter)
    of_conversations: Counter[str] = field(default_factory=Counter)


class DryRun:
    """Tries rules on what is stored; one run at a time, over all accounts.

    Args:
        house: The parts.
        most_conversations: How many one run looks at, the newest first.
        most_messages: How many of their messages.
    """

    def __init__(
        self,
        house: House,
        *,
        most_conversations: int = MOST_CONVERSATIONS,
        most_messages: int = MOST_MESSAGES,
    ) -> None:
        self._house = house
        self._most_conversations = most_conversations
        self._most_messages = most_messages
        self._is_running = False

    async def dry_run(
        self, account: AccountId, rules: Sequence[Rule], *, by: Principal
    ) -> DryReport:
        """How much ``rules`` would hide; may be cancelled at any time.

        Args:
            account: Whose conversations are looked at.
            rules: All that would be in force; disabled ones hide nothing.
            by: Who wants to know; it is written down.

        Raises:
            Misconfigured: The rules cannot be put in force.
            Refused: ``TOO_FAST``: another one is under way.
            Unavailable: The store cannot be read.
        """
        redaction = Redaction(rules)
        if self._is_running:
            raise Refused(RefusalCode.TOO_FAST, retry_after=AGAIN_AFTER)
        self._is_running = True
        # Before anything is read: a run that is cancelled has read as well.
        note_by(self._house.audit, by, AuditEvent.RULES_TRIED)
        try:
            return await self._count(account, redaction)
        finally:
            self._is_running = False

    async def _count(
        self, account: AccountId, redaction: Redaction
    ) -> DryReport:
        rows = await self._house.records.newest(
            account, limit=self._most_conversations + 1
        )
        counts = _Counts()
        for row in rows[: self._most_conversations]:
            await self._look_through(row, redaction, counts)
            if counts.is_full:
                break
        return DryReport(
            messages=counts.messages,
            conversations=counts.conversations,
            unreadable=counts.unreadable,
            is_complete=len(rows) <= self._most_conversations
            and not counts.is_full,
            rules=tuple(
                Reach(
                    one.id,
                    counts.of_messages[one.id],
                    counts.of_conversations[one.id],
                )
                for one in redaction.rules
            ),
        )

    async def _look_through(
        self, row: ConversationRow, redaction: Redaction, counts: _Counts
    ) -> None:
        counts.conversations += 1
        in_it: set[str] = set()
        carries: dict[Author, Carry] = {}
        try:
            async for messages in pages_of(self._house, row):
                for hit in _hits_in(messages, redaction, carries):
                    if counts.messages >= self._most_messages:
                        counts.is_full = True
                        break
                    counts.messages += 1
                    counts.of_messages.update(hit.keys())
                    in_it.update(hit)
                    # The longest that others wait for us is one message.
                    await asyncio.sleep(0)
                if counts.is_full:
                    break
        except Corrupt:
            counts.unreadable += 1
        counts.of_conversations.update(in_it)


def _hits_in(
    messages: Sequence[Message],
    redaction: Redaction,
    carries: dict[Author, Carry],
) -> Iterator[Mapping[str, int]]:
    """For each message how much would be hidden in it, by rule."""
    for one in messages:
        said = Said(text=one.text, rich=one.rich, postback=one.postback)
        _, counts, carries[one.author] = without(
            redaction,
            said,
            one.author,
            before=carries.get(one.author, NOTHING_CARRIED),
        )
        yield counts
