"""Attachments over HTTP: send one, ask where to get one, get it.

Who sends or asks proves it in a header, as on the socket. Who gets one has an
address that proves itself, for five minutes: a browser shows a picture by its
address alone. What is got is never run: downloaded, or shown as one of four
kinds of pictures after another look at its first bytes.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from server.domain.attachment import Attachment
from server.domain.message import Author
from server.errors import RefusalCode, Refused, ServerError, Unavailable
from server.live.sessions import Session
from server.services.attaching import Attaching, FileRefused, NotTaken

PATH = "/attachments"
#: Characters of a claimed name, percent-encoded; cleaning cuts the rest.
LONGEST_NAME = 1_000

#: Who may act for which session: the token, and the conversation named.
Knows = Callable[[str, str | None], Awaitable[tuple[Session, Author]]]

_STATUS = {
    NotTaken.OFF: 403,
    NotTaken.ENDED: 409,
    NotTaken.NOTHING_SAID: 409,
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
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


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
            session, side = await self._who(request)
            upload = await self._attaching.begin(
                session,
                side=side,
                name=_name_in(request),
                size=_size_in(request),
            )
            try:
                async for data in request.stream():
                    await upload.write(data)
                attachment = await upload.finish()
            finally:
                # Also when the connection is cut in the middle.
                await upload.abandon()
        except FileRefused as refused:
            return _problem(_STATUS[refused.why], refused.why.value)
        except ServerError as error:
            return _refusal(error)
        told = attachment.as_rich()
        del told["kind"]
        return JSONResponse(told, 201, _ALWAYS)

    async def address(self, request: Request) -> Response:
        """Where a file is to be had for the next minutes."""
        try:
            session, side = await self._who(request)
            found = await self._attaching.find(request.path_params["id"])
        except ServerError as error:
            return _refusal(error)
        if found is None or found[1] is not session:
            return _problem(404, "unknown")
        if side is Author.APPLICATION and not session.conversation.is_live:
            return _problem(404, "unknown")
        url, until = self._attaching.address_of(found[0])
        return JSONResponse({"url": url, "until": until * 1000}, 200, _ALWAYS)

    async def give(self, request: Request) -> Response:
        """A file, or a part of it, goes out."""
        until = request.query_params.get("until", "")
        signature = request.query_params.get("signature", "")
        if not re.fullmatch(r"\d{1,12}", until):
            return _problem(404, "unknown")
        try:
            attachment = await self._attaching.open(
                request.path_params["id"],
                until=int(until),
                signature=signature,
            )
            if attachment is None:
                # Forged, expired, ended, never there: all the same.
                return _problem(404, "unknown")
            is_picture = await self._attaching.is_picture(attachment)
        except ServerError as error:
            return _refusal(error)
        return self._answer(request, attachment, is_picture=is_picture)

    def _answer(
        self, request: Request, attachment: Attachment, *, is_picture: bool
    ) -> Response:
        size = attachment.size
        part = _range_in(request.headers.get("range"), size)
        if part is None:
            return Response(
                None, 416, _SERVED | {"content-range": f"bytes */{size}"}
            )
        start, stop = part
        headers = _SERVED | {
            "content-disposition": _disposition(
                attachment.name, is_inline=is_picture
            ),
            "content-length": str(stop - start),
        }
        is_part = (start, stop) != (0, size)
        if is_part:
            headers["content-range"] = f"bytes {start}-{stop - 1}/{size}"
        media_type = attachment.media_type if is_picture else None
        return StreamingResponse(
            self._attaching.read(attachment, start, stop),
            206 if is_part else 200,
            headers,
            media_type or "application/octet-stream",
        )

    async def _who(self, request: Request) -> tuple[Session, Author]:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Refused(RefusalCode.BAD_CREDENTIALS)
        return await self._knows(
            token.strip(), request.headers.get("dayfly-conversation")
        )


def _name_in(request: Request) -> str:
    claimed = request.headers.get("dayfly-name", "")[:LONGEST_NAME]
    return unquote(claimed, errors="replace")


def _size_in(request: Request) -> int | None:
    claimed = request.headers.get("content-length", "")
    return int(claimed) if re.fullmatch(r"\d{1,15}", claimed) else None


def _range_in(header: str | None, size: int) -> tuple[int, int] | None:
    """The part of ``size`` bytes that ``header`` asks for.

    One range only; several, and what is no range, mean the whole, as RFC 9110
    allows. None: it lies outside.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or found.group() == "bytes=-" or size == 0:
        return 0, size
    first, last = found.groups()
    if not first:  # the last so many
        start, stop = max(0, size - int(last)), size
    else:
        start = int(first)
        stop = min(size, int(last) + 1) if last else size
    return (start, stop) if start < stop else None


def _disposition(name: str, *, is_inline: bool) -> str:
    how = "inline" if is_inline else "attachment"
    return f"{how}; filename*=UTF-8''{quote(name, safe='')}"


def _refusal(error: ServerError) -> Response:
    if isinstance(error, Refused):
        if error.code is RefusalCode.BAD_CREDENTIALS:
            return _problem(
                401, error.code.value, {"www-authenticate": "Bearer"}
            )
        return _problem(404, "unknown")
    status = 507 if isinstance(error, Unavailable) else 500
    return _problem(status, "unavailable")


def _problem(
    status: int, code: str, headers: dict[str, Any] | None = None
) -> Response:
    return JSONResponse({"code": code}, status, _ALWAYS | (headers or {}))
