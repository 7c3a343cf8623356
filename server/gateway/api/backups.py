"""The operation that gives a backup; the operator's."""

from __future__ import annotations

from server.domain.permission import Scope
from server.gateway.api.operation import Answer, Call, Operation
from server.services.giving_backups import GivingBackups


def operations(giving: GivingBackups) -> list[Operation]:
    """All of them."""

    async def give(call: Call) -> object:
        return Answer(stream=giving.stream(call.principal))

    return [
        Operation(
            method="POST",
            path="/server/backups",
            name="make_backup",
            summary="A backup, as a sealed package.",
            tag="server",
            scope=Scope.SERVER,
            do=give,
            streams="application/octet-stream",
            problems=(409,),
        ),
    ]
