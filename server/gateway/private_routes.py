"""What accounts' back-ends call: private data, and sessions made for somebody.

    POST, PUT /private-data       replace a session's private data
    PATCH /private-data           merge into them (RFC 7396)
    POST /<channel>/create        begin a session
    POST /widget/<channel>/create the same

For programs only. A request from a page is refused even if it is signed: the
secret would stand in the page. docs/private-data.md has the whole of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.domain.private_limits import PrivateDataFault, PrivateDataRefused
from server.errors import RefusalCode, Refused, ServerError
from server.services.confiding import Confiding

#: Bytes of a body: data of the greatest size, generously written.
MOST_BYTES: Final = 128 * 1024

#: Whose request it is: the peer, and what proxies say.
AddressOf = Callable[[str, Iterable[str]], str]

_TYPES: Final = {"application/json", "application/merge-patch+json"}
_TOO_LARGE: Final = {
    PrivateDataFault.KEY_TOO_LONG,
    PrivateDataFault.TOO_DEEP,
    PrivateDataFault.TOO_LARGE,
    PrivateDataFault.TOO_MANY,
}
_STATUS: Final = {
    RefusalCode.BAD_CREDENTIALS: HTTPStatus.FORBIDDEN,
    RefusalCode.CONVERSATION_ENDED: HTTPStatus.GONE,
    RefusalCode.SESSION_UNKNOWN: HTTPStatus.NOT_FOUND,
    RefusalCode.TOO_FAST: HTTPStatus.TOO_MANY_REQUESTS,
    RefusalCode.MALFORMED: HTTPStatus.BAD_REQUEST,
}


class Answered(Exception):
    """The request is refused; the answer says no more than its status."""

    def __init__(self, status: HTTPStatus, **headers: str) -> None:
        super().__init__(status.phrase)
        self.response = _answer(status, {"error": status.phrase}, headers)


class PrivateRoutes:
    """The addresses for back-ends.

    Args:
        confiding: Does what is asked for.
        address_of: Whose request it is.
    """

    def __init__(self, confiding: Confiding, address_of: AddressOf) -> None:
        self._confiding = confiding
        self._address_of = address_of

    def routes(self) -> list[Route]:
        """One line an address."""
        return [
            Route("/private-data", self.tell, methods=["POST", "PUT", "PATCH"]),
            Route("/{channel}/create", self.create, methods=["POST"]),
            Route("/widget/{channel}/create", self.create, methods=["POST"]),
        ]

    async def tell(self, request: Request) -> Response:
        """Private data of a session."""

        async def work(token: str) -> dict[str, Any]:
            grant = await self._confiding.grant(token)
            value = await _json_in(request)
            self._confiding.keep(
                grant, value, is_patch=request.method == "PATCH"
            )
            return {}

        return await self._answered(request, work)

    async def create(self, request: Request) -> Response:
        """A session for somebody whom the account knows."""

        async def work(token: str) -> dict[str, Any]:
            channel = self._confiding.creator(
                request.path_params["channel"], token
            )
            wish = await _json_in(request)
            session, opens = await self._confiding.create(channel, wish)
            return {"sessionId": session.id, "token": opens}

        return await self._answered(request, work)

    async def _answered(
        self, request: Request, work: Callable[[str], Any]
    ) -> Response:
        try:
            self._confiding.heed(self._address_in(request))
            told = await work(_bearer_of(request))
        except Answered as refused:
            return refused.response
        except ServerError as error:
            return _refusal(error)
        except ClientDisconnect:
            return _answer(HTTPStatus.BAD_REQUEST, {})  # to nobody
        return _answer(HTTPStatus.OK, told)

    def _address_in(self, request: Request) -> str:
        return self._address_of(
            request.client.host if request.client else "local",
            request.headers.getlist("x-forwarded-for"),
        )


def _bearer_of(request: Request) -> str:
    if "origin" in request.headers:
        raise Answered(HTTPStatus.FORBIDDEN)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Answered(
            HTTPStatus.UNAUTHORIZED, **{"www-authenticate": "Bearer"}
        )
    return token.strip()


async def _json_in(request: Request) -> object:
    """The JSON value that the body is.

    Raises:
        Answered: 415, 413 or 400.
    """
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() not in _TYPES:
        raise Answered(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body = bytearray()
    size = 0
    async for part in request.stream():
        size += len(part)
        # To its end, which ``http`` bounds, though it is dropped: closed
        # before, a connection is reset, and the answer is lost with it.
        if size <= MOST_BYTES:
            body += part
    if size > MOST_BYTES:
        raise Answered(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_each_name_once,
        )
    except RecursionError:
        raise Answered(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None
    except ValueError:
        raise Answered(HTTPStatus.BAD_REQUEST) from None


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refusal(error: ServerError) -> Response:
    headers = {}
    status = HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, PrivateDataRefused) and error.fault in _TOO_LARGE:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    elif isinstance(error, Refused):
        status = _STATUS[error.code]
        if error.retry_after is not None:
            headers["retry-after"] = str(math.ceil(error.retry_after))
    return Answered(status, **headers).response


def _answer(
    status: HTTPStatus,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> Response:
    return JSONResponse(
        body, status, {"cache-control": "no-store", **(headers or {})}
    )
