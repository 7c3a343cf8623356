"""Outreach: what the business says of its own accord.

To somebody who is here, who has agreed to enough, and who has not forbidden
it. All three are looked at once more when the message is numbered: a "stop"
that was written before it counts.
"""

from __future__ import annotations

from server.domain.audit import AuditEvent
from server.domain.consent import SERVICE, suffices
from server.domain.conversation import Conversation
from server.domain.message import Author, Message, Said, clean
from server.domain.permission import Principal
from server.domain.restriction import Use
from server.errors import Conflict, ConflictCode, RefusalCode, Refused
from server.ids import AccountId, new_id
from server.live.people import Person
from server.live.sessions import Session
from server.services.applying import Receipt
from server.services.audit import note_by
from server.services.customers import Customers
from server.services.enforcing import sessions_of
from server.services.hiding import hide
from server.services.house import House
from server.services.recording import Say


class Outreach:
    """Says things to customers that they did not ask for.

    Args:
        house: The parts.
        customers: Finds people.
    """

    def __init__(self, house: House, customers: Customers) -> None:
        self._house = house
        self._customers = customers

    async def say_to(
        self,
        account: AccountId,
        customer: str,
        text: str,
        *,
        purpose: str = SERVICE,
        by: Principal,
    ) -> Message:
        """Have the channel say ``text`` in the customer's live session.

        Returns:
            The message as it is on the disk.

        Raises:
            NotFound: The account has no such customer.
            Conflict: ``RESTRICTED``, ``CONSENT_NEEDED``; ``NOT_REACHABLE``:
                they are not here, or have said nothing yet.
            Refused: The text is none, or too long.
            Corrupt, Unavailable: It was not said.
        """
        person = await self._customers.person(account, customer)
        words = clean(text)
        self._check(person, purpose)
        session = self._session_of(person)
        message = await self._say(person, session, words, purpose=purpose)
        note_by(
            self._house.audit,
            by,
            AuditEvent.BUSINESS_MESSAGE,
            subject=session.id,
        )
        return message

    def _check(self, person: Person, purpose: str) -> None:
        if not person.allows(Use.BUSINESS_MESSAGE):
            raise Conflict(ConflictCode.RESTRICTED)
        channel = self._house.channels.get(person.channel)
        known = person.consents.get(purpose)
        if channel is None or not suffices(
            None if known is None else known.level, channel.consent.required
        ):
            raise Conflict(ConflictCode.CONSENT_NEEDED)

    def _session_of(self, person: Person) -> Session:
        live = [
            one
            for one in sessions_of(self._house, person)
            if one.conversation.is_live and one.conversation.is_stored
        ]
        if not live:
            raise Conflict(ConflictCode.NOT_REACHABLE)
        return max(live, key=lambda one: one.conversation.last_at)

    async def _say(
        self, person: Person, session: Session, words: str, *, purpose: str
    ) -> Message:
        house = self._house
        channel = house.channels[person.channel]
        said: list[Message] = []

        def speak(
            conversation: Conversation, at: float
        ) -> tuple[Conversation, Message]:
            try:
                self._check(person, purpose)
            except Conflict:
                raise Refused(RefusalCode.NOT_NOW) from None
            left = hide(
                house, session, Said(text=words), author=Author.APPLICATION
            )
            after, message = conversation.serve(
                left, name=channel.name, client_id=client_id, at=at
            )
            said.append(message)
            return after, message

        client_id = new_id(house.randomness)
        receipt = Receipt()
        house.records.put(
            Say(
                house,
                session,
                client_id=client_id,
                speak=speak,
                listener=receipt,
                seat=None,
                sent=words,
            )
        )
        await self._receipt_of(receipt, person, purpose)
        return said[0]

    async def _receipt_of(
        self, receipt: Receipt, person: Person, purpose: str
    ) -> None:
        try:
            await receipt.ack
        except Refused as refusal:
            if refusal.code is RefusalCode.NOT_NOW:
                self._check(person, purpose)
            if refusal.code is RefusalCode.CONVERSATION_ENDED:
                raise Conflict(ConflictCode.NOT_REACHABLE) from None
            raise
