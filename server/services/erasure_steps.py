"""The steps of an erasure, each safe to repeat, each on disk before the next.

    asked, ending  what is held of the person is counted; their conversations
                   are ended and erased, keys first (``ending``)
    shredding      whoever comes with the person's key is somebody new from
                   here on; the person's key is overwritten, then the rows go
    clearing       the log of the database is emptied, the receipt is signed
    telling        applications do the same with what they have

Between two of them a crash may come at any moment: the next start goes on
with the step that is on disk. The key goes before the rows, and the rows go
in one commit with the step behind: while there is a row its slot is the
person's, and no later owner's key is ever overwritten.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from server.domain.audit import AuditEvent
from server.errors import Corrupt, RefusalCode, Refused
from server.ids import ConversationId
from server.services.ending import Ending
from server.services.erasure_job import Job, OpenJob, State, Subject
from server.services.erasure_needs import (
    Holdings,
    Papers,
    People,
    Requests,
    Stored,
)
from server.services.erasure_rows import Seals, row_of
from server.services.house import House
from server.services.keeping import Doomed, renewed
from server.services.kept import Kept
from server.services.remembering import conversation_from
from server.services.stocktaking import ENDED, LOGGED, NOTICES, Held
from server.services.telling import milliseconds
from server.store import customers
from server.store.deeds import Deed
from server.store.erasures import ERASED, ErasedRow, hidden, moved
from server.store.group import Group
from server.store.requests import cut_off, loosen

#: Conversations that are ended before the next are looked for.
AT_ONCE = 100
#: Requests of one person that lose their words in one commit.
MOST_REQUESTS = 500
#: Seconds between two looks whether what was ended is erased; doubled.
LOOK, LONGEST_LOOK = 0.05, 1.0
#: Seconds between two looks whether a hold was lifted.
LOOK_AT_HOLD = 30.0
#: What is no record of the person's, or is made by the end itself.
NOT_COUNTED = frozenset({ENDED, LOGGED, NOTICES})


class ErasureSteps:
    """Does them.

    Args:
        house: The parts.
        ending: Erases what nobody can read.
        kept: Ends and erases conversations.
        stored: Finds the person's conversations.
        people: Finds the person.
        requests: Finds what they asked for.
        holdings: Counts.
        seals: Seals whom it is about.
        papers: Signs the receipt.
    """

    def __init__(  # noqa: PLR0913 - erasing touches everything there is
        self,
        house: House,
        *,
        ending: Ending,
        kept: Kept,
        stored: Stored,
        people: People,
        requests: Requests,
        holdings: Holdings,
        seals: Seals,
        papers: Papers,
    ) -> None:
        self._house = house
        self._ending = ending
        self._kept = kept
        self._stored = stored
        self._people = people
        self._requests = requests
        self._holdings = holdings
        self._seals = seals
        self._papers = papers

    async def advance(self, one: OpenJob) -> float:
        """Do the next step; returns the seconds until the one behind it.

        Raises:
            ServerError: It failed; to be repeated.
        """
        match one.job.state:
            case State.ASKED | State.ENDING:
                return await self._end(one)
            case State.SHREDDING:
                return await self._shred(one)
            case State.CLEARING:
                return await self._clear(one)
            case _:
                return 0.0

    async def keep(
        self,
        one: OpenJob,
        job: Job,
        subject: Subject,
        *,
        deeds: Sequence[Deed] = (),
    ) -> None:
        """Write down how far it is, together with ``deeds``.

        Raises:
            Refused: ``NOT_NOW``: the person is back, and has to be ended.
            ServerError: Nothing was written.
        """
        row = row_of(
            self._seals, job, None if job.state is State.DONE else subject
        )

        def decide(group: Group) -> None:
            if deeds and self._here(subject):
                raise Refused(RefusalCode.NOT_NOW)
            group.do(*deeds, moved(row))

        await self._house.records.write(decide)
        one.job, one.subject = job, subject

    async def condemn(self, one: OpenJob) -> None:
        """Mark everything of the person as ending; for the start only.

        Then nobody is there who could be told, and whatever is marked is
        erased before the port opens.

        Raises:
            ServerError: It failed.
        """
        if one.job.state not in {State.ASKED, State.ENDING}:
            return
        after = ""
        while ids := await self._found(one, after):
            known = one.subject.counted
            await self._count(one, ids, known=known)
            await self._mark(one, ids)
            after = "" if one.subject.conversation else ids[-1]
            if not after:
                break

    async def _mark(self, one: OpenJob, ids: Sequence[ConversationId]) -> None:
        rows = [await self._house.records.conversation(id_) for id_ in ids]
        marked = [
            renewed(row, conversation_from(row).end(one.subject.by))
            for row in rows
            if row is not None and not row.held
        ]

        def decide(group: Group) -> None:
            for row in marked:
                group.keep(row)

        await self._house.records.write(decide)

    async def _end(self, one: OpenJob) -> float:
        if await self._are_left(one):
            one.pause = min(LONGEST_LOOK, max(LOOK, one.pause * 2))
            return one.pause
        ids = await self._found(one)
        if not ids:
            await self._cut(one)
            return 0.0
        await self._count(one, ids)
        held = [id_ for id_ in ids if not await self._erase(one, id_)]
        one.watched = tuple(id_ for id_ in ids if id_ not in held)
        one.job = replace(one.job, is_held=bool(held))
        one.pause = 0.0
        return LOOK_AT_HOLD if held and not one.watched else LOOK

    async def _are_left(self, one: OpenJob) -> bool:
        for id_ in one.watched:
            if self._house.sessions.get(id_) is not None:
                return True
            if await self._house.records.conversation(id_) is not None:
                return True
        one.watched = ()
        return False

    async def _found(
        self, one: OpenJob, after: str = ""
    ) -> list[ConversationId]:
        subject, account = one.subject, one.job.account
        if subject.conversation is not None:
            row = await self._house.records.conversation(subject.conversation)
            is_here = self._house.sessions.get(subject.conversation)
            there = row is not None or is_here is not None
            return [subject.conversation] if there else []
        found = dict.fromkeys(self._here(subject))
        if subject.customer is not None:
            rows = await self._stored.conversations(
                account, subject.customer, after=after, limit=AT_ONCE
            )
            found |= dict.fromkeys(row.id for row in rows)
        return list(found)[:AT_ONCE]

    def _here(self, subject: Subject) -> list[ConversationId]:
        customer = subject.customer
        if customer is None:
            return []
        return [
            session.id
            for session in self._house.sessions
            if session.conversation.customer == customer
            or (session.customer and session.customer.id == customer)
        ]

    async def _count(
        self,
        one: OpenJob,
        ids: Sequence[ConversationId],
        known: Sequence[ConversationId] = (),
    ) -> None:
        fresh = [id_ for id_ in ids if id_ not in one.subject.counted]
        if not fresh:
            return
        counts: Counter[str] = Counter()
        for id_ in fresh:
            counts += _counted(
                await self._holdings.of_conversation(one.job.account, id_)
            )
        subject = replace(
            one.subject,
            counts=one.found(counts),
            counted=tuple(dict.fromkeys((*known, *ids))),
        )
        await self.keep(one, one.changed(State.ENDING), subject)

    async def _erase(self, one: OpenJob, id_: ConversationId) -> bool:
        """Have it erased; returns False if it is on hold."""
        account = one.job.account
        try:
            await self._kept.erase(account, id_, by=one.subject.by)
        except Refused as refused:
            return refused.code is not RefusalCode.ON_HOLD
        except Corrupt:
            row = await self._house.records.conversation(id_)
            if row is not None and id_ not in one.doomed:
                one.doomed.add(id_)
                self._ending.doom(Doomed(row.id, row.slot))
        return True

    async def _cut(self, one: OpenJob) -> None:
        """From here on the person is not found any more."""
        subject, job = one.subject, one.job
        deeds: list[Deed] = []
        if subject.platform is not None:
            index = bytes.fromhex(subject.platform)
            now = self._house.clock.now()
            deeds.append(ERASED.keep(ErasedRow(job.account, index, now)))
        if (customer := subject.customer) is not None:
            counted = await self._holdings.of_customer_alone(
                job.account, customer
            )
            subject = replace(
                subject, counts=one.found(_counted(counted)), counted=()
            )
            # Looked up by chance alone, until the row itself goes.
            deeds += hidden(customer, self._house.randomness(16))
        await self.keep(one, one.changed(State.SHREDDING), subject, deeds=deeds)
        self._forget(one)

    def _forget(self, one: OpenJob) -> None:
        subject, account = one.subject, one.job.account
        if subject.customer is None or subject.platform is None:
            return
        house = self._house
        house.people.drop([subject.customer])
        index = bytes.fromhex(subject.platform)
        house.flagged.set(account, index, subject.customer, flags=0)

    async def _shred(self, one: OpenJob) -> float:
        subject, account = one.subject, one.job.account
        customer = subject.customer
        if customer is None:
            await self.keep(one, one.changed(State.CLEARING), subject)
            return 0.0
        self._forget(one)
        # Who came in the very moment in which they were cut off.
        for id_ in self._here(subject):
            await self._erase(one, id_)
        if self._here(subject):
            return LOOK
        row = await self._people.get(account, customer)
        if row is not None:
            await asyncio.to_thread(self._house.keys.shred, [row.slot])
        await self._loosen(one, customer)
        deeds = [*customers.drop(customer), cut_off(customer)]
        await self.keep(one, one.changed(State.CLEARING), subject, deeds=deeds)
        # Whoever reads now finds nobody: nothing of it can come back.
        self._house.forgot(account)
        if row is not None:
            one.slot = row.slot
            self._house.people.counts[account] -= 1
        return 0.0

    async def _loosen(self, one: OpenJob, customer: str) -> None:
        """Take the person out of what they asked for."""
        account = one.job.account
        while found := await self._requests.of_customer(
            account, customer, MOST_REQUESTS
        ):
            deeds = loosen(
                customer,
                lambda request: self._papers.blank(account, request),
                [request.id for request in found],
            )
            await self.keep(one, one.job, one.subject, deeds=deeds)

    async def _clear(self, one: OpenJob) -> float:
        house, job = self._house, one.job
        house.wake_scrubbing.set()
        await house.records.checkpoint()
        if one.slot is not None:
            # Not before: a slot used again while a row still pointed at it
            # would be overwritten by a second try.
            house.keys.release([one.slot])
            one.slot = None
        now = house.clock.now()
        receipt = self._papers.signed(
            job.account,
            {
                "kind": "erasure",
                "job": job.id,
                "account": job.account,
                "asked_at": milliseconds(job.asked_at),
                "done_at": milliseconds(now),
                "erased": dict(sorted(one.subject.counts.items())),
            },
        )
        after = one.changed(State.TELLING, done_at=now, receipt=receipt)
        await self.keep(one, after, replace(one.subject, counted=()))
        house.audit.note(
            AuditEvent.ERASURE_DONE,
            detail=str(sum(one.subject.counts.values())),
        )
        return 0.0

    async def finish(self, one: OpenJob) -> None:
        """Everybody was told, or there was nobody: forget whom it was about.

        Raises:
            ServerError: It failed; to be repeated.
        """
        if one.job.state is not State.DONE:
            await self.keep(one, one.changed(State.DONE), one.subject)
        self._house.wake_scrubbing.set()
        await self._house.records.checkpoint()


def _counted(held: Sequence[Held]) -> Counter[str]:
    return Counter(
        {one.name: one.count for one in held if one.name not in NOT_COUNTED}
    )
