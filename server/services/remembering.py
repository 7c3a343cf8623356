"""Brings back what is stored: sessions, and their messages page by page."""

from __future__ import annotations

import asyncio

from server.domain.conversation import Conversation, Phase
from server.domain.message import Author, Message
from server.ids import ConversationId
from server.live.rate_limit import RateLimit
from server.live.sessions import BEHIND, Progress, Seat, Session
from server.protocol.codec import Saying
from server.protocol.parts import MessageItem
from server.protocol.server_frames import History, Resync
from server.services.house import House
from server.services.telling import PREVIEW, item_of
from server.store import sealed_message
from server.store.rows import ConversationRow, MessageRow
from server.vault.sealing import bound_to, open_sealed, seal

#: Messages in a page of history.
PAGE = 100
#: Bytes of messages in a page, as sealed: well below a frame.
PAGE_BYTES = 48 * 1024
#: What a message costs in a frame besides its text.
_OVERHEAD = 160


class Remembering:
    """Sessions by id, from memory or from the store.

    Two peers may ask for the same session at the same moment: the second
    waits for what the first is reading, so that there is only ever one.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._reading: dict[ConversationId, asyncio.Future[Session | None]] = {}

    async def session(self, conversation: ConversationId) -> Session | None:
        """The session of that id, while something can be said in it.

        Raises:
            Corrupt: What is stored of it fails its check.
            Unavailable: The store cannot be read.
        """
        found = self._house.sessions.get(conversation)
        if found is None:
            found = await self._stored(conversation)
        if found is None or not found.conversation.is_live:
            return None
        return found

    async def _stored(self, conversation: ConversationId) -> Session | None:
        reading = self._reading.get(conversation)
        if reading is not None:
            return await asyncio.shield(reading)
        reading = asyncio.ensure_future(self._read(conversation))
        self._reading[conversation] = reading
        try:
            return await asyncio.shield(reading)
        finally:
            if reading.done():
                self._reading.pop(conversation, None)
            else:  # only this peer has gone: others may still wait for it
                reading.add_done_callback(
                    lambda _: self._reading.pop(conversation, None)
                )

    async def _read(self, conversation: ConversationId) -> Session | None:
        house = self._house
        row = await house.records.conversation(conversation)
        if row is None or row.phase in {Phase.CLOSED, Phase.ENDING}:
            return None
        client_ids = await house.records.client_ids(conversation)
        last = await house.records.last_customer_message(conversation)
        session = session_from(house, row)
        if row.customer is not None:
            # Else what they restricted would not survive a restart.
            session.customer = await house.identities.recall(
                row.account, row.customer
            )
        session.accepted.update(client_ids)
        if last is not None:
            session.preview = open_message(house, session, last).text[:PREVIEW]
        # Between the reads it may have been added by nobody else (see
        # ``_stored``) and ended by nobody: ending goes through here as well.
        house.sessions.add(session)
        house.relay.brought_back(session)
        return session


def conversation_from(row: ConversationRow) -> Conversation:
    """The conversation that ``row`` was written from."""
    return Conversation(
        id=row.id,
        account=row.account,
        channel=row.channel,
        epoch=row.epoch,
        started_at=row.started_at,
        last_at=row.last_at,
        phase=row.phase,
        agent=row.agent,
        last_number=row.last_number,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        customer=row.customer,
        terms=row.terms,
        is_held=row.held,
        kept_until=row.kept_until,
        transcript_until=row.transcript_until,
    )


def session_from(house: House, row: ConversationRow) -> Session:
    """The session that ``row`` was written from."""
    session = Session(
        conversation_from(row),
        token_hash=row.token_hash,
        rate=new_rate(house),
    )
    session.slot = row.slot
    # There may have been some; whoever sent them is told to send them again.
    session.private_was_lost = True
    session.customer_seen = Progress(row.customer_delivered, row.customer_read)
    session.agent_seen = Progress(row.agent_delivered, row.agent_read)
    return session


def new_rate(house: House) -> RateLimit:
    """A fresh allowance for one sender."""
    return RateLimit(house.pace.per_second, house.pace.burst)


def place_of(conversation: Conversation, number: int) -> bytes:
    """What the envelope of message ``number`` is bound to."""
    return bound_to(
        conversation.account,
        conversation.id,
        table="message",
        column="sealed",
        row=number,
    )


def open_message(house: House, session: Session, row: MessageRow) -> Message:
    """The message in ``row``.

    Raises:
        Corrupt: The row is not what was stored there.
    """
    conversation = session.conversation
    assert session.slot is not None  # noqa: S101 - it has a row
    key = house.keys.key(
        session.slot,
        account=conversation.account,
        conversation=conversation.id,
    )
    packed = open_sealed(
        key, row.sealed, bound_to=place_of(conversation, row.number)
    )
    return sealed_message.unpack(packed, row)


def sealed_row(house: House, session: Session, message: Message) -> MessageRow:
    """``message`` as it is stored."""
    assert session.slot is not None  # noqa: S101 - given by the caller
    conversation = session.conversation
    key = house.keys.key(
        session.slot,
        account=conversation.account,
        conversation=conversation.id,
    )
    return MessageRow(
        conversation=message.conversation,
        number=message.number,
        client_id=message.client_id,
        by_customer=message.author is Author.CUSTOMER,
        sealed=seal(
            key,
            sealed_message.pack(message),
            bound_to=place_of(conversation, message.number),
            randomness=house.randomness,
        ),
    )


async def page(
    house: House, session: Session, seat: Seat, *, after: int
) -> Saying:
    """The messages after ``after``, as one frame for ``seat``.

    When there is no more, the seat hears everything live from here on: both
    are decided in one step after the read, so that nothing can slip between.
    What is on disk and not yet acknowledged is left for then: else it would
    be given twice.

    Raises:
        Corrupt: What is stored fails its check.
        Unavailable: The store cannot be read.
    """
    seat.at = BEHIND
    after = min(after, session.committed)
    rows: list[MessageRow] = []
    if after < session.committed:
        rows = await house.records.messages(session.id, after, PAGE)
    if session.slot is None:
        rows = []  # it has ended meanwhile, and its key is gone
    items: list[MessageItem] = []
    size = 0
    reached = after
    for row in rows:
        if row.number > session.committed:
            break
        item = item_of(open_message(house, session, row), seat.side)
        # All of it: menus and cards may be many times as long as the words.
        size += len(row.sealed) + _OVERHEAD
        if items and size > PAGE_BYTES:
            break
        items.append(item)
        reached = row.number
    is_more = reached < session.committed
    if not is_more:
        seat.at = reached
    return Saying(
        History(conversation=session.id, messages=tuple(items), more=is_more)
    )


def resumed_at(
    session: Session, epoch: str | None, last: int
) -> tuple[int, Saying | None]:
    """After which number a peer that holds ``last`` of ``epoch`` goes on.

    Returns:
        The number; and what to tell one that holds something else and has to
        begin anew.
    """
    conversation = session.conversation
    if last == 0:
        return 0, None
    if epoch == conversation.epoch and last <= session.committed:
        return last, None
    resync = Resync(conversation=session.id, epoch=conversation.epoch)
    return 0, Saying(resync)
