"""An answer, written: as JSON, as a stream of bytes, or as our own failure."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.responses import Response, StreamingResponse

from server.gateway.api.operation import PREFIX, Answer, Operation
from server.gateway.api.problems import ALWAYS, Problem, response
from server.protocol import form_codec

log = logging.getLogger(__name__)

_JSON = "application/json"


async def streamed(
    operation: Operation, stream: AsyncIterator[bytes]
) -> Response:
    """The bytes of ``stream``, piece by piece.

    Raises:
        ServerError: There is not even a first piece.
    """
    # What cannot be read at all is a refusal, and not half an answer.
    first = await anext(stream)

    async def rest() -> AsyncIterator[bytes]:
        yield first
        async for piece in stream:
            yield piece

    return StreamingResponse(
        rest(), operation.status, ALWAYS, media_type=operation.streams
    )


def written(operation: Operation, told: object) -> Response:
    """What ``operation`` has told: a body, or an ``Answer`` with one."""
    answer = told if isinstance(told, Answer) else Answer(body=told)
    headers = dict(ALWAYS)
    if answer.revision is not None:
        headers["etag"] = f'"{answer.revision}"'
    if answer.location is not None:
        headers["location"] = PREFIX + answer.location
    status = answer.status or operation.status
    if answer.body is None:
        return Response(None, status, headers)
    return Response(
        form_codec.encoded(answer.body), status, headers, media_type=_JSON
    )


def failed(operation: Operation, error: Exception) -> Response:
    """500, and a line in the log."""
    # Where it broke, and not by what words: a traceback could quote contents.
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "an operation failed",
        extra={
            "kind": operation.name,
            "error": type(error).__name__,
            "file": Path(place.filename).name,
            "line": place.lineno or 0,
        },
    )
    return response(Problem(500, "failed"))
