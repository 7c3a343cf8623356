"""The customer's own transcript, over HTTP.

    GET /transcript?format=text|html

The token that opens the conversation comes in a header, never in the address:
addresses are written down in many places on their way.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from server.errors import RefusalCode, Refused, ServerError
from server.services.bearers import Bearer
from server.services.transcribing import Transcribing

PATH = "/transcript"

Knows = Callable[[str, str | None], Awaitable[Bearer]]

_STATUS = {
    RefusalCode.BAD_CREDENTIALS: 401,
    RefusalCode.CONVERSATION_UNKNOWN: 401,
    RefusalCode.MALFORMED: 400,
    RefusalCode.NOT_YOURS: 403,
    RefusalCode.TOO_FAST: 429,
}
_ALWAYS = {
    "cache-control": "no-store",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class TranscriptRoutes:
    """The one address.

    Args:
        transcribing: Writes it.
        knows: Whose token it is.
    """

    def __init__(self, transcribing: Transcribing, knows: Knows) -> None:
        self._transcribing = transcribing
        self._knows = knows

    def routes(self) -> list[Route]:
        """One line an address."""
        return [Route(PATH, self.give, methods=["GET"])]

    async def give(self, request: Request) -> Response:
        """The transcript of the one conversation that the token opens."""
        try:
            bearer = await self._knows(_token_in(request), None)
            page, row = await self._transcribing.begin(
                bearer, request.query_params.get("format", "text")
            )
            written = self._transcribing.write(page, row)
            # The first piece is made before the status is sent: what cannot
            # be read at all is answered as that, not as half a file.
            first = await anext(written)
        except ServerError as error:
            return _refusal(error)
        headers = _ALWAYS | {
            "content-disposition": (
                f'attachment; filename="transcript.{page.ending}"'
            )
        }
        return StreamingResponse(
            _from(first, written),
            headers=headers,
            media_type=page.media_type,
        )


async def _from(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for piece in rest:
        yield piece


def _token_in(request: Request) -> str:
    headers = request.headers.getlist("authorization")
    kind, _, token = (headers or [""])[0].partition(" ")
    if len(headers) != 1 or kind.lower() != "bearer" or not token.strip():
        raise Refused(RefusalCode.BAD_CREDENTIALS)
    return token.strip()


def _refusal(error: ServerError) -> Response:
    headers = dict(_ALWAYS)
    if not isinstance(error, Refused):
        return JSONResponse({"code": "unavailable"}, 503, headers)
    if error.code is RefusalCode.BAD_CREDENTIALS:
        headers["www-authenticate"] = "Bearer"
    if error.retry_after is not None:
        headers["retry-after"] = str(math.ceil(error.retry_after))
    return JSONResponse(
        {"code": error.code.value}, _STATUS.get(error.code, 400), headers
    )
