"""The audit log as a chain: what a row is, and what is wrong with a list.

Each row carries the SHA-256 of the row before it and of itself, so none can
be altered, taken out, put in or moved without every row behind it being made
anew. That the last ones are missing no chain can show: ``Anchor`` says where
it ends, under a key (``vault.anchors``).

Security events only. Actors are agents, applications, the operator and the
server itself; a customer is never one, and nothing a person typed is a detail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

#: What the first row of all follows.
BEGINNING = bytes(32)


class AuditEvent(StrEnum):
    """What is written down."""

    STARTED = "server_started"
    STOPPED = "server_stopped"
    SETTINGS_CHANGED = "settings_changed"
    AUDIT_DOUBTFUL = "audit_doubtful"
    AUDIT_LOST = "audit_lost"
    KEY_FILE_MADE = "key_file_made"
    KEYS_RECONCILED = "keys_reconciled"
    MASTER_KEY_ROTATED = "master_key_rotated"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    KEY_USED = "key_used"
    TAKEN = "conversation_taken"
    ENDED = "conversation_ended"
    READ = "conversation_read"
    APPLICATION_DISABLED = "application_disabled"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a name, no secret
    ATTACHMENT_REFUSED = "attachment_refused"
    HOLD_SET = "hold_set"
    HOLD_LIFTED = "hold_lifted"
    PURGE_HALTED = "purge_halted"
    PURGE_RESUMED = "purge_resumed"
    ERASING_FAILING = "erasing_failing"
    ERASING_RECOVERED = "erasing_recovered"
    RESOURCE_CREATED = "resource_created"
    RESOURCE_CHANGED = "resource_changed"
    RESOURCE_REMOVED = "resource_removed"
    RULES_TRIED = "rules_tried"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    CUSTOMER_CREATED = "customer_created"
    CUSTOMER_RECTIFIED = "customer_rectified"
    CONSENT_RECORDED = "consent_recorded"
    RESTRICTION_SET = "restriction_set"
    RESTRICTION_LIFTED = "restriction_lifted"
    BUSINESS_MESSAGE = "business_message"
    PRIVACY_REQUEST = "privacy_request"
    PRIVACY_SEARCHED = "privacy_searched"
    PRIVACY_EXPORTED = "privacy_exported"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_DONE = "erasure_done"


class ActorKind(StrEnum):
    """Who did it."""

    SERVER = "server"
    OPERATOR = "operator"
    AGENT = "agent"
    APPLICATION = "application"
    KEY = "key"


class Actor(NamedTuple):
    """Somebody whose part of the log is asked for.

    Attributes:
        kind: What kind of party; an agent may be called like a key.
        id: As in ``Happening.actor``.
        since_ms: Unix milliseconds from which on the name is theirs: it may
            have been somebody else's before.
    """

    kind: ActorKind
    id: str
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something to be written down.

    Attributes:
        event: What.
        actor_kind: What kind of party did it.
        actor: Its id in the settings; empty if there is none, or if nobody
            knows it.
        subject: The pseudonym of the conversation, where that is the point;
            else empty.
        detail: A constant, or a number.
    """

    event: AuditEvent
    actor_kind: ActorKind = ActorKind.SERVER
    actor: str = ""
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """A row as it is kept.

    Attributes:
        number: 1, 2, 3, ... without gaps.
        at_ms: Unix milliseconds.
        event: An ``AuditEvent``; text, for newer servers know more of them.
        actor_kind: An ``ActorKind``, likewise.
        actor: As in ``Happening``.
        subject: Likewise.
        detail: Likewise.
        times: How often it happened, if it was counted.
        chain: 32 bytes over the chain before it and all of the above.
    """

    number: int
    at_ms: int
    event: str
    actor_kind: str
    actor: str
    subject: str
    detail: str
    times: int
    chain: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where the log begins and ends.

    Attributes:
        first: The number before the first row that is kept.
        first_chain: What that first row follows.
        last: The number of the last row.
        last_chain: Its chain.
        settings: A keyed hash of the settings of the last start.
    """

    first: int
    first_chain: bytes
    last: int
    last_chain: bytes
    settings: bytes = b""

    def canonical(self) -> bytes:
        """All of it in the one way in which it is sealed."""
        return _written(
            str(self.first).encode(),
            self.first_chain,
            str(self.last).encode(),
            self.last_chain,
            self.settings,
        )


#: Of a log in which nothing stands.
EMPTY = Anchor(first=0, first_chain=BEGINNING, last=0, last_chain=BEGINNING)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a log.

    Attributes:
        number: The first row of which it is certain that something is wrong
            with it or right before it.
        says: What, for the operator.
    """

    number: int
    says: str


def follow(
    happening: Happening,
    *,
    number: int,
    at_ms: int,
    times: int,
    previous: bytes,
) -> AuditRow:
    """The row for ``happening`` behind the one whose chain is ``previous``."""
    row = AuditRow(
        number=number,
        at_ms=at_ms,
        event=happening.event.value,
        actor_kind=happening.actor_kind.value,
        actor=happening.actor,
        subject=happening.subject,
        detail=happening.detail,
        times=times,
        chain=b"",
    )
    return replace(row, chain=chain_of(row, previous))


def chain_of(row: AuditRow, previous: bytes) -> bytes:
    """What the chain of ``row`` has to be behind ``previous``."""
    fields = (
        row.number,
        row.at_ms,
        row.event,
        row.actor_kind,
        row.actor,
        row.subject,
        row.detail,
        row.times,
    )
    text = (str(field).encode() for field in fields)
    return hashlib.sha256(_written(previous, *text)).digest()


def fault_in(rows: Iterable[AuditRow], anchor: Anchor) -> Fault | None:
    """The first fault of a log; None if it is whole.

    Args:
        rows: All that is kept, in the order of their numbers.
        anchor: Where they begin and end, its seal checked.
    """
    number, chain = anchor.first, anchor.first_chain
    for row in rows:
        number += 1
        if row.number != number:
            return Fault(number, f"row {number} is missing")
        if row.number > anchor.last:
            return Fault(number, f"row {number} was added behind the end")
        if row.chain != chain_of(row, chain):
            return Fault(number, f"row {number} does not follow the one before")
        chain = row.chain
    if number != anchor.last:
        return Fault(number + 1, f"row {number + 1} and all behind are missing")
    if chain != anchor.last_chain:
        return Fault(number, f"row {number} is not the one that was last")
    return None


def _written(*parts: bytes) -> bytes:
    # Led by their lengths: no two different rows read the same.
    return b"".join(b"%d:%b" % (len(part), part) for part in parts)
