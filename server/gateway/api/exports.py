"""Operations that export what is held of somebody."""

from __future__ import annotations

from server.domain.permission import Scope
from server.gateway.api.operation import Answer, Call, Do, Operation
from server.ids import ConversationId
from server.protocol.privacy_asked import NewExport
from server.protocol.privacy_told import ExportTold
from server.services.exporting import Exporting

_ALL = "/accounts/{account}/privacy/exports"


def operations(exporting: Exporting) -> list[Operation]:
    """Prepare one, and fetch it once."""

    async def prepare(call: Call) -> object:
        asked: NewExport = call.body
        prepared = await exporting.prepare(
            call.principal,
            call.account,
            customer=asked.customer,
            conversation=(
                None
                if asked.conversation is None
                else ConversationId(asked.conversation)
            ),
        )
        path = _ALL.format(account=call.account)
        return Answer(
            body=ExportTold(
                id=prepared.id,
                key=prepared.key.text(),
                expires_at=prepared.expires_at,
            ),
            location=f"{path}/{prepared.id}",
        )

    async def fetch(call: Call) -> object:
        prepared = exporting.take(call.account, call.params["id"])
        return Answer(stream=exporting.stream(prepared))

    return [_prepare(prepare), _fetch(fetch)]


def _prepare(do: Do) -> Operation:
    return Operation(
        method="POST",
        path=_ALL,
        name="prepare_export",
        summary="Have everything of somebody ready to be fetched.",
        tag="privacy",
        scope=Scope.PRIVACY_EXPORT,
        do=do,
        takes=NewExport,
        gives=ExportTold,
        status=201,
        shows_secret=True,
    )


def _fetch(do: Do) -> Operation:
    return Operation(
        method="GET",
        path=f"{_ALL}/{{id}}",
        name="fetch_export",
        summary="The sealed file, once.",
        tag="privacy",
        scope=Scope.PRIVACY_EXPORT,
        do=do,
        streams="application/octet-stream",
    )
