"""What the API answers about people and their requests.

Times are unix seconds. ``repr`` shows the kind and no more.
"""

from __future__ import annotations

from server.protocol.api_answers import Told


class NoteTold(Told, frozen=True, kw_only=True):
    """What was done about a request."""

    at: float
    text: str


class RequestTold(Told, frozen=True, kw_only=True):
    """A request, and until when it is due."""

    id: str
    kind: str
    law: str
    state: str
    received_at: float
    confirm_at: float | None
    due_at: float
    closed_at: float | None
    is_overdue: bool
    customer: str | None
    subject: str
    notes: tuple[NoteTold, ...]


class HitTold(Told, frozen=True, kw_only=True):
    """Where the words stand."""

    kind: str
    id: str
    number: int
    at: float | None
    excerpt: str


class FoundTold(Told, frozen=True, kw_only=True):
    """What one call has found; ``after`` is for the next, null for none."""

    hits: tuple[HitTold, ...]
    looked: int
    after: str | None


class ExportTold(Told, frozen=True, kw_only=True):
    """An export that can be fetched once, and its key, shown once."""

    id: str
    key: str
    expires_at: float
