"""The one operation that tells what operations there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.gateway.api.document import document
from server.gateway.api.operation import Call, Operation


def with_document(operations: Sequence[Operation]) -> list[Operation]:
    """``operations``, and the one that gives their document."""
    told: dict[str, Any] = {}

    async def read(_: Call) -> object:
        if not told:  # few ask for it
            told.update(document(complete))
        return told

    row = Operation(
        method="GET",
        path="/openapi.json",
        name="get_openapi",
        summary="This document: OpenAPI 3.1.",
        tag="session",
        scope=None,
        do=read,
        gives=dict[str, Any],
        is_open=True,
    )
    complete = [*operations, row]
    return complete
