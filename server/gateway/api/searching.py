"""The operation that looks for words in what is held."""

from __future__ import annotations

from server.domain.permission import Scope
from server.gateway.api.operation import Call, Operation
from server.protocol.privacy_asked import Search
from server.protocol.privacy_told import FoundTold, HitTold
from server.services.finding import Finding


def operations(finding: Finding) -> list[Operation]:
    """One: it changes nothing, and yet what is looked for is no address."""

    async def search(call: Call) -> object:
        found = await finding.find(
            call.principal,
            call.account,
            call.body.text,
            after=call.body.after,
        )
        return FoundTold(
            hits=tuple(
                HitTold(
                    kind=hit.kind,
                    id=hit.id,
                    number=hit.number,
                    at=hit.at or None,
                    excerpt=hit.text,
                )
                for hit in found.hits
            ),
            looked=found.looked,
            after=found.after,
        )

    return [
        Operation(
            method="POST",
            path="/accounts/{account}/privacy/search",
            name="search",
            summary="Where some words stand in what is held.",
            tag="privacy",
            scope=Scope.PRIVACY_SEARCH,
            do=search,
            takes=Search,
            is_question=True,
            gives=FoundTold,
            problems=(409, 429),
        )
    ]
