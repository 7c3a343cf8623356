"""Holdings: what is held now of a conversation or a person, never contents.

Counted where it lies, and not where a row says that it should: so the same
question proves that nothing is held any more. docs/holdings.md says what there
is to be found after an end, and for how long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from server.domain.conversation import NEVER, Conversation, Phase
from server.domain.record_types import RECORD_TYPES, Home
from server.errors import Corrupt
from server.ids import AccountId, ConversationId
from server.live.sessions import Session
from server.services.house import House
from server.services.leaving import KEPT as NOTICES_KEPT
from server.services.remembering import conversation_from
from server.services.timing import due_of, keep_of
from server.store.erasures import OwnRow
from server.store.rows import ConversationRow
from server.store.stock import OfConversation, OfCustomer

_TYPES = {kind.name: kind for kind in RECORD_TYPES}

#: Conversations of one person that are looked at. Who has more than that, in
#: channels that keep them, is told of these.
MOST_CONVERSATIONS = 1_000
_PAGE = 100

#: What there is of one conversation, while it is there.
CONTEXT = "chat context data"
COOKIES = "chat cookie data"
PRIVATE = "customer private data"
BY_CUSTOMER = "customer messages, web"
BY_OTHERS = "agent and bot messages, web"
RECORD = "conversation record"
CURSORS = "hand-over cursors"
KEY = "conversation key"
SESSION = "session record"
ENDED = "ids of ended sessions"
ATTACHMENTS = "attachments, web"
NOTICES = "ending notices"
LOGGED = "audit log"
#: And of a person.
IDENTITY = "customer messaging identities"
CONSENTS = "consent and restriction records"
REQUESTS = "privacy requests"


class Counts(Protocol):
    """What the store counts."""

    async def of_conversation(
        self, account: AccountId, conversation: ConversationId
    ) -> OfConversation:
        """What lies under that id, whether or not there is such a row."""
        ...

    async def of_customer(
        self, account: AccountId, customer: str
    ) -> OfCustomer:
        """What lies under that id, whether or not there is such a row."""
        ...

    async def about(self, subject: str) -> int:
        """How many rows of the audit log are about that pseudonym."""
        ...


class Own(Protocol):
    """What the store knows of a person's conversations."""

    async def conversations(
        self, account: AccountId, customer: str, *, after: str, limit: int
    ) -> list[OwnRow]:
        """The conversations on disk of that person, by id."""
        ...


class Pseudonyms(Protocol):
    """What stands for conversations in the audit log."""

    def pseudonym(self, subject: str) -> str:
        """What stands for that id."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One record type of which something is held.

    Attributes:
        name: Of the record type.
        count: How many.
        oldest: Since when, unix seconds; None: nobody knows.
        dies_at: When all of it is gone, if nothing happens; None: no date.
    """

    name: str
    count: int
    oldest: float | None = None
    dies_at: float | None = None

    @property
    def home(self) -> Home:
        """Where it lies."""
        return _TYPES[self.name].home

    @property
    def dies(self) -> str:
        """When it is gone, in words."""
        return _TYPES[self.name].dies


class Stocktaking:
    """Says what is held.

    Args:
        house: The parts.
        counts: Counts on the disk.
        own: Finds the conversations of a person.
        pseudonyms: Finds a conversation in the audit log.
    """

    def __init__(
        self, house: House, counts: Counts, own: Own, pseudonyms: Pseudonyms
    ) -> None:
        self._house = house
        self._counts = counts
        self._own = own
        self._pseudonyms = pseudonyms

    async def of_session(self, session: Session) -> list[Held]:
        """What is held of whoever is in ``session``.

        Raises:
            Unavailable: The store does not answer.
        """
        account = session.conversation.account
        if session.customer is None:
            return await self.of_conversation(account, session.id)
        return await self.of_customer(account, session.customer.id)

    async def of_conversation(
        self, account: AccountId, conversation: ConversationId
    ) -> list[Held]:
        """What is held of one conversation.

        Nothing of one that never was, that is gone, or that is another
        account's: nobody can tell these apart.

        Raises:
            Unavailable: The store does not answer.
        """
        house = self._house
        row = await house.records.conversation(conversation)
        session = house.sessions.get(conversation)
        owners = {row.account} if row is not None else set()
        if session is not None:
            owners.add(session.conversation.account)
        if owners - {account}:
            return []
        counted = await self._counts.of_conversation(account, conversation)
        about = self._pseudonyms.pseudonym(conversation)
        return [
            one
            for one in (
                *_in_memory(session, self._ends(session)),
                *self._on_disk(session, row, counted),
                *self._afterwards(account, conversation, counted),
                Held(name=LOGGED, count=await self._counts.about(about)),
            )
            if one.count
        ]

    async def of_customer(
        self, account: AccountId, customer: str
    ) -> list[Held]:
        """What is held of one person: their own records and conversations.

        Raises:
            Unavailable: The store does not answer.
        """
        parts = await self.of_customer_alone(account, customer)
        for conversation in await self._conversations(account, customer):
            parts += await self.of_conversation(account, conversation)
        return summed(parts)

    async def of_customer_alone(
        self, account: AccountId, customer: str
    ) -> list[Held]:
        """What is held of one person besides their conversations.

        Raises:
            Unavailable: The store does not answer.
        """
        counted = await self._counts.of_customer(account, customer)
        return summed(_of_person(counted))

    async def _conversations(
        self, account: AccountId, customer: str
    ) -> list[ConversationId]:
        # What nothing was said in is in memory only.
        found = {
            session.id: None
            for session in self._house.sessions
            if session.customer is not None
            and session.customer.id == customer
            and session.conversation.account == account
        }
        after = ""
        while len(found) < MOST_CONVERSATIONS:
            page = await self._own.conversations(
                account, customer, after=after, limit=_PAGE
            )
            if not page:
                break
            found |= dict.fromkeys(row.id for row in page)
            after = page[-1].id
        return list(found)[:MOST_CONVERSATIONS]

    def _due(
        self, session: Session | None, row: ConversationRow | None
    ) -> float | None:
        conversation = _stands(session, row)
        if conversation is None or conversation.phase is Phase.ENDING:
            return None
        due_at = due_of(self._house, conversation)
        if conversation.is_live:
            kept = keep_of(
                self._house, conversation, ended_at=due_at, now=due_at
            )
            due_at = due_at if kept is None else kept.until
        return due_at if due_at < NEVER else None

    def _ends(self, session: Session | None) -> float | None:
        # What is in memory goes with the session, also where words are kept.
        if session is None or not session.conversation.is_live:
            return None
        due_at = due_of(self._house, session.conversation)
        return due_at if due_at < NEVER else None

    def _on_disk(
        self,
        session: Session | None,
        row: ConversationRow | None,
        counted: OfConversation,
    ) -> Iterator[Held]:
        due = self._due(session, row)
        stands = _stands(session, row)
        since = None if stands is None else stands.started_at
        files_die = counted.attachments_until
        if due is not None and files_die is not None:
            files_die = min(due, files_die)
        for name, count in (
            (BY_CUSTOMER, counted.by_customer),
            (BY_OTHERS, counted.by_others),
            (RECORD, max(counted.conversations, int(session is not None))),
            (CURSORS, counted.cursors),
            (KEY, int(row is not None and self._has_key(row))),
        ):
            yield Held(name=name, count=count, oldest=since, dies_at=due)
        yield Held(
            name=ATTACHMENTS,
            count=counted.attachments,
            oldest=since,
            dies_at=files_die,
        )

    def _has_key(self, row: ConversationRow) -> bool:
        try:
            self._house.keys.key(
                row.slot, account=row.account, conversation=row.id
            )
        except Corrupt:
            return False
        return True

    def _afterwards(
        self,
        account: AccountId,
        conversation: ConversationId,
        counted: OfConversation,
    ) -> Iterator[Held]:
        since = counted.notices_since
        yield Held(
            name=NOTICES,
            count=counted.notices,
            oldest=since,
            dies_at=None if since is None else since + NOTICES_KEPT,
        )
        elapsed = self._house.clock.elapsed()
        ended = self._house.ended
        channel = self._house.channels.get(
            ended.channel_of(conversation, at=elapsed)  # type: ignore[arg-type] # None is no channel
        )
        if channel is not None and channel.account == account:
            left = ended.seconds_left(conversation, at=elapsed)
            dies_at = self._house.clock.now() + left
            yield Held(name=ENDED, count=1, dies_at=dies_at)


def _stands(
    session: Session | None, row: ConversationRow | None
) -> Conversation | None:
    if session is not None:
        return session.conversation
    return None if row is None else conversation_from(row)


def _in_memory(session: Session | None, due: float | None) -> Iterator[Held]:
    if session is None:
        return
    since = session.conversation.started_at
    context = session.context
    private = session.private or {}
    for name, count in (
        (CONTEXT, 0 if context is None else len(context.as_map())),
        (COOKIES, len(session.cookies or {})),
        (PRIVATE, len(private) + (session.customer_id is not None)),
        (SESSION, 1),
        # Of somebody whom nobody knows they are kept with the session.
        (CONSENTS, 0 if session.customer else len(session.consents)),
    ):
        yield Held(name=name, count=count, oldest=since, dies_at=due)


def _of_person(counted: OfCustomer) -> Iterator[Held]:
    yield Held(
        name=IDENTITY,
        count=counted.customers + counted.addresses,
        oldest=counted.since,
    )
    yield Held(name=CONSENTS, count=counted.events, oldest=counted.events_since)
    yield Held(
        name=REQUESTS, count=counted.requests, oldest=counted.requests_since
    )


def summed(parts: Iterable[Held]) -> list[Held]:
    """One for each record type, in the order of the registry.

    The oldest is that of the oldest part; what has a part without a date has
    none.
    """
    found: dict[str, Held] = {}
    for one in parts:
        before = found.get(one.name)
        found[one.name] = one if before is None else _both(before, one)
    return [
        found[name] for name in _TYPES if name in found and found[name].count
    ]


def _both(one: Held, other: Held) -> Held:
    if not (one.count and other.count):
        return one if one.count else other
    olds = [at for at in (one.oldest, other.oldest) if at is not None]
    dates = (one.dies_at, other.dies_at)
    return Held(
        name=one.name,
        count=one.count + other.count,
        oldest=min(olds, default=None),
        dies_at=(
            None if None in dates else max(at for at in dates if at is not None)
        ),
    )
