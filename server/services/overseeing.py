"""Seeing and ending an account's conversations, without taking part.

What was said stays unread: this tells who has which conversation, since when,
and until when it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from server.domain.audit import AuditEvent
from server.domain.conversation import Conversation, EndedBy
from server.domain.permission import Principal
from server.errors import NotFound, Unavailable
from server.ids import AccountId, ConversationId
from server.live.sessions import Session
from server.protocol.codec import Saying
from server.services.audit import note_by
from server.services.ending import Ending
from server.services.house import House
from server.services.remembering import Remembering, conversation_from
from server.store.group import Group
from server.store.rows import ConversationRow


class Rows(Protocol):
    """What overseeing needs of the store."""

    async def conversation(self, id: ConversationId) -> ConversationRow | None:  # noqa: A002
        """The row of that conversation."""
        ...

    async def of_account(
        self,
        account: AccountId,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
    ) -> Sequence[ConversationRow]:
        """The account's, by id, behind ``after``; of one person, if asked."""
        ...


class Overseeing:
    """Conversations, for those of the account who may see them.

    Args:
        house: The parts.
        rows: What is stored.
        ending: Ends them.
        remembering: Finds those that go on.
    """

    def __init__(
        self,
        house: House,
        rows: Rows,
        *,
        ending: Ending,
        remembering: Remembering,
    ) -> None:
        self._house = house
        self._rows = rows
        self._ending = ending
        self._remembering = remembering

    async def page(
        self,
        account: AccountId,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
    ) -> list[Conversation]:
        """Those of ``account`` by id, in whichever phase.

        Args:
            account: Whose.
            after: Behind which id.
            limit: How many.
            customer: Only those of that person; None: everybody's.

        Raises:
            Unavailable: The store does not answer.
        """
        rows = await self._rows.of_account(
            account, after=after, limit=limit, customer=customer
        )
        return [conversation_from(row) for row in rows]

    async def get(
        self, account: AccountId, conversation: ConversationId
    ) -> Conversation:
        """The one of that id.

        Raises:
            NotFound: The account has none, or none any more.
            Unavailable: The store does not answer.
        """
        row = await self._rows.conversation(conversation)
        if row is None or row.account != account:
            raise NotFound
        return conversation_from(row)

    async def end(
        self,
        account: AccountId,
        conversation: ConversationId,
        *,
        by: Principal,
    ) -> None:
        """Nothing can be said in it any more; repeating is harmless.

        Whether it is then erased or kept for a while its channel says.

        Raises:
            NotFound: The account has none of that id.
            Unavailable: The disk did not take it.
        """
        found = await self.get(account, conversation)
        if not found.is_live:
            return
        session = await self._remembering.session(conversation)
        if session is None:
            return  # ended meanwhile, which is what was wanted
        self._ending.ask(session, by=EndedBy.OPERATOR, listener=_Nobody())
        await self._house.records.write(_nothing)
        # One writer decides everything in order: what was asked before is
        # settled by now.
        _check(session)
        note_by(self._house.audit, by, AuditEvent.ENDED, subject=conversation)


def _nothing(_: Group) -> None:
    """No change: only a place in the queue."""


def _check(session: Session) -> None:
    if session.conversation.is_live:
        raise Unavailable("it could not be ended")


class _Nobody:
    """Hears refusals, which are seen by what has not changed."""

    def tell(self, saying: Saying) -> None:
        """Nobody listens."""

    def dismiss(self, farewell: int) -> None:
        """Nobody listens."""
