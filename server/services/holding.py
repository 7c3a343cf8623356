"""Legal hold: conversations that must not be erased until that is lifted.

On one that goes on it is a mark: it closes then instead of being erased. On
one that is closed it takes the deadline away. Of either, who did it and for
which reason stands in the audit log.
"""

from __future__ import annotations

from enum import StrEnum

from server.domain.audit import AuditEvent
from server.domain.conversation import Conversation
from server.domain.permission import Principal
from server.errors import Corrupt, RefusalCode, Refused
from server.ids import AccountId, ConversationId
from server.live.sessions import Session
from server.services.audit import note_by
from server.services.ending import Ending
from server.services.house import House
from server.services.recording import adopt
from server.services.remembering import Remembering
from server.store.group import Group


class HoldReason(StrEnum):
    """Why something is held; a word from here and no other, for the log."""

    LITIGATION = "litigation"
    INVESTIGATION = "investigation"
    REGULATOR = "regulator"
    CUSTOMER = "customer"  # who needs it for a claim of their own
    OTHER = "other"


class Holding:
    """Puts conversations on hold, and lifts that.

    Args:
        house: The parts.
        ending: Has those changed that have ended.
        remembering: Finds those that go on.
    """

    def __init__(
        self, house: House, ending: Ending, remembering: Remembering
    ) -> None:
        self._house = house
        self._keeping = ending.keeping
        self._remembering = remembering

    async def hold(
        self,
        account: AccountId,
        conversation: ConversationId,
        *,
        by: Principal,
        reason: HoldReason = HoldReason.OTHER,
    ) -> Conversation:
        """It is not erased from now on; repeating is harmless.

        Returns:
            What it is now.

        Raises:
            Refused: ``CONVERSATION_UNKNOWN``: the account has none of that
                id, it is being erased, or nothing was said in it.
            Unavailable: The disk did not take it.
        """
        after = await self._set(account, conversation, is_held=True)
        note_by(
            self._house.audit,
            by,
            AuditEvent.HOLD_SET,
            subject=conversation,
            detail=reason.value,
        )
        return after

    async def lift(
        self, account: AccountId, conversation: ConversationId, *, by: Principal
    ) -> Conversation:
        """It is erased when it is due; at once, if that has passed.

        Returns:
            What it is now.

        Raises:
            Refused: ``CONVERSATION_UNKNOWN``, as above.
            Unavailable: The disk did not take it.
        """
        after = await self._set(account, conversation, is_held=False)
        note_by(
            self._house.audit,
            by,
            AuditEvent.HOLD_LIFTED,
            subject=conversation,
        )
        return after

    async def _set(
        self, account: AccountId, id_: ConversationId, *, is_held: bool
    ) -> Conversation:
        session = await self._live(id_)
        if session is not None:
            if session.conversation.account != account:
                raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
            try:
                return await self._set_live(session, is_held=is_held)
            except Refused as refused:
                if refused.code is not RefusalCode.CONVERSATION_ENDED:
                    raise
        # It has ended, or has just done so.
        return await self._keeping.change(
            account, id_, lambda before: before.hold(is_held=is_held)
        )

    async def _live(self, id_: ConversationId) -> Session | None:
        try:
            return await self._remembering.session(id_)
        except Corrupt:  # nobody can read it: there is nothing to be held
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN) from None

    async def _set_live(
        self, session: Session, *, is_held: bool
    ) -> Conversation:
        def decide(group: Group) -> None:
            if not session.conversation.is_live:
                raise Refused(RefusalCode.CONVERSATION_ENDED)
            after = session.conversation.hold(is_held=is_held)
            adopt(self._house, session, after, group=group)

        await self._house.records.write(decide)
        return session.conversation
