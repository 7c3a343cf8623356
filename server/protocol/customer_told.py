"""What the API answers about customers.

Times are unix seconds. ``repr`` shows the kind and no more.
"""

from __future__ import annotations

from server.protocol.api_answers import Told


class CustomerTold(Told, frozen=True, kw_only=True):
    """Somebody as the account knows them."""

    id: str
    channel: str
    platform_key: str
    name: str | None
    picture_url: str | None
    email: str | None
    phone: str | None
    contacts: dict[str, str]
    restrictions: tuple[str, ...]
    created_at: float
    seen_at: float


class CustomersFound(Told, frozen=True, kw_only=True):
    """Whoever was found; nobody is an answer."""

    customers: tuple[CustomerTold, ...]


class ConsentTold(Told, frozen=True, kw_only=True):
    """What somebody agreed to, for one purpose."""

    purpose: str
    level: str
    at: float
    version: str
    source: str
    by: str


class RestrictionsTold(Told, frozen=True, kw_only=True):
    """What may not be done with what somebody says."""

    restrictions: tuple[str, ...]


class EventTold(Told, frozen=True, kw_only=True):
    """Something that happened to somebody's record; fields by its kind."""

    kind: str
    at: float
    by: str
    purpose: str | None = None
    level: str | None = None
    version: str | None = None
    source: str | None = None
    restriction: str | None = None
    is_set: bool | None = None
    reason: str | None = None
    notice_given_at: float | None = None
    fields: tuple[str, ...] = ()
    note: str = ""


class HistoryTold(Told, frozen=True, kw_only=True):
    """All that happened, in order."""

    events: tuple[EventTold, ...]


class ConsentsTold(Told, frozen=True, kw_only=True):
    """What holds now."""

    consents: tuple[ConsentTold, ...]


class MessageTold(Told, frozen=True, kw_only=True):
    """Where it was said, under which number, when."""

    conversation: str
    number: int
    at: float
