"""What of a customer is sealed, as bytes: ``customer.sealed`` and its events.

A msgpack map each, by the names of the fields; what is None or empty is left
out. The kind of an event is a column, and the seal is bound to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import msgpack

from server.domain.consent import Level
from server.domain.customer import Identity
from server.domain.customer_event import (
    Consent,
    CustomerEvent,
    Reason,
    Rectified,
    Restricted,
    Source,
)
from server.domain.restriction import Restriction
from server.errors import Corrupt

T = TypeVar("T")

CONSENT = "consent"
RESTRICTION = "restriction"
RECTIFIED = "rectified"


def pack_identity(identity: Identity) -> bytes:
    """The bytes to seal."""
    return _packed(
        platform_key=identity.platform_key,
        name=identity.name,
        picture_url=identity.picture_url,
        email=identity.email,
        phone=identity.phone,
        contacts=dict(identity.contacts),
    )


def unpack_identity(plain: bytes) -> Identity:
    """Who is in ``plain``.

    Raises:
        Corrupt: It is not what ``pack_identity`` makes.
    """
    return _made(lambda parts: Identity(**parts), _unpacked(plain))


def kind_of(event: CustomerEvent) -> str:
    """What ``customer_event.kind`` says of ``event``."""
    if isinstance(event, Consent):
        return CONSENT
    return RESTRICTION if isinstance(event, Restricted) else RECTIFIED


def pack_event(event: CustomerEvent) -> bytes:
    """The bytes to seal; the moment is a column."""
    if isinstance(event, Consent):
        return _packed(
            purpose=event.purpose,
            level=int(event.level) or None,
            version=event.version,
            source=event.source.value,
            by=event.by,
        )
    if isinstance(event, Restricted):
        return _packed(
            restriction=event.restriction.value,
            is_set=event.is_set or None,
            reason=event.reason.value,
            source=event.source.value,
            by=event.by,
            notice_given_at=event.notice_given_at,
        )
    return _packed(fields=list(event.fields), note=event.note, by=event.by)


def unpack_event(plain: bytes, *, kind: str, at: float) -> CustomerEvent:
    """The event of that kind and moment that is in ``plain``.

    Raises:
        Corrupt: It is not what ``pack_event`` makes.
    """
    make = _MAKES.get(kind)
    if make is None:
        raise Corrupt("unreadable record of a customer")
    return _made(lambda parts: make(parts, at), _unpacked(plain))


def _consent(parts: Mapping[str, Any], at: float) -> Consent:
    return Consent(
        purpose=parts["purpose"],
        level=Level(parts.get("level", 0)),
        at=at,
        version=parts.get("version", ""),
        source=Source(parts["source"]),
        by=parts.get("by", ""),
    )


def _restricted(parts: Mapping[str, Any], at: float) -> Restricted:
    return Restricted(
        restriction=Restriction(parts["restriction"]),
        is_set=parts.get("is_set", False),
        at=at,
        reason=Reason(parts["reason"]),
        source=Source(parts["source"]),
        by=parts.get("by", ""),
        notice_given_at=parts.get("notice_given_at"),
    )


def _rectified(parts: Mapping[str, Any], at: float) -> Rectified:
    return Rectified(
        fields=tuple(parts.get("fields", ())),
        at=at,
        note=parts.get("note", ""),
        by=parts.get("by", ""),
    )


_MAKES: Mapping[str, Callable[[Mapping[str, Any], float], CustomerEvent]] = {
    CONSENT: _consent,
    RESTRICTION: _restricted,
    RECTIFIED: _rectified,
}


def _packed(**parts: Any) -> bytes:
    return msgpack.packb({name: part for name, part in parts.items() if part})


def _unpacked(plain: bytes) -> dict[str, Any]:
    try:
        parts = msgpack.unpackb(plain)
    except (ValueError, RecursionError):
        parts = None  # raised below: the error here carries the bytes
    if not isinstance(parts, dict):
        raise Corrupt("unreadable record of a customer")
    return parts


def _made(make: Callable[[dict[str, Any]], T], parts: dict[str, Any]) -> T:
    # Raised behind: the error inside carries what was in the parts.
    with suppress(KeyError, TypeError, ValueError):
        return make(parts)
    raise Corrupt("unreadable record of a customer")
