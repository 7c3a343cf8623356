"""Erasing by request: one person or one conversation, with a receipt.

Whoever asks has the job as soon as it is on disk; ``run`` works it off, step
by step (``erasure_steps``), and a job for whom there is one already is that
one. The applications are told in the end, because what they have is theirs to
erase (GDPR, article 19).
"""

from __future__ import annotations

import asyncio

from server.domain.audit import ActorKind, AuditEvent
from server.domain.conversation import EndedBy
from server.domain.permission import Principal
from server.errors import (
    Corrupt,
    NotFound,
    RefusalCode,
    Refused,
)
from server.ids import AccountId, ChannelId, ConversationId, new_id
from server.live.sessions import Session
from server.services.audit import note_by
from server.services.customer_rows import identity_in
from server.services.erasure_job import Job, State, Subject
from server.services.erasure_needs import People, Stored
from server.services.erasure_rows import job_in
from server.services.erasure_work import ErasureWork
from server.services.house import House
from server.services.identifying import Indexes, platform_index
from server.store.customers import CustomerRow
from server.store.erasures import Place

#: Conversations of one person in one look for a hold.
_PAGE = 100


class Erasing:
    """Erases people.

    Args:
        house: The parts.
        stored: What is kept of erasures.
        people: What is kept of customers.
        indexes: Finds customers.
        work: The erasures that go on.
    """

    def __init__(
        self,
        house: House,
        *,
        stored: Stored,
        people: People,
        indexes: Indexes,
        work: ErasureWork,
    ) -> None:
        self._house = house
        self._stored = stored
        self._people = people
        self._indexes = indexes
        self._work = work
        self._asking = asyncio.Lock()

    async def ask(
        self,
        principal: Principal,
        account: AccountId,
        *,
        customer: str | None = None,
        conversation: ConversationId | None = None,
        platform: tuple[ChannelId, str] | None = None,
    ) -> Job:
        """Have somebody erased: exactly one of the three says whom.

        A person with everything that is held of them; or one conversation
        and nothing else. By channel and platform key also somebody whom
        nobody knows: then the receipt says that there was nothing.

        Returns:
            The job, which is on disk; one that goes on already, if there is.

        Raises:
            NotFound: There is no such customer or conversation, or channel.
            Refused: ``ON_HOLD``: a conversation must not be erased, so
                nothing is; ``MALFORMED``: it is no platform key.
            Conflict: ``FULL``: too many go on.
            ServerError: It could not be written down.
        """
        if conversation is not None:
            subject = await self._conversation(account, conversation)
        elif customer is not None:
            subject = await self._customer(account, customer)
        else:
            assert platform is not None  # noqa: S101 - one of the three
            subject = await self._platform(account, *platform)
        job = await self._begin(account, subject)
        note_by(self._house.audit, principal, AuditEvent.ERASURE_ASKED)
        return job

    async def forget(self, session: Session) -> None:
        """Have whoever is in ``session`` erased, as they asked themselves.

        Of somebody whom nobody knows that is the session.

        Raises:
            Refused, Conflict, ServerError: As ``ask``.
        """
        account, person = session.conversation.account, session.customer
        if person is not None and person.is_stored:
            subject = await self._customer(account, person.id)
        elif session.conversation.is_held:
            raise Refused(RefusalCode.ON_HOLD)
        else:
            subject = Subject(conversation=session.id)
        await self._begin(account, subject.asked_by(EndedBy.CUSTOMER))
        # No customer is an actor: that it was one is all there is to say.
        self._house.audit.note(
            AuditEvent.ERASURE_ASKED, by=ActorKind.SERVER, detail="customer"
        )

    async def job(self, account: AccountId, erasure: str) -> Job:
        """How far it is.

        Raises:
            NotFound: The account has none of that id.
            Unavailable: The store does not answer.
        """
        found = self._work.get(erasure)
        if found is not None and found.account == account:
            return found
        row = await self._stored.get(account, erasure)
        if row is None:
            raise NotFound
        return job_in(row)

    async def page(
        self, account: AccountId, after: Place, limit: int
    ) -> list[Job]:
        """The account's erasures behind ``after``, the newest first.

        Raises:
            Unavailable: The store does not answer.
        """
        rows = await self._stored.page(account, after, limit)
        return [job_in(row) for row in rows]

    # Whom it is about

    async def _begin(self, account: AccountId, subject: Subject) -> Job:
        async with self._asking:
            found = self._work.same_as(account, subject)
            if found is not None:
                return found
            if subject.customer is not None:
                await self._check_holds(account, subject.customer)
            job = Job(
                id=new_id(self._house.randomness),
                account=account,
                state=State.ASKED,
                asked_at=self._house.clock.now(),
            )
            await self._work.begin(job, subject)
        return job

    async def _check_holds(self, account: AccountId, customer: str) -> None:
        after = ""
        while page := await self._stored.conversations(
            account, customer, after=after, limit=_PAGE
        ):
            if any(row.held for row in page):
                raise Refused(RefusalCode.ON_HOLD)
            after = page[-1].id

    async def _conversation(
        self, account: AccountId, id_: ConversationId
    ) -> Subject:
        row = await self._house.records.conversation(id_)
        session = self._house.sessions.get(id_)
        if row is not None and row.account == account:
            if row.held:
                raise Refused(RefusalCode.ON_HOLD)
        elif session is None or session.conversation.account != account:
            raise NotFound
        return Subject(conversation=id_)

    async def _customer(self, account: AccountId, customer: str) -> Subject:
        row = await self._people.get(account, customer)
        if row is None:
            raise NotFound
        return self._known(row)

    async def _platform(
        self, account: AccountId, channel: ChannelId, key: str
    ) -> Subject:
        known = self._house.channels.get(channel)
        if known is None or known.account != account:
            raise NotFound
        index = platform_index(self._indexes.index(account), channel, key)
        row = await self._people.by_platform(account, index)
        if row is not None:
            return self._known(row)
        # Somebody may be here who has said nothing yet.
        person = self._house.people.find(account, index)
        return Subject(
            customer=None if person is None else person.id,
            channel=channel,
            platform_key=key,
            platform=index.hex(),
        )

    def _known(self, row: CustomerRow) -> Subject:
        try:
            key = identity_in(self._house, row).platform_key
        except Corrupt:
            # Nobody can read who it was: it can be erased all the same.
            key = None
        return Subject(
            customer=row.id,
            channel=row.channel,
            platform_key=key,
            platform=row.platform.hex(),
        )
