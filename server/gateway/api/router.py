"""Every operation at its address: who asks, whether they may, and then.

The order in which things are looked at is the protection. Where a request is
from, who sent it, whose things it names, what they may do; only then what it
says. Whoever belongs to another account hears 404 whatever they may do, and
whether or not there is such a thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from server.clock import Clock
from server.domain.permission import Principal, PrincipalKind
from server.errors import (
    Corrupt,
    Forbidden,
    NotFound,
    RefusalCode,
    Refused,
    ServerError,
)
from server.gateway.api import reading
from server.gateway.api.entrance import Entrance, token_in
from server.gateway.api.operation import PREFIX, Answer, Call, Operation
from server.gateway.api.problems import Problem, response
from server.gateway.api.repeats import Done, Repeats
from server.gateway.api.writing import failed, streamed, written
from server.gateway.below import below
from server.gateway.security_headers import SecurityHeaders
from server.ids import AccountId
from server.services.admitting import Admitting, name_of

_NOBODY = Principal(
    kind=PrincipalKind.KEY, id="", account=AccountId(""), scopes=frozenset()
)

#: Whether there is such an account.
IsAccount = Callable[[AccountId], bool]


class Api:
    """The operations, for those who come in by any entrance.

    Args:
        operations: All of them.
        clock: How long answers are kept for repeats.
        admitting: Counts requests.
        is_account: Which accounts there are.
    """

    def __init__(
        self,
        operations: Sequence[Operation],
        clock: Clock,
        *,
        admitting: Admitting,
        is_account: IsAccount,
    ) -> None:
        self.operations = operations
        self._clock = clock
        self._admitting = admitting
        self._is_account = is_account
        self._repeats = Repeats()

    def routes(self, entrance: Entrance) -> list[Route]:
        """One line an address, and one for all others below ``/api``."""
        by_path: dict[str, list[Operation]] = {}
        for operation in self.operations:
            if operation.do is not None:
                by_path.setdefault(operation.path, []).append(operation)
        elsewhere = [one for one in self.operations if one.do is None]
        return [
            *(
                Route(PREFIX + path, _Address(self, entrance, found))
                for path, found in by_path.items()
            ),
            below("/api", _Nowhere(elsewhere)),
        ]

    def forget(self, account: AccountId) -> None:
        """Somebody of ``account`` is erased: keep no answer about them."""
        self._repeats.forget(account)

    async def answered(
        self, request: Request, operation: Operation, entrance: Entrance
    ) -> Response:
        """The answer to ``request``, whatever it is."""
        address = ""
        try:
            address = entrance.check(request)
            body = await reading.body_of(request)
            principal = await self._admitted(request, operation, entrance)
            reading.check_accept(operation, request)
            return await self._once(request, body, (operation, principal))
        except Refused as error:
            if error.code is RefusalCode.BAD_CREDENTIALS:
                entrance.failed(address)
            return response(error)
        except Corrupt as error:
            return failed(operation, error)
        except ServerError as error:
            return response(error)
        except Exception as error:  # noqa: BLE001 - else its text is logged
            return failed(operation, error)

    async def _admitted(
        self, request: Request, operation: Operation, entrance: Entrance
    ) -> Principal:
        """Who asks, if they may ask that.

        Raises:
            ServerError: They may not.
        """
        if operation.is_open:
            return _NOBODY
        principal = await entrance.principal(token_in(request))
        self._admitting.count(principal)
        account = _account_in(request)
        if account is not None and (
            principal.account not in {None, account}
            or not self._is_account(account)
        ):
            raise NotFound
        scope = operation.scope
        if scope is not None and not principal.may(scope, account):
            raise Forbidden
        return principal

    async def _once(
        self,
        request: Request,
        body: bytes,
        wanted: tuple[Operation, Principal],
    ) -> Response:
        operation, principal = wanted
        key = reading.key_in(request) if operation.changes else None
        if key is None or operation.is_open:
            return await self._done(request, body, wanted)
        who = name_of(principal)
        kept = self._repeats.begin(
            who,
            key,
            digest=reading.digest_of(request, body),
            now=self._clock.elapsed(),
            of=_account_in(request) if operation.is_about_people else None,
        )
        if kept is not None:
            headers = kept.headers | {"idempotency-replayed": "true"}
            return Response(kept.body, kept.status, headers)
        try:
            answer = await self._done_or_refused(request, body, wanted)
        except BaseException:
            self._repeats.abandon(who, key)
            raise
        is_streamed = isinstance(answer, StreamingResponse)
        kept_body = b"" if is_streamed else bytes(answer.body)
        self._repeats.finish(
            who,
            key,
            done=Done(answer.status_code, dict(answer.headers), kept_body),
            # Nor is a file kept.
            shows_secret=operation.shows_secret or is_streamed,
        )
        return answer

    async def _done_or_refused(
        self,
        request: Request,
        body: bytes,
        wanted: tuple[Operation, Principal],
    ) -> Response:
        # A refusal is an answer like another, and repeated like another.
        try:
            return await self._done(request, body, wanted)
        except Corrupt:
            raise
        except ServerError as error:
            return response(error)

    async def _done(
        self,
        request: Request,
        body: bytes,
        wanted: tuple[Operation, Principal],
    ) -> Response:
        operation, principal = wanted
        assert operation.do is not None  # noqa: S101 - has no route otherwise
        call = Call(
            principal=principal,
            account=_account_in(request) or AccountId(""),
            params=request.path_params,
            query=reading.query_of(operation, request),
            body=reading.taken(operation, request, body),
            revision=(
                reading.revision_in(request) if operation.is_guarded else None
            ),
            token=token_in(request),
        )
        told = await operation.do(call)
        if isinstance(told, Answer) and told.stream is not None:
            return await streamed(operation, told.stream)
        return written(operation, told)


def alone(routes: Sequence[Route]) -> ASGIApp:
    """An application of ``routes`` and nothing else."""
    app = Starlette(routes=list(routes))
    app.router.redirect_slashes = False
    return SecurityHeaders(app, is_https=False)


class _Address:
    """What is asked at one address, by any method."""

    def __init__(
        self, api: Api, entrance: Entrance, operations: Iterable[Operation]
    ) -> None:
        self._api = api
        self._entrance = entrance
        self._by_method = {one.method: one for one in operations}

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        request = Request(scope, receive)
        method = "GET" if request.method == "HEAD" else request.method
        operation = self._by_method.get(method)
        # Some files are given once: whoever only asks for the head must not
        # have used that up.
        is_used_up = (
            request.method == "HEAD" and operation and operation.streams
        )
        if operation is None or is_used_up:
            answer = _not_allowed(self._by_method)
        else:
            answer = await self._api.answered(
                request, operation, self._entrance
            )
        await answer(scope, receive, send)


class _Nowhere:
    """All addresses at which nothing is, in the words of the API."""

    def __init__(self, elsewhere: Iterable[Operation]) -> None:
        self._elsewhere = [
            (compile_path(PREFIX + one.path)[0], one.method)
            for one in elsewhere
        ]

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        methods = [
            method
            for pattern, method in self._elsewhere
            if pattern.match(scope["path"])
        ]
        answer = _not_allowed(methods) if methods else response(NotFound())
        await answer(scope, receive, send)


def _not_allowed(methods: Iterable[str]) -> Response:
    allowed = {"allow": ", ".join(sorted(methods))}
    return response(Problem(405, "method_not_allowed", headers=allowed))


def _account_in(request: Request) -> AccountId | None:
    found = request.path_params.get("account")
    return None if found is None else AccountId(found)
