"""Keeping: conversations that have ended and are not yet to be erased.

They are on disk and nowhere else, so each change reads the row, decides by
the table of moves, and writes the row, one change at a time: between a hold
and an erasing, one comes first and the other sees it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from server.domain.conversation import NEVER, Conversation, EndedBy, Phase
from server.errors import RefusalCode, Refused
from server.ids import AccountId, ConversationId
from server.live.sessions import Session
from server.services.house import House
from server.services.remembering import conversation_from
from server.store.group import Group
from server.store.rows import ConversationRow

log = logging.getLogger(__name__)

#: Of a conversation whose row says that it has ended, and not by whom.
_BY_NOBODY_KNOWN = EndedBy.OPERATOR


@dataclass(frozen=True, slots=True)
class Doomed:
    """A conversation that has ended and is still to be erased.

    Attributes:
        id: Which.
        slot: Where its key lies.
        session: Its session, if it is in memory.
        ended_at: When it ended, monotonic seconds; None: before this start.
    """

    id: ConversationId
    slot: int
    session: Session | None = None
    ended_at: float | None = None


class Keeping:
    """Changes what is kept.

    Args:
        house: The parts.
        doom: Has what is marked on disk erased.
    """

    def __init__(self, house: House, doom: Callable[[Doomed], None]) -> None:
        self._house = house
        self._doom = doom
        self._alone = asyncio.Lock()

    async def change(
        self,
        account: AccountId,
        conversation: ConversationId,
        change: Callable[[Conversation], Conversation],
    ) -> Conversation:
        """Have ``change`` decide what becomes of one that is CLOSED.

        Returns:
            What it is now; if it is ENDING, it is being erased.

        Raises:
            Refused: ``CONVERSATION_UNKNOWN``: the account keeps none of that
                id; or what ``change`` raised.
            Unavailable: The disk does not answer; nothing was changed.
        """
        async with self._alone:
            row = await self._row(conversation)
            # Of another account is as unknown as what never was.
            if row is None or row.account != account:
                raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
            after = change(conversation_from(row))
            await self._write([(row, after)])
        return after

    async def expire(self, conversations: Sequence[ConversationId]) -> None:
        """Erase those of ``conversations`` whose time is over.

        The others are looked at again when they come due; what is not kept at
        all is none of this.

        Raises:
            Unavailable: The disk does not answer; to be repeated.
        """
        now = self._house.clock.now()
        over: list[tuple[ConversationRow, Conversation]] = []
        async with self._alone:
            for id_ in conversations:
                row = await self._row(id_)
                if row is None:
                    continue
                before = conversation_from(row)
                if before.erase_at > now:
                    self._watch(before)
                    continue
                over.append((row, erased(before)))
            await self._write(over)

    async def handed(self, conversation: ConversationId) -> None:
        """Its transcript is where it was to go: wait for it no longer.

        Raises:
            Unavailable: The disk does not answer; then it is erased later.
        """
        if await self._wait_no_more(conversation):
            self._house.metrics.transcripts["handed"].add()

    async def missed(self, conversation: ConversationId) -> None:
        """Nobody took its transcript in time: wait for it no longer.

        Raises:
            Unavailable: The disk does not answer; then it is erased later.
        """
        if await self._wait_no_more(conversation):
            self._lose(conversation)

    async def _wait_no_more(self, conversation: ConversationId) -> bool:
        """Returns whether it was waited for until now."""
        async with self._alone:
            row = await self._row(conversation)
            if row is None or row.transcript_until is None:
                return False
            after = replace(conversation_from(row), transcript_until=None)
            await self._write([(row, after)])
        return True

    def _lose(self, conversation: ConversationId) -> None:
        self._house.metrics.transcripts["lost"].add()
        log.error(
            "a transcript was not handed over in time",
            extra={"conversation": conversation},
        )

    async def _row(self, id_: ConversationId) -> ConversationRow | None:
        row = await self._house.records.conversation(id_)
        return row if row and row.phase is Phase.CLOSED else None

    async def _write(
        self, changed: Sequence[tuple[ConversationRow, Conversation]]
    ) -> None:
        if not changed:
            return

        def decide(group: Group) -> None:
            for row, after in changed:
                group.keep(renewed(row, after))

        await self._house.records.write(decide)
        for row, after in changed:
            if after.phase is Phase.ENDING:
                self._give_up(after)
                self._doom(
                    Doomed(
                        row.id,
                        row.slot,
                        ended_at=self._house.clock.elapsed(),
                    )
                )
            else:
                self._watch(after)

    def _watch(self, conversation: Conversation) -> None:
        self._house.deadlines.cancel(conversation.id)
        if conversation.erase_at < NEVER:
            self._house.look_at(conversation.id, conversation.erase_at)

    def _give_up(self, conversation: Conversation) -> None:
        if conversation.transcript_until is None:
            return
        # Its time is over, or somebody wants it erased at once.
        self._house.relay.give_up(conversation.id)
        self._lose(conversation.id)


def erased(conversation: Conversation) -> Conversation:
    """``conversation``, which is CLOSED, now that it is to be erased.

    Raises:
        Refused: ``ON_HOLD``.
    """
    return conversation.end(conversation.ended_by or _BY_NOBODY_KNOWN)


def renewed(row: ConversationRow, after: Conversation) -> ConversationRow:
    """``row`` of a conversation without a session, as it is ``after``."""
    return replace(
        row,
        phase=after.phase,
        agent=after.agent,
        ended_by=after.ended_by,
        ended_at=after.ended_at,
        customer=after.customer,
        held=after.is_held,
        kept_until=after.kept_until,
        transcript_until=after.transcript_until,
        due_at=after.erase_at,
    )
