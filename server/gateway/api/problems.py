"""What is answered when something is wrong: RFC 9457, and never an input.

One table from every error the server raises on purpose to a status and a
code, and one from every code to the sentence that goes with it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from server.errors import (
    Conflict,
    ConflictCode,
    Forbidden,
    Invalid,
    NotFound,
    RefusalCode,
    Refused,
    ServerError,
    Unavailable,
)
from server.protocol.form_codec import NotJson

MEDIA_TYPE: Final = "application/problem+json"
ALWAYS: Final = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}

#: Every code, and what it means; docs/api.md lists them.
DETAILS: Final[Mapping[str, str]] = {
    "bad_credentials": "The token or key is missing, wrong or has expired.",
    "consent_needed": "The customer has not agreed to that.",
    "conversation_ended": "The conversation has ended.",
    "bad_cursor": "The cursor is none that a page has given.",
    "bad_idempotency_key": "An Idempotency-Key is 1 to 255 printable ASCII.",
    "changed": "It has been changed meanwhile: read it again.",
    "declared": "The settings file rules it: change it there.",
    "exists": "There is one of that name already.",
    "failed": "Something is wrong with the server; its log says where.",
    "forbidden": "The caller may not do that.",
    "full": "There are as many of that kind as there may be.",
    "in_use": "Something else needs it as it is.",
    "invalid": "What was sent does not fit; `errors` says where.",
    "key_reused": "The Idempotency-Key was used for another request.",
    "method_not_allowed": "There is no such operation at this address.",
    "no_body": "This operation takes no body.",
    "not_acceptable": "Answers are JSON, and the caller does not accept it.",
    "not_found": "There is no such thing, or it is somebody else's.",
    "not_json": "The body is not JSON in UTF-8 that names everything once.",
    "not_reachable": "The customer is not here, or has said nothing yet.",
    "restricted": "The customer does not want that.",
    "not_now": "It cannot be done as things stand.",
    "on_hold": "It is on hold: that has to be lifted first.",
    "origin": "Pages of other origins may not use the API.",
    "secret_shown": "It was done, and its answer is shown only once.",
    "still_running": "The first request with this Idempotency-Key goes on.",
    "too_fast": "Too many requests: wait as long as Retry-After says.",
    "too_large": "The body is too large.",
    "unavailable": "The server cannot do it now: try again later.",
    "unknown_parameter": "A parameter behind the ? is not known here.",
    "unsupported_media_type": "Bodies are application/json.",
}

_OF_REFUSAL: Final[Mapping[RefusalCode, tuple[int, str]]] = {
    RefusalCode.BAD_CREDENTIALS: (401, "bad_credentials"),
    RefusalCode.CONVERSATION_ENDED: (410, "conversation_ended"),
    RefusalCode.CONVERSATION_UNKNOWN: (404, "not_found"),
    RefusalCode.MALFORMED: (422, "invalid"),
    RefusalCode.NOT_YOURS: (403, "forbidden"),
    RefusalCode.ON_HOLD: (409, "on_hold"),
    RefusalCode.SESSION_UNKNOWN: (404, "not_found"),
    RefusalCode.TEXT_EMPTY: (422, "invalid"),
    RefusalCode.TEXT_TOO_LONG: (422, "invalid"),
    RefusalCode.TOO_FAST: (429, "too_fast"),
    RefusalCode.UNAVAILABLE: (503, "unavailable"),
}
#: Seconds to wait where nothing better is known.
A_MOMENT: Final = 1.0


class Problem(ServerError):
    """Something is wrong with the request, and this is the answer.

    Attributes:
        status: The HTTP status.
        code: A key of ``DETAILS``.
        errors: Where in the request: path, code and hint; constants.
        headers: What goes along.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        errors: tuple[tuple[str, str, str], ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.errors = errors
        self.headers = dict(headers or {})


def problem_of(error: ServerError) -> Problem:
    """What ``error`` is to whoever asked."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        return _refusal(error)
    for kind, make in _OF_ERROR.items():
        if isinstance(error, kind):
            return make(error)
    return Problem(500, "failed")


def _refusal(error: Refused) -> Problem:
    status, code = _OF_REFUSAL.get(error.code, (409, "not_now"))
    errors: tuple[tuple[str, str, str], ...] = ()
    if error.path is not None:
        errors = ((error.path, error.code.value, ""),)
    problem = Problem(status, code, errors=errors)
    if error.code is RefusalCode.BAD_CREDENTIALS:
        problem.headers["www-authenticate"] = "Bearer"
    if error.retry_after is not None:
        return _with_wait(problem, error.retry_after)
    return problem


def _invalid(error: Any) -> Problem:
    place = (error.path, error.code.value, error.hint)
    return Problem(422, "invalid", errors=(place,))


def _conflict(error: Any) -> Problem:
    if error.code is ConflictCode.CHANGED:
        return Problem(412, "changed")
    code = error.code.value
    # Whoever is refused learns what stands in the way, of their own account.
    hints = (("$", code, error.hint),) if error.hint else ()
    return Problem(409, code, errors=hints)


def _with_wait(problem: Problem, seconds: float) -> Problem:
    problem.headers["retry-after"] = str(math.ceil(seconds))
    return problem


#: By kind; the first that fits decides.
_OF_ERROR: Final[Mapping[type[ServerError], Callable[[Any], Problem]]] = {
    NotJson: lambda _: Problem(400, "not_json"),
    Invalid: _invalid,
    Conflict: _conflict,
    NotFound: lambda _: Problem(404, "not_found"),
    Forbidden: lambda _: Problem(403, "forbidden"),
    Unavailable: lambda _: _with_wait(Problem(503, "unavailable"), A_MOMENT),
}


def response(error: ServerError) -> Response:
    """The answer to ``error``."""
    problem = problem_of(error)
    told: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": DETAILS[problem.code],
    }
    if problem.errors:
        told["errors"] = [
            {"path": path, "code": code, "hint": hint}
            for path, code, hint in problem.errors
        ]
    return Response(
        json.dumps(told).encode(),
        problem.status,
        ALWAYS | problem.headers,
        MEDIA_TYPE,
    )
