"""Operations about the caller: signing in and out, and who am I."""

from __future__ import annotations

from server.gateway.api.operation import Call, Operation
from server.protocol.api_answers import Me, SignedIn
from server.protocol.api_requests import SignIn
from server.services.proving import Proving

TAG = "session"


def operations(proving: Proving) -> list[Operation]:
    """All of them."""
    desk = _Desk(proving)
    return [
        Operation(
            method="POST",
            path="/sign-in",
            name="sign_in",
            summary="A token for an agent, by name and password.",
            tag=TAG,
            scope=None,
            do=desk.sign_in,
            takes=SignIn,
            gives=SignedIn,
            problems=(401,),
            is_open=True,
        ),
        Operation(
            method="POST",
            path="/sign-out",
            name="sign_out",
            summary="Make the caller's token worthless.",
            tag=TAG,
            scope=None,
            do=desk.sign_out,
            status=204,
            problems=(409,),
        ),
        Operation(
            method="GET",
            path="/me",
            name="get_me",
            summary="Who the caller is, and what it may do.",
            tag=TAG,
            scope=None,
            do=desk.me,
            gives=Me,
        ),
    ]


class _Desk:
    """Answers the calls."""

    def __init__(self, proving: Proving) -> None:
        self._proving = proving

    async def sign_in(self, call: Call) -> object:
        wish: SignIn = call.body
        token, until = await self._proving.sign_in(wish.name, wish.password)
        return SignedIn(token=token, expires_at=until)

    async def sign_out(self, call: Call) -> object:
        await self._proving.sign_out(call.principal, call.token)
        return None

    async def me(self, call: Call) -> object:
        caller = call.principal
        return Me(
            kind=caller.kind.value,
            id=caller.id,
            account=caller.account,
            scopes=tuple(sorted(scope.value for scope in caller.scopes)),
        )
