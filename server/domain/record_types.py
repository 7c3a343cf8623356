"""What this server handles, how sensitive it is, and when it dies.

The one registry of record types. docs/data-model.md is generated from it
(``python -m tools.data_model``), and a column of the database or a field of a
session that no row claims fails the tests.

Ephemeral data belongs to one conversation and goes with it; operational data
belongs to the account or the operator. Whoever keeps something new adds a row
or a claim here first, and so has to say when it dies.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """Whether it lives with a conversation or with an account."""

    EPHEMERAL = "ephemeral"
    OPERATIONAL = "operational"


class Sensitivity(StrEnum):
    """Whether it may tell something about a person, or open something."""

    STANDARD = "standard"
    SENSITIVE = "sensitive"


class Home(StrEnum):
    """Where it lives."""

    MEMORY = "memory only"
    DATABASE = "database"
    KEY_FILE = "key file"
    BLOBS = "blobs"
    SETTINGS = "settings file"
    LOG = "log stream"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """One kind of thing the server handles.

    Attributes:
        name: As people say it; unique.
        what: What it is made of.
        group: Whether it goes with a conversation.
        sensitivity: How it is to be treated.
        home: Where it lives.
        encrypted: Whether what lies on a disk is unreadable without a key.
        dies: When it is gone.
        held: Whether this version holds it; the others are planned, and
            stand here so that their rules are known before their code.
        columns: The ``table.column`` names that hold it; several types may
            share one.
        session_fields: The fields of ``live.sessions.Session`` that hold it.
    """

    name: str
    what: str
    group: Group
    sensitivity: Sensitivity
    home: Home
    encrypted: bool
    dies: str
    held: bool
    columns: tuple[str, ...] = ()
    session_fields: tuple[str, ...] = ()


_WITH_THE_SESSION = "session end or timeout"
_WITH_THE_CONVERSATION = (
    "customer or agent ends the conversation, or it times out"
)
_MESSAGE_COLUMNS = (
    "message.conversation",
    "message.number",
    "message.by_customer",
    "message.client_id",
    "message.sealed",
)

RECORD_TYPES = (
    RecordType(
        name="chat context data",
        what="IP address, device, location, current page, custom tags",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.MEMORY,
        encrypted=False,
        dies=_WITH_THE_SESSION,
        held=True,
        session_fields=("context",),
    ),
    RecordType(
        name="chat cookie data",
        what="values of the cookies the account allow-listed",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.MEMORY,
        encrypted=False,
        dies=_WITH_THE_SESSION,
        held=True,
        session_fields=("cookies",),
    ),
    RecordType(
        name="customer private data",
        what="hidden from page and customer, sent server to server",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.MEMORY,
        encrypted=False,
        dies=_WITH_THE_SESSION,
        held=True,
        session_fields=(
            "customer_id",
            "private",
            "private_as_of",
            "private_was_lost",
        ),
    ),
    RecordType(
        name="customer messages, web",
        what="text, time and author; the head of the last one in memory",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.DATABASE,
        encrypted=True,
        dies=_WITH_THE_CONVERSATION,
        held=True,
        columns=_MESSAGE_COLUMNS,
        session_fields=("carries", "preview"),
    ),
    RecordType(
        name="agent and bot messages, web",
        what="text, time, author and display name",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.DATABASE,
        encrypted=True,
        dies=_WITH_THE_CONVERSATION,
        held=True,
        columns=_MESSAGE_COLUMNS,
    ),
    RecordType(
        name="conversation record",
        what="ids, phase, times, numbers and marks; a hash of the token",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.DATABASE,
        encrypted=False,
        dies=_WITH_THE_CONVERSATION,
        held=True,
        columns=(
            "conversation.id",
            "conversation.account",
            "conversation.channel",
            "conversation.phase",
            "conversation.epoch",
            "conversation.slot",
            "conversation.token_hash",
            "conversation.started_at",
            "conversation.last_at",
            "conversation.due_at",
            "conversation.last_number",
            "conversation.agent",
            "conversation.ended_by",
            "conversation.ended_at",
            "conversation.customer",
            "conversation.terms",
            "conversation.held",
            "conversation.mail_until",
            "conversation.customer_delivered",
            "conversation.customer_read",
            "conversation.agent_delivered",
            "conversation.agent_read",
        ),
        session_fields=(
            "accepted",
            "agent_seen",
            "committed",
            "conversation",
            "customer_seen",
            "slot",
            "token_hash",
        ),
    ),
    RecordType(
        name="hand-over cursors",
        what="how many messages of a conversation each application has taken",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.DATABASE,
        encrypted=False,
        dies=_WITH_THE_CONVERSATION,
        held=True,
        columns=(
            "handover.conversation",
            "handover.application",
            "handover.cursor",
        ),
    ),
    RecordType(
        name="ending notices",
        what="that a conversation has ended, by whom, and counts; no contents",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.DATABASE,
        encrypted=False,
        dies="when the application has taken it, and after 24 hours at most",
        held=True,
        columns=(
            "ending_notice.conversation",
            "ending_notice.application",
            "ending_notice.account",
            "ending_notice.channel",
            "ending_notice.ended_by",
            "ending_notice.ended_at",
            "ending_notice.messages",
            "ending_notice.undelivered",
        ),
    ),
    RecordType(
        name="conversation key",
        what="one data key a conversation, wrapped under the master key",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.KEY_FILE,
        encrypted=True,
        dies=_WITH_THE_CONVERSATION + "; overwritten in place, before the rest",
        held=True,
    ),
    RecordType(
        name="session record",
        what="who is connected, the sender's rate, whether it was warned",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.MEMORY,
        encrypted=False,
        dies=_WITH_THE_SESSION,
        held=True,
        session_fields=("is_warned", "private_rate", "rate", "seats"),
    ),
    RecordType(
        name="ids of ended sessions",
        what="id and channel, so that a back-end can be told that it has ended",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.MEMORY,
        encrypted=False,
        dies="ten minutes after the end, or after 10,000 other ends",
        held=True,
    ),
    RecordType(
        name="attachments, web",
        what="files of customers and agents, reached by short-lived addresses",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.BLOBS,
        encrypted=True,
        dies="with the conversation, and after 24 hours at the latest",
        held=True,
        columns=(
            "attachment.id",
            "attachment.conversation",
            "attachment.size",
            "attachment.expires_at",
            "attachment.sealed",
        ),
    ),
    RecordType(
        name="messages and attachments, every other channel",
        what="in memory while being handed on, stored by nobody",
        group=Group.EPHEMERAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.NOWHERE,
        encrypted=False,
        dies="when the other side has taken them",
        held=False,
    ),
    RecordType(
        name="administrative data",
        what="accounts, channels and agents, as the operator set them up",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.SETTINGS,
        encrypted=False,
        dies="when the operator removes it",
        held=True,
    ),
    RecordType(
        name="agent passwords",
        what="Argon2id hashes only",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.SETTINGS,
        encrypted=False,
        dies="when the operator removes them",
        held=True,
    ),
    RecordType(
        name="agent sign-ins",
        what="which agent, until when; a hash of the token",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.DATABASE,
        encrypted=False,
        dies="sign-out, or twelve hours after the sign-in",
        held=True,
        columns=("sign_in.hash", "sign_in.agent", "sign_in.expires_at"),
    ),
    RecordType(
        name="account credentials",
        what="channel tokens, secrets, keys",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.DATABASE,
        encrypted=True,
        dies="when the operator removes them",
        held=False,
    ),
    RecordType(
        name="account messaging identities",
        what="page ids, phone numbers; found by a blind index",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.DATABASE,
        encrypted=True,
        dies="when the operator removes them",
        held=False,
    ),
    RecordType(
        name="customer messaging identities",
        what="name, platform key, picture address, contact ids; blind index",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.DATABASE,
        encrypted=True,
        dies="erasure, or removal of the account's channel",
        held=False,
    ),
    RecordType(
        name="consent and restriction records",
        what="who agreed to what, and who is not to be written to",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.SENSITIVE,
        home=Home.DATABASE,
        encrypted=True,
        dies="erasure, which keeps a receipt without contents",
        held=False,
    ),
    RecordType(
        name="audit log",
        what="security events: who of the account's own, when; no customer",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.DATABASE,
        encrypted=False,
        dies="after a year, or as long as `audit_days` says",
        held=True,
        columns=(
            "audit.number",
            "audit.at_ms",
            "audit.event",
            "audit.actor_kind",
            "audit.actor",
            "audit.subject",
            "audit.detail",
            "audit.times",
            "audit.chain",
            "audit_anchor.first",
            "audit_anchor.first_chain",
            "audit_anchor.last",
            "audit_anchor.last_chain",
            "audit_anchor.settings",
            "audit_anchor.seal",
            "audit_anchor.one",
        ),
    ),
    RecordType(
        name="log records",
        what="events and ids; never contents, keys or customer data",
        group=Group.OPERATIONAL,
        sensitivity=Sensitivity.STANDARD,
        home=Home.LOG,
        encrypted=False,
        dies="rotation, which is the operator's",
        held=True,
    ),
)
