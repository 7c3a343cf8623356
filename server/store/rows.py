"""The rows of the database, as values; the columns stand in ``schema.sql``.

Plain data in both directions: a service makes a row from its domain values
and gets an equal one back. Field order is column order; the SQL is made from
it. Times are unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from server.domain.conversation import EndedBy, Phase
from server.ids import (
    AccountId,
    AgentId,
    ApplicationId,
    ChannelId,
    ConversationId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """Where a stored conversation stands; written again at every change.

    Attributes:
        id: Names it.
        account: Whose customer is writing.
        channel: The way by which the customer came.
        phase: SERVED, WAITING, ACTIVE, CLOSED or ENDING; the others are never
            stored.
        epoch: Changes when history is replaced.
        slot: Where in the key file its data key lies.
        token_hash: What the customer's token has to hash to.
        started_at: When its first message was said.
        last_at: The newest sign of life that moves the inactivity deadline.
        due_at: When it times out, unless something moves that.
        last_number: The number of the newest message.
        agent: Who has it; None unless ACTIVE.
        ended_by: Who ended it; None while it lives.
        ended_at: When that was, if it is kept after that; else None.
        customer: The person who writes; None if nobody knows.
        terms: The version of the terms that were accepted; None for none.
        held: Whether it is not to be erased until that is lifted.
        kept_until: Until when it is kept after its end; None while it lives.
        transcript_until: Until when its transcript is tried to be handed;
            None if it is not to be, or no more.
        customer_delivered: Up to which number the customer's screen has it.
        customer_read: Up to which number the customer has seen it.
        agent_delivered: The same of the agent's screen.
        agent_read: The same of the agent.
    """

    id: ConversationId
    account: AccountId
    channel: ChannelId
    phase: Phase
    epoch: str
    slot: int
    token_hash: bytes = field(repr=False)
    started_at: float
    last_at: float
    due_at: float
    last_number: int
    agent: AgentId | None
    ended_by: EndedBy | None
    ended_at: float | None
    customer: str | None
    terms: str | None
    held: bool
    kept_until: float | None
    transcript_until: float | None
    customer_delivered: int
    customer_read: int
    agent_delivered: int
    agent_read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message; what was said, when and under which name is sealed.

    Attributes:
        conversation: Where it was said.
        number: 1, 2, 3, ... without gaps.
        client_id: The sender's own id of it; a repeat finds its row.
        by_customer: Which side said it: what an agent's list shows of the
            customer's last message is found without opening the others.
        sealed: ``sealed_message.pack``, sealed under the conversation's key.
    """

    conversation: ConversationId
    number: int
    client_id: str
    by_customer: bool
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRow:
    """An agent's token that is still good; kept as a hash only.

    Attributes:
        hash: What the token has to hash to.
        agent: Whose it is.
        expires_at: From when on it opens nothing.
    """

    hash: bytes = field(repr=False)
    agent: AgentId
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorRow:
    """How far one application has been handed one conversation.

    Attributes:
        conversation: Whose messages.
        application: Who has taken them.
        cursor: The number of the last one; 0 if only the start was told.
    """

    conversation: ConversationId
    application: ApplicationId
    cursor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """What an application is still to be told of an end; without contents.

    Attributes:
        conversation: What has ended.
        application: Who is to be told.
        account: Whose it was.
        channel: By which way the customer had come.
        ended_by: Who or what ended it.
        ended_at: Unix seconds.
        kept_until: Unix seconds until which it is kept; None: it was erased
            at once.
        messages: How many it had.
        undelivered: How many of them the application was never handed.
    """

    conversation: ConversationId
    application: ApplicationId
    account: AccountId
    channel: ChannelId
    ended_by: EndedBy
    ended_at: float
    kept_until: float | None
    messages: int
    undelivered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRow:
    """A file of a conversation; its contents lie in the folder of blobs.

    Attributes:
        id: Names it, in the folder too.
        conversation: Where it belongs, and dies with.
        size: Bytes, of its plain text.
        expires_at: Unix seconds; erased then, whatever its conversation does.
        sealed: ``sealed_attachment.pack``, sealed under the conversation's
            key: side, name, media type and the file's own key.
    """

    id: str
    conversation: ConversationId
    size: int
    expires_at: float
    sealed: bytes = field(repr=False)


class LastRow(NamedTuple):
    """What is known of a conversation that is about to be erased unread."""

    id: ConversationId
    account: AccountId
    channel: ChannelId
    ended_by: EndedBy | None
    started_at: float
    last_at: float
    last_number: int
    unhanded: int
    kept_until: float | None
    customer: str | None


class LiveRow(NamedTuple):
    """What the start needs of every conversation: light, there are 100,000.

    ``waits`` is whether its transcript is still to be handed.
    """

    id: ConversationId
    account: AccountId
    slot: int
    phase: Phase
    due_at: float
    started_at: float
    waits: bool = False
