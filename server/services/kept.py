"""What is kept, for those of the account who may see it: listed, read, erased.

Reading brings nothing back: a closed conversation has no session, and whoever
reads it leaves no mark in it.
"""

from __future__ import annotations

from server.domain.audit import AuditEvent
from server.domain.conversation import Conversation, EndedBy, Phase
from server.domain.permission import Principal
from server.errors import RefusalCode, Refused
from server.ids import AccountId, ConversationId
from server.services.audit import note_by
from server.services.ending import Ending
from server.services.house import House
from server.services.keeping import erased
from server.services.remembering import (
    Remembering,
    conversation_from,
    session_from,
)
from server.services.transcript import Part, part_of
from server.store.rows import ConversationRow

#: Conversations in a page of the list.
MOST_LISTED = 200


class Kept:
    """Closed conversations, and those on hold.

    Args:
        house: The parts.
        ending: Erases.
        remembering: Finds those that go on.
    """

    def __init__(
        self, house: House, ending: Ending, remembering: Remembering
    ) -> None:
        self._house = house
        self._ending = ending
        self._remembering = remembering

    async def listed_kept(
        self, account: AccountId, after: str, limit: int
    ) -> list[Conversation]:
        """Those of ``account`` that are closed or on hold, by id.

        Args:
            account: Whose.
            after: The last id of the page before; empty for the first.
            limit: How many; at most ``MOST_LISTED`` come.

        Raises:
            Unavailable: The store does not answer.
        """
        rows = await self._house.records.kept(
            account, after=after, limit=min(limit, MOST_LISTED)
        )
        return [conversation_from(row) for row in rows]

    async def part(
        self, account: AccountId, conversation: ConversationId, after: int
    ) -> Part:
        """The messages of a closed conversation behind number ``after``.

        Raises:
            Refused: ``CONVERSATION_UNKNOWN``: the account keeps none of that
                id.
            Corrupt: What is stored fails its check.
            Unavailable: The store does not answer.
        """
        row = await self._row(account, conversation)
        if row.phase is not Phase.CLOSED:
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
        session = session_from(self._house, row)  # nobody else sees it
        return await part_of(self._house, session, after=after)

    async def read(
        self,
        account: AccountId,
        conversation: ConversationId,
        *,
        after: int,
        by: Principal,
    ) -> Part:
        """As ``part``; that ``by`` has looked is written down.

        Raises:
            Refused: See ``part``.
            Corrupt: What is stored fails its check.
            Unavailable: The store does not answer.
        """
        found = await self.part(account, conversation, after)
        note_by(self._house.audit, by, AuditEvent.READ, subject=conversation)
        return found

    async def erase(
        self,
        account: AccountId,
        conversation: ConversationId,
        *,
        by: EndedBy = EndedBy.OPERATOR,
    ) -> None:
        """End it if it goes on, and erase it, however long it is to be kept.

        Returns when that cannot be taken back; the erasing follows at once.

        Raises:
            Refused: ``CONVERSATION_UNKNOWN``; ``ON_HOLD``.
            Unavailable: The disk did not take it.
        """
        session = await self._remembering.session(conversation)
        if session is not None and session.conversation.account == account:
            try:
                await self._ending.erase(session, by=by)
            except Refused as refused:
                if refused.code is not RefusalCode.CONVERSATION_ENDED:
                    raise
            else:
                return
        # It has ended, or has just done so.
        row = await self._row(account, conversation)
        if row.phase is not Phase.ENDING:
            await self._ending.keeping.change(account, conversation, erased)

    async def _row(
        self, account: AccountId, conversation: ConversationId
    ) -> ConversationRow:
        row = await self._house.records.conversation(conversation)
        if row is None or row.account != account:
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
        return row
