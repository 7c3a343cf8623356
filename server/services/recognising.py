"""Recognising: a session that is under way turns out to be somebody's.

By the word of the account's back-end, and for good: a session does not change
hands. What was agreed to before it was known by whom becomes theirs.
"""

from __future__ import annotations

from dataclasses import replace

from server.errors import RefusalCode, Refused, ServerError
from server.live.sessions import Session
from server.services.enforcing import enforce
from server.services.house import House
from server.services.recording import adopt
from server.services.registering import record, register
from server.store.group import Group


async def recognise(house: House, session: Session, key: str) -> None:
    """``session`` is that of the customer with ``key``.

    Raises:
        Refused: ``NOT_YOURS``: it is somebody else's already;
            ``MALFORMED``; ``CONVERSATION_ENDED``.
        Corrupt, Unavailable: What is stored of them cannot be read, or the
            disk takes no more; to be repeated.
    """
    conversation = session.conversation
    if session.customer_id not in {None, key}:
        raise Refused(RefusalCode.NOT_YOURS)
    person = await house.identities.person(
        conversation.account, conversation.channel, key
    )
    if not session.conversation.is_live:
        raise Refused(RefusalCode.CONVERSATION_ENDED)
    if session.customer_id not in {None, key} or (
        session.customer is not None and session.customer is not person
    ):
        raise Refused(RefusalCode.NOT_YOURS)
    is_new = session.customer is None and person is not None
    session.customer_id, session.customer = key, person
    if not is_new:
        return
    enforce(house, session)
    if session.conversation.is_stored:
        house.records.put(_Recognised(house, session))


class _Recognised:
    """Writes down whose a conversation is that is stored already."""

    def __init__(self, house: House, session: Session) -> None:
        self._house = house
        self._session = session

    def prepare(self, group: Group) -> None:
        house, session = self._house, self._session
        person, conversation = session.customer, session.conversation
        if (
            person is None
            or not conversation.is_live
            or not register(house, person, group, at=house.clock.now())
        ):
            return
        adopt(
            house,
            session,
            replace(conversation, customer=person.id),
            group=group,
        )
        before = dict(session.consents)
        for one in before.values():
            if one.purpose not in person.consents:
                record(house, person, one, group=group)
        session.consents.clear()
        group.undo(lambda: session.consents.update(before))

    def committed(self) -> None:
        pass

    def failed(self, error: ServerError) -> None:
        """It stays theirs in memory; the next token tries again."""
