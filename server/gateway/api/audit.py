"""Operations that read the audit log: an account's part, and all of it."""

from __future__ import annotations

from typing import Any

from server.domain.audit import AuditRow
from server.domain.permission import Scope
from server.gateway.api.operation import Call, Operation
from server.gateway.api.paging import after_of, limit_of, number_in, page
from server.protocol.api_answers import AuditEntry
from server.services.audit_reading import AuditReading

TAG = "audit"


def operations(log: AuditReading) -> list[Operation]:
    """Both."""

    async def of_account(call: Call) -> object:
        found = await log.of_account(
            call.account, before=_before(call), limit=limit_of(call) + 1
        )
        return _page(found, call)

    async def of_server(call: Call) -> object:
        found = await log.page(before=_before(call), limit=limit_of(call) + 1)
        return _page(found, call)

    return [
        _operation(
            "/accounts/{account}/audit",
            "list_audit",
            "What the account's agents, keys and applications did, newest"
            " first.",
            scope=Scope.AUDIT_READ,
            do=of_account,
        ),
        _operation(
            "/server/audit",
            "list_server_audit",
            "The whole audit log, newest first.",
            scope=Scope.SERVER,
            do=of_server,
        ),
    ]


def _operation(path: str, name: str, summary: str, **more: Any) -> Operation:
    return Operation(
        method="GET",
        path=path,
        name=name,
        summary=summary,
        tag=TAG,
        gives=AuditEntry,
        is_paged=True,
        **more,
    )


def _before(call: Call) -> int | None:
    return number_in(after_of(call))


def _page(found: list[AuditRow], call: Call) -> object:
    return page(found, call, shown=_told, place=lambda row: str(row.number))


def _told(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        number=row.number,
        at=row.at_ms / 1000,
        event=row.event,
        actor_kind=row.actor_kind,
        actor=row.actor,
        subject=row.subject,
        detail=row.detail,
        times=row.times,
    )
