"""What the API answers about people and their requests.

Times are unix seconds. ``repr`` shows the kind and no more.
"""

from __future__ import annotations

from typing import Any

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


class ErasureTold(Told, frozen=True, kw_only=True):
    """An erasing: how far it is, and in the end the signed receipt."""

    id: str
    state: str
    asked_at: float
    done_at: float | None
    on_hold: bool
    receipt: dict[str, Any] | None


class ReceiptKeyTold(Told, frozen=True, kw_only=True):
    """By what the account's receipts are checked: Ed25519."""

    public_key: str
    pem: str


class HoldingTold(Told, frozen=True, kw_only=True):
    """One record type of which something is held."""

    name: str
    count: int
    home: str
    dies: str
    oldest: float | None
    dies_at: float | None


class HoldingsOf(Told, frozen=True, kw_only=True):
    """What is held of a customer or a conversation; nothing is an answer."""

    held: tuple[HoldingTold, ...]


class FieldsTold(Told, frozen=True, kw_only=True):
    """What the account says of a record type; ``proposed``: nothing yet."""

    classification: str
    legal_basis: str | None
    owner: str
    note: str
    proposed: bool


class MapPlace(Told, frozen=True, kw_only=True):
    """One record type on the map; ``count`` is null where nobody can tell."""

    name: str
    what: str
    group: str
    sensitivity: str
    home: str
    encrypted: bool
    dies: str
    fields: FieldsTold
    count: int | None
    oldest: float | None
    next_at: float | None
    overdue: int


class MapTold(Told, frozen=True, kw_only=True):
    """Every record type: how much of it there is, and whether in time."""

    at: float
    overdue: int
    places: tuple[MapPlace, ...]


class CategoryTold(Told, frozen=True, kw_only=True):
    """A kind of data in the register of processing."""

    name: str
    what: str
    group: str
    sensitivity: str
    home: str
    encrypted: bool
    dies: str
    fields: FieldsTold


class RecipientTold(Told, frozen=True, kw_only=True):
    """Who is handed what: an application, or a mailbox of the account's."""

    kind: str
    name: str
    channels: tuple[str, ...]


class KeepingTold(Told, frozen=True, kw_only=True):
    """How long a channel keeps what is said in it."""

    channel: str
    name: str
    retention_days: float
    inactivity_minutes: float
    max_age_hours: float
    transcript: str


class RegisterTold(Told, frozen=True, kw_only=True):
    """The register of processing (GDPR 30), as far as the server knows it."""

    account: str
    name: str
    at: float
    purposes: tuple[str, ...]
    people: tuple[str, ...]
    categories: tuple[CategoryTold, ...]
    recipients: tuple[RecipientTold, ...]
    keeping: tuple[KeepingTold, ...]
    measures: tuple[str, ...]
