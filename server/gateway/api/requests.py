"""Operations on the register of requests."""

from __future__ import annotations

from server.clock import Clock
from server.domain.permission import Scope
from server.domain.privacy_request import (
    Law,
    RequestKind,
    RequestState,
    confirm_at,
)
from server.gateway.api.operation import Answer, Call, Operation
from server.gateway.api.paging import after_of, limit_of, page
from server.gateway.api.problems import Problem
from server.protocol.privacy_asked import (
    NewRequest,
    RequestEnd,
    RequestExtension,
)
from server.protocol.privacy_told import NoteTold, RequestTold
from server.services.request_register import Registered, RequestRegister

_ALL = "/accounts/{account}/privacy/requests"
_ONE = f"{_ALL}/{{id}}"
_TAG = "privacy requests"


def operations(register: RequestRegister, clock: Clock) -> list[Operation]:
    """Open, list, read, extend and close."""
    desk = _Desk(register, clock)
    return [
        _operation("GET", _ALL, "list", desk.listed, gives=RequestTold),
        _operation(
            "POST", _ALL, "open", desk.opened, takes=NewRequest, status=201
        ),
        _operation("GET", _ONE, "get", desk.read),
        _operation(
            "POST",
            f"{_ONE}/extend",
            "extend",
            desk.extended,
            takes=RequestExtension,
        ),
        _operation(
            "POST", f"{_ONE}/close", "close", desk.closed, takes=RequestEnd
        ),
    ]


_SUMMARIES = {
    "list": "The requests of the account, what presses most first.",
    "open": "Write down that somebody asked for something.",
    "get": "One request.",
    "extend": "Say that the person was told that it takes longer.",
    "close": "Say that it was answered, or refused.",
}


def _operation(
    method: str, path: str, verb: str, do: object, **more: object
) -> Operation:
    return Operation(
        method=method,
        path=path,
        name=f"{verb}_request" + ("s" if verb == "list" else ""),
        summary=_SUMMARIES[verb],
        tag=_TAG,
        scope=Scope.PRIVACY_REQUESTS,
        do=do,  # type: ignore[arg-type]
        is_paged=verb == "list",
        **({"gives": RequestTold} | more),  # type: ignore[arg-type]
    )


class _Desk:
    """Answers the calls."""

    def __init__(self, register: RequestRegister, clock: Clock) -> None:
        self._register = register
        self._clock = clock

    async def listed(self, call: Call) -> object:
        place = _place_in(after_of(call))
        found = await self._register.page(
            call.account, place, limit_of(call) + 1
        )
        return page(found, call, shown=self._told, place=_place_of)

    async def opened(self, call: Call) -> object:
        asked: NewRequest = call.body
        made = await self._register.open(
            call.principal,
            call.account,
            RequestKind(asked.kind),
            law=Law(asked.law),
            subject=asked.subject,
            customer=asked.customer,
            received_at=asked.received_at,
        )
        path = _ALL.format(account=call.account)
        return Answer(
            body=self._told(made), location=f"{path}/{made.request.id}"
        )

    async def read(self, call: Call) -> object:
        return self._told(
            await self._register.get(call.account, call.params["id"])
        )

    async def extended(self, call: Call) -> object:
        return self._told(
            await self._register.extend(
                call.principal,
                call.account,
                call.params["id"],
                note=call.body.note,
            )
        )

    async def closed(self, call: Call) -> object:
        return self._told(
            await self._register.close(
                call.principal,
                call.account,
                call.params["id"],
                state=RequestState(call.body.state),
                note=call.body.note,
            )
        )

    def _told(self, one: Registered) -> RequestTold:
        request = one.request
        return RequestTold(
            id=request.id,
            kind=request.kind.value,
            law=request.law.value,
            state=request.state.value,
            received_at=request.received_at,
            confirm_at=confirm_at(request.law, request.received_at),
            due_at=request.due_at,
            closed_at=request.closed_at,
            is_overdue=request.is_open and request.due_at <= self._clock.now(),
            customer=request.customer,
            subject=one.words.subject,
            notes=tuple(
                NoteTold(at=note.at, text=note.text) for note in one.words.notes
            ),
        )


def _place_of(one: Registered) -> str:
    request = one.request
    return f"{int(not request.is_open)} {request.due_at!r} {request.id}"


def _place_in(place: str) -> tuple[bool, float, str]:
    if not place:
        return (False, 0.0, "")
    try:
        closed, due_at, id_ = place.split(" ", 2)
        return (closed == "1", float(due_at), id_)
    except ValueError:
        raise Problem(422, "bad_cursor") from None
