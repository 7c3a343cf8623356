"""Attachments over HTTP: send one, ask where to get one, get it.

Who sends or asks proves it in a header, as on the socket. Who gets one has an
address that proves itself, for five minutes: a browser shows a picture by its
address alone. What is got is never run: downloaded, or shown as one of four
kinds of pictures after another look at its first bytes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote, unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from server.domain.attachment import UNKNOWN_TYPE, Attachment
from server.errors import Corrupt, RefusalCode, Refused, ServerError
from server.services.attaching import Attaching
from server.services.bearers import Bearer
from server.services.uploading import FileRefused, NotTaken

log = logging.getLogger(__name__)

PATH = "/attachments"
#: Characters of a claimed name, percent-encoded; cleaning cuts the rest.
LONGEST_NAME = 4_000

#: For whom a token speaks; by the token, and the conversation named.
Knows = Callable[[str, str | None], Awaitable[Bearer]]

_STATUS = {
    NotTaken.OFF: 403,
    NotTaken.ENDED: 409,
    NotTaken.NOTHING_SAID: 409,
    NotTaken.NOT_STORED: 403,
    NotTaken.NOT_YOURS: 403,
    NotTaken.TOO_LARGE: 413,
    NotTaken.TOO_MANY: 429,
    NotTaken.BUSY: 429,
}
_ALWAYS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_SERVED = _ALWAYS | {
    # Even if a browser took it for a page, it could do nothing.
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "accept-ranges": "bytes",
}
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
# Written in one way only: else the same moment could be signed in many.
_UNTIL = re.compile(r"[1-9][0-9]{0,11}")
_UNKNOWN = "unknown"
_FAILED = "unavailable"


class AttachmentRoutes:
    """The three addresses.

    Args:
        attaching: Takes files in and gives them out.
        knows: Who acts for which session.
    """

    def __init__(self, attaching: Attaching, knows: Knows) -> None:
        self._attaching = attaching
        self._knows = knows

    def routes(self) -> list[Route]:
        """One line an address."""
        return [
            Route(PATH, self.take, methods=["POST"]),
            Route(f"{PATH}/{{id}}/address", self.address, methods=["GET"]),
            Route(f"{PATH}/{{id}}", self.give, methods=["GET"]),
        ]

    async def take(self, request: Request) -> Response:
        """A file comes in, piece by piece."""
        try:
            attachment = await self._taken(request)
        except FileRefused as refused:
            self._attaching.uploading.count(refused.why)
            return _problem(_STATUS[refused.why], refused.why.value)
        except Refused as refused:
            return _refusal(refused)
        except Corrupt:
            return _damaged()
        except ServerError:
            return _problem(507, _FAILED)
        except ClientDisconnect:
            return _problem(400, "cut")  # which nobody reads
        self._attaching.uploading.count(None)
        told = attachment.as_rich()
        del told["kind"]
        return JSONResponse(told, 201, _ALWAYS)

    async def _taken(self, request: Request) -> Attachment:
        bearer = await self._bearer(request)
        if not bearer.may_send:
            raise FileRefused(NotTaken.NOT_YOURS)
        upload = await self._attaching.uploading.begin(
            bearer.session,
            side=bearer.side,
            name=_name_in(request),
            size=_size_in(request),
        )
        try:
            async for data in request.stream():
                await upload.write(data)
            return await upload.finish()
        finally:
            # Also when the connection is cut in the middle.
            await upload.abandon()

    async def address(self, request: Request) -> Response:
        """Where a file is to be had for the next minutes."""
        try:
            bearer = await self._bearer(request)
            found = await self._attaching.find(request.path_params["id"])
        except ServerError as error:
            return _refusal(error)
        if found is None or found[1] is not bearer.session:
            return _problem(404, _UNKNOWN)
        url, until = self._attaching.address_of(found[0])
        return JSONResponse({"url": url, "until": until * 1000}, 200, _ALWAYS)

    async def give(self, request: Request) -> Response:
        """A file, or a part of it, goes out."""
        asked = request.query_params
        until = asked.get("until", "")
        if not _UNTIL.fullmatch(until):
            return _problem(404, _UNKNOWN)
        try:
            attachment = await self._attaching.open(
                request.path_params["id"],
                until=int(until),
                signature=asked.get("signature", ""),
            )
            if attachment is None:
                # Forged, expired, ended, never there: all the same.
                return _problem(404, _UNKNOWN)
            is_picture = await self._attaching.is_picture(attachment)
        except ServerError as error:
            return _refusal(error)
        return self._answer(request, attachment, is_picture=is_picture)

    def _answer(
        self, request: Request, attachment: Attachment, *, is_picture: bool
    ) -> Response:
        size = attachment.size
        start, stop, status = _part_asked(request, size)
        headers = _SERVED | {"content-length": str(stop - start)}
        if status == 416:  # noqa: PLR2004 - range not satisfiable
            headers["content-range"] = f"bytes */{size}"
            return Response(None, status, headers)
        if status == 206:  # noqa: PLR2004 - partial content
            headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
        how = "inline" if is_picture else "attachment"
        name = quote(attachment.name, safe="")
        headers["content-disposition"] = f"{how}; filename*=UTF-8''{name}"
        media_type = attachment.media_type if is_picture else UNKNOWN_TYPE
        if request.method == "HEAD":
            return Response(None, status, headers, media_type)
        return StreamingResponse(
            self._attaching.read(attachment, start, stop),
            status,
            headers,
            media_type,
        )

    async def _bearer(self, request: Request) -> Bearer:
        # Twice said is not said: who is behind us may read the other one.
        headers = request.headers.getlist("authorization")
        named = request.headers.getlist("dayfly-conversation")
        kind, _, token = (headers or [""])[0].partition(" ")
        token = token.strip()
        if len(headers) != 1 or kind.lower() != "bearer" or not token:
            raise Refused(RefusalCode.BAD_CREDENTIALS)
        if len(named) > 1:
            raise Refused(RefusalCode.CONVERSATION_UNKNOWN)
        return await self._knows(token, named[0] if named else None)


def _name_in(request: Request) -> str:
    claimed = request.headers.get("dayfly-name", "")[:LONGEST_NAME]
    return unquote(claimed, errors="replace")


def _size_in(request: Request) -> int | None:
    claimed = request.headers.get("content-length", "")
    return int(claimed) if re.fullmatch(r"[0-9]{1,15}", claimed) else None


def _part_asked(request: Request, size: int) -> tuple[int, int, int]:
    """From where to before where, and the status that says so.

    One range only; several, what is no range, and one that depends on a
    version (there is but one) mean the whole, as RFC 9110 allows.
    """
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or "if-range" in request.headers:
        return 0, size, 200
    first, last = found.groups()
    if not (first or last) or (first and last and int(last) < int(first)):
        return 0, size, 200
    if first:
        start, stop = int(first), min(size, int(last or size) + 1)
    else:  # the last so many
        start, stop = max(0, size - int(last)), size
    return (start, stop, 206) if start < stop else (0, 0, 416)


def _refusal(error: ServerError) -> Response:
    if isinstance(error, Refused):
        if error.code is RefusalCode.BAD_CREDENTIALS:
            return _problem(
                401, error.code.value, {"www-authenticate": "Bearer"}
            )
        return _problem(404, _UNKNOWN)
    if isinstance(error, Corrupt):
        return _damaged()
    return _problem(503, _FAILED)


def _damaged() -> Response:
    log.error("an attachment is damaged")
    return _problem(500, "damaged")


def _problem(
    status: int, code: str, headers: dict[str, str] | None = None
) -> Response:
    return JSONResponse({"code": code}, status, _ALWAYS | (headers or {}))
