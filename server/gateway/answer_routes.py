"""Applications answer over HTTP: what is sent by the socket, as one POST.

    POST /api/v1/conversations/<conversation>/answers

The answer to it comes when the message is on disk.
"""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.errors import RefusalCode, Refused, ServerError
from server.gateway.webhooks import frame_in
from server.protocol.codec import map_in
from server.services.applying import Applying

PATH = "/api/v1/conversations/{conversation}/answers"
#: Bytes of a request; the same as a frame on the socket.
MOST_BYTES = 65_536

_STATUS = {
    RefusalCode.BAD_CREDENTIALS: 401,
    RefusalCode.CONVERSATION_UNKNOWN: 404,
    RefusalCode.CONVERSATION_ENDED: 410,
    RefusalCode.CONVERSATION_FULL: 409,
    RefusalCode.TOO_FAST: 429,
    RefusalCode.UNAVAILABLE: 503,
}
_ALWAYS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class AnswerRoutes:
    """The one address.

    Args:
        applying: Does what is answered.
    """

    def __init__(self, applying: Applying) -> None:
        self._applying = applying

    def routes(self) -> list[Route]:
        """One line an address."""
        return [Route(PATH, self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        """Take one answer."""
        try:
            application = self._applying.by_key(_key_in(request))
            if not _is_json(request):
                return _problem(415, "unsupported_media_type")
            body = await _body_of(request)
            if body is None:
                return _problem(413, "too_large")
            conversation = request.path_params["conversation"]
            frame = frame_in(map_in(body), conversation=conversation, id_=None)
            session = await self._applying.find(application, conversation)
            ack = await self._applying.done(application, session, frame)
        except ServerError as error:
            return refusal(error)
        if ack is None:
            return JSONResponse({}, 202, _ALWAYS)
        told = {
            "conversation": ack.conversation,
            "id": ack.id,
            "number": ack.number,
            "at": ack.at,
            "repeat": ack.repeat,
            **({} if ack.text is None else {"text": ack.text}),
        }
        return JSONResponse(told, 200, _ALWAYS)


def refusal(error: ServerError) -> Response:
    """What is answered to what was refused, or could not be done."""
    if not isinstance(error, Refused):
        error = Refused(RefusalCode.UNAVAILABLE, retry_after=1.0)
    response = _problem(
        _STATUS.get(error.code, 400), error.code.value, error.path
    )
    if error.retry_after is not None:
        response.headers["retry-after"] = str(int(-(-error.retry_after // 1)))
    if error.code is RefusalCode.BAD_CREDENTIALS:
        response.headers["www-authenticate"] = "Bearer"
    return response


def _problem(status: int, code: str, path: str | None = None) -> Response:
    told = {"code": code} if path is None else {"code": code, "path": path}
    return JSONResponse(told, status, _ALWAYS)


def _key_in(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == "application/json"


async def _body_of(request: Request) -> bytes | None:
    """The body; None if it is larger than allowed, or was cut off."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
