"""Taking up what the last run left: what is ending, due, or still kept.

Done before the port opens, so that nobody can meet a conversation past its
time. What came due while the server was down ends as it would have then: it
is erased, or kept from that moment on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from server.domain.conversation import NEVER, Conversation, Phase
from server.ids import ConversationId
from server.services.ending import Ending
from server.services.house import House
from server.services.keeping import Doomed, renewed
from server.services.remembering import conversation_from, session_from
from server.services.timing import deadline_of, keep_of
from server.store.group import Group
from server.store.rows import ConversationRow, LiveRow

#: Conversations that are ended in one commit.
AT_ONCE = 64

_Closed = tuple[ConversationRow, Conversation]


class TakingUp:
    """Goes on where the last run stopped, however it stopped.

    Args:
        house: The parts.
        ending: Told what is to be erased.
    """

    def __init__(self, house: House, ending: Ending) -> None:
        self._house = house
        self._ending = ending

    async def take_up(self, rows: Iterable[LiveRow]) -> None:
        """Doom, end, or watch each of ``rows``; ``Ending`` has to erase then.

        Raises:
            Unavailable: The disk does not do its work.
        """
        now = self._house.clock.now()
        due: list[ConversationId] = []
        waiting: list[ConversationId] = []
        for row in rows:
            is_closed = row.phase is Phase.CLOSED
            if row.phase is Phase.ENDING or (is_closed and row.due_at <= now):
                self._ending.doom(Doomed(row.id, row.slot))
            elif row.due_at <= now:
                due.append(row.id)
            else:
                self._watch(row.id, row.due_at)
                if row.waits:
                    waiting.append(row.id)
        for start in range(0, len(due), AT_ONCE):
            waiting += await self._end(due[start : start + AT_ONCE])
        for conversation in waiting:
            await self._hand_over(conversation)

    def _watch(self, conversation: ConversationId, at: float) -> None:
        # Looked at again when it comes due, and warned then if anybody is
        # there to be warned.
        if at < NEVER:
            self._house.look_at(conversation, at)

    async def _end(self, due: Sequence[ConversationId]) -> list[ConversationId]:
        """End those that are due; returns those with a transcript to hand."""
        now = self._house.clock.now()
        closed: list[_Closed] = []
        for id_ in due:
            row = await self._house.records.conversation(id_)
            if row is None:
                continue
            after = self._closed(row, now)
            if after is None or after.erase_at <= now:
                self._ending.doom(Doomed(row.id, row.slot))
            else:
                closed.append((row, after))
        await self._write(closed)
        for row, after in closed:
            self._watch(row.id, after.erase_at)
        return [row.id for row, after in closed if after.transcript_until]

    def _closed(self, row: ConversationRow, now: float) -> Conversation | None:
        conversation = conversation_from(row)
        keep = keep_of(self._house, conversation, ended_at=row.due_at, now=now)
        if keep is None:
            return None
        why = deadline_of(self._house, conversation).why
        return conversation.close(why, at=row.due_at, keep=keep)

    async def _write(self, closed: Sequence[_Closed]) -> None:
        if not closed:
            return
        until = {row.id: after.erase_at for row, after in closed}
        notices = await self._house.relay.last_words(
            [(id_, None) for id_ in until]
        )

        def decide(group: Group) -> None:
            for row, after in closed:
                group.keep(renewed(row, after))
            for notice in notices:
                group.keep_notice(
                    replace(notice, kept_until=until[notice.conversation])
                )

        await self._house.records.write(decide)

    async def _hand_over(self, conversation: ConversationId) -> None:
        row = await self._house.records.conversation(conversation)
        if row is not None:
            session = session_from(self._house, row)
            self._ending.closing.hand_over(session)
