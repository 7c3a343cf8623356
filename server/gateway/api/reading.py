"""A request, read: its body, its parameters, and what its headers ask for.

Everything is bounded before it is understood, and what is refused is named by
its place.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from server.errors import InvalidCode, RefusalCode, Refused
from server.gateway.api.operation import Operation
from server.gateway.api.problems import Problem
from server.gateway.api.repeats import LONGEST_KEY
from server.protocol import form_codec

#: Bytes of a body; as many as a frame of the socket.
MOST_BYTES: Final = 65_536

_JSON: Final = "application/json"
_ACCEPTED: Final = {"*/*", "application/*", _JSON}
_REVISION: Final = re.compile(r'"(\d{1,18})"')
_KEY: Final = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")


async def body_of(request: Request) -> bytes:
    """The body.

    Raises:
        Problem: It is too large.
        Refused: ``UNAVAILABLE``: it was cut off; nobody hears it.
    """
    body = bytearray()
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            # To its end, which ``http`` bounds, though it is dropped: closed
            # before, a connection is reset, and the answer is lost with it.
            if size <= MOST_BYTES:
                body += part
    except ClientDisconnect:
        raise Refused(RefusalCode.UNAVAILABLE) from None
    if size > MOST_BYTES:
        raise Problem(413, "too_large")
    return bytes(body)


def taken(operation: Operation, request: Request, body: bytes) -> Any:
    """``body`` as ``operation`` takes it.

    Raises:
        Problem: There is one too many (400), or of another type (415).
        Invalid: It does not fit.
    """
    if operation.takes is None:
        if body:
            raise Problem(400, "no_body")
        return None
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != _JSON:
        raise Problem(415, "unsupported_media_type")
    return form_codec.decoded(body, operation.takes)


def query_of(operation: Operation, request: Request) -> dict[str, Any]:
    """What stands behind the ``?``.

    Raises:
        Problem: Something nobody knows, or twice.
        Invalid: It does not fit.
    """
    known = {asked.name: asked for asked in operation.parameters}
    given = request.query_params.multi_items()
    found: dict[str, Any] = dict.fromkeys(known)
    for name, text in given:
        if name not in known or found[name] is not None:
            raise Problem(422, "unknown_parameter")
        found[name] = form_codec.parameter(text, known[name].kind, name)
    return found


def check_accept(operation: Operation, request: Request) -> None:
    """See that the caller takes what it would be given.

    Raises:
        Problem: 406.
    """
    if operation.streams is not None:
        return  # nobody asks for such a file by accident
    said = ",".join(request.headers.getlist("accept"))
    if not said.strip():
        return
    for one in said.split(","):
        kind, _, rest = one.partition(";")
        is_refused = re.search(r"q=0(\.0*)?\s*(;|$)", rest) is not None
        if kind.strip().lower() in _ACCEPTED and not is_refused:
            return
    raise Problem(406, "not_acceptable")


def revision_in(request: Request) -> int | None:
    """The revision that ``If-Match`` asks for; None: whichever it is.

    Raises:
        Problem: 412: it names none that could be.
    """
    said = request.headers.getlist("if-match")
    if not said or said == ["*"]:
        return None
    found = _REVISION.fullmatch(said[0].strip()) if len(said) == 1 else None
    if found is None:
        raise Problem(412, "changed")
    return int(found[1])


def key_in(request: Request) -> str | None:
    """The ``Idempotency-Key``, if there is one.

    Raises:
        Problem: 422: it is too long, or no printable ASCII.
    """
    said = request.headers.getlist("idempotency-key")
    if not said:
        return None
    if len(said) != 1 or not _KEY.fullmatch(said[0]):
        place = ("Idempotency-Key", InvalidCode.MALFORMED.value, "")
        raise Problem(422, "bad_idempotency_key", errors=(place,))
    return said[0]


def digest_of(request: Request, body: bytes) -> bytes:
    """32 bytes of all that makes the request what it is."""
    parts = (
        request.method,
        request.url.path,
        request.url.query,
        request.headers.get("if-match", ""),
    )
    hashed = hashlib.sha256()
    for part in (*(part.encode() for part in parts), body):
        # Led by its length: no two different requests read the same.
        hashed.update(b"%d:%b" % (len(part), part))
    return hashed.digest()
