"""What the API answers where it is no form as it is kept.

Times are unix seconds. ``repr`` shows the kind and no more.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Told(Struct, frozen=True, kw_only=True):
    """Something that is answered."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class SignedIn(Told, frozen=True, kw_only=True):
    """A token, shown once; good for twelve hours."""

    token: str
    expires_at: float


class Me(Told, frozen=True, kw_only=True):
    """Who the caller is, and what it may do."""

    kind: str
    id: str
    account: str | None
    scopes: tuple[str, ...]


class NewKeyTold(Told, frozen=True, kw_only=True):
    """A key, shown once."""

    id: str
    name: str
    scopes: tuple[str, ...]
    expires_at: float | None
    revision: int
    key: str


class SecretTold(Told, frozen=True, kw_only=True):
    """A secret, shown once."""

    secret: str
    revision: int


class ApiKey(Told, frozen=True, kw_only=True):
    """A key as it is kept; ``used_at`` is since the server's start."""

    id: str
    name: str
    scopes: tuple[str, ...]
    expires_at: float | None
    used_at: float | None
    revision: int
    declared: bool
    created_at: float
    changed_at: float


class AnswerTaken(Told, frozen=True, kw_only=True):
    """What an application said is on disk."""

    conversation: str
    id: str
    number: int
    at: int
    repeat: bool
    text: str | None = None


class AnswerRefused(Told, frozen=True, kw_only=True, omit_defaults=True):
    """Why what an application said was not taken, and where the fault is."""

    code: str
    path: str = ""


class ConversationTold(Told, frozen=True, kw_only=True):
    """What is known of a conversation besides what was said."""

    id: str
    account: str
    channel: str
    phase: str
    started_at: float
    last_at: float
    messages: int
    agent: str | None
    customer: str | None
    ended_by: str | None
    ended_at: float | None
    held: bool
    kept_until: float | None


class KeptMessage(Told, frozen=True, kw_only=True):
    """What somebody said in a conversation that is kept."""

    number: int
    at: float
    author: str
    name: str | None
    text: str
    rich: dict[str, Any] | None
    answers: int | None
    note: bool
    unkept: bool


class AuditEntry(Told, frozen=True, kw_only=True):
    """One line of the audit log."""

    number: int
    at: float
    event: str
    actor_kind: str
    actor: str
    subject: str
    detail: str
    times: int


class ServerStatus(Told, frozen=True, kw_only=True):
    """How the server does; ``address`` is how browsers reach it."""

    version: str
    address: str
    port: int
    status: str
    is_ready: bool
    uptime_seconds: float
    sessions: int
    connections: int
    conversations: int
    last_checkpoint_ok: bool


class Rotation(Told, frozen=True, kw_only=True):
    """Whether the master key is being changed, and how many keys are done."""

    is_running: bool
    slots: int


class ErrorTold(Told, frozen=True, kw_only=True):
    """Where in a request the fault lies."""

    path: str
    code: str
    hint: str


class ProblemTold(Told, frozen=True, kw_only=True):
    """RFC 9457: what is wrong; never what was sent."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[ErrorTold, ...] = ()
