"""What happened to somebody's record: agreed, restricted, put right.

An event is written once and never changed, so that the events prove what held
when; what holds now is read off them, the newest counting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.consent import Level
from server.domain.restriction import Restriction


class Source(StrEnum):
    """By which way it was said."""

    CUSTOMER = "customer"  # in the widget, or by writing
    KEYWORD = "keyword"
    AGENT = "agent"
    API = "api"


class Reason(StrEnum):
    """Why something is restricted, or no more: GDPR 18 (1), and 21."""

    ASKED = "asked"
    ACCURACY = "accuracy_contested"
    UNLAWFUL = "unlawful"
    CLAIMS = "legal_claims"
    OBJECTION = "objection"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How much was agreed to, for one purpose.

    Attributes:
        purpose: For what; ``consent.SERVICE`` or the account's own word.
        level: How much.
        at: Unix seconds.
        version: Of the wording.
        source: By which way.
        by: Who wrote it down: an agent's or key's id; empty: the customer.
    """

    purpose: str
    level: Level
    at: float
    version: str
    source: Source
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricted:
    """Something may not be done any more, or may be again.

    Attributes:
        restriction: What.
        is_set: Whether it may not be done from then on.
        at: Unix seconds.
        reason: Why.
        source: By which way.
        by: Who: an agent's or key's id.
        notice_given_at: Unix seconds at which the person was told that it is
            to be lifted; None for one that is set.
    """

    restriction: Restriction
    is_set: bool
    at: float
    reason: Reason
    source: Source
    by: str = ""
    notice_given_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectified:
    """What is known of the person was put right.

    Attributes:
        fields: What was changed; names only, neither old nor new values.
        at: Unix seconds.
        note: The account's own words about it.
        by: Who: an agent's or key's id.
    """

    fields: tuple[str, ...]
    at: float
    note: str = field(default="", repr=False)
    by: str = ""


CustomerEvent = Consent | Restricted | Rectified


def consents_in(events: Iterable[CustomerEvent]) -> Mapping[str, Consent]:
    """The newest consent for each purpose."""
    return {one.purpose: one for one in events if isinstance(one, Consent)}


def restrictions_in(events: Iterable[CustomerEvent]) -> frozenset[Restriction]:
    """What may not be done after all of ``events``."""
    found: set[Restriction] = set()
    for one in events:
        if isinstance(one, Restricted):
            (found.add if one.is_set else found.discard)(one.restriction)
    return frozenset(found)
