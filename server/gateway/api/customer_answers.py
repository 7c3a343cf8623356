"""Customers, consents and what happened to records, as the API gives them."""

from __future__ import annotations

from server.domain.customer_event import (
    Consent,
    CustomerEvent,
    Rectified,
    Restricted,
)
from server.protocol.customer_told import ConsentTold, CustomerTold, EventTold
from server.services.customers import Customer


def customer_told(one: Customer) -> CustomerTold:
    """``one`` as it is given."""
    identity = one.identity
    return CustomerTold(
        id=one.id,
        channel=one.channel,
        platform_key=identity.platform_key,
        name=identity.name,
        picture_url=identity.picture_url,
        email=identity.email,
        phone=identity.phone,
        contacts=dict(identity.contacts),
        restrictions=tuple(sorted(flag.value for flag in one.restrictions)),
        created_at=one.created_at,
        seen_at=one.seen_at,
    )


def consent_told(one: Consent) -> ConsentTold:
    """``one`` as it is given."""
    return ConsentTold(
        purpose=one.purpose,
        level=one.level.word,
        at=one.at,
        version=one.version,
        source=one.source.value,
        by=one.by,
    )


def event_told(one: CustomerEvent) -> EventTold:
    """``one`` as it is given."""
    match one:
        case Consent():
            return EventTold(
                kind="consent",
                at=one.at,
                by=one.by,
                purpose=one.purpose,
                level=one.level.word,
                version=one.version,
                source=one.source.value,
            )
        case Restricted():
            return EventTold(
                kind="restriction",
                at=one.at,
                by=one.by,
                restriction=one.restriction.value,
                is_set=one.is_set,
                reason=one.reason.value,
                source=one.source.value,
                notice_given_at=one.notice_given_at,
            )
        case Rectified():
            return EventTold(
                kind="rectified",
                at=one.at,
                by=one.by,
                fields=one.fields,
                note=one.note,
            )
