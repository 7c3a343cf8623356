"""What the use cases tell whoever writes security events down."""

from __future__ import annotations

from typing import Protocol

from server.domain.audit import ActorKind, AuditEvent
from server.domain.permission import Principal, PrincipalKind

_ACTORS = {
    PrincipalKind.OPERATOR: ActorKind.OPERATOR,
    PrincipalKind.PERSON: ActorKind.AGENT,
    PrincipalKind.KEY: ActorKind.KEY,
}


class Audit(Protocol):
    """Whoever writes security events down."""

    def note(
        self,
        event: AuditEvent,
        *,
        by: ActorKind = ActorKind.SERVER,
        actor: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        """It has just happened; never waits, never raises.

        Args:
            event: What.
            by: What kind of party did it.
            actor: Its id in the settings, if it has one.
            subject: The conversation, where that is the point.
            detail: A constant or a number; nothing that came from outside.
        """
        ...


class NoAudit:
    """For a house that keeps no audit log."""

    def note(
        self,
        event: AuditEvent,
        *,
        by: ActorKind = ActorKind.SERVER,
        actor: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        pass


def note_by(
    audit: Audit,
    by: Principal,
    event: AuditEvent,
    *,
    subject: str = "",
    detail: str = "",
) -> None:
    """Write down that ``by`` did it; see ``Audit.note``."""
    audit.note(
        event,
        by=_ACTORS[by.kind],
        actor=by.id,
        subject=subject,
        detail=detail,
    )
