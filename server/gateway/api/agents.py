"""Operations about agents. Passwords come in and never go out."""

from __future__ import annotations

from typing import Protocol

from server.domain.permission import Principal, Scope
from server.domain.resource import ResourceKind
from server.gateway.api.operation import Call, Operation
from server.gateway.api.resources import (
    Administering,
    Kind,
    Stored,
    answer,
    removing,
    telling,
)
from server.ids import AccountId
from server.protocol.api_requests import AgentChange, NewAgent
from server.protocol.form_codec import shown_type
from server.protocol.forms import AgentForm

TAG = "agents"

KIND = Kind(
    kind=ResourceKind.AGENT,
    path="agents",
    word="agent",
    form=AgentForm,
    read=Scope.AGENTS_READ,
    write=Scope.AGENTS_WRITE,
    tag=TAG,
)


class Enrolling(Protocol):
    """Whoever makes agents of wishes."""

    async def enrol(
        self, principal: Principal, account: AccountId, wish: NewAgent
    ) -> Stored:
        """Make one."""
        ...

    async def change(
        self,
        principal: Principal,
        account: AccountId,
        wish: AgentChange,
        *,
        name: str,
        if_revision: int | None,
    ) -> Stored:
        """Change the one of that name."""
        ...


def operations(service: Administering, enrolling: Enrolling) -> list[Operation]:
    """All of them."""
    desk = _Desk(enrolling)
    return [
        *telling(KIND, service),
        Operation(
            method="POST",
            path=KIND.all,
            name="create_agent",
            summary="Make an agent.",
            tag=TAG,
            scope=KIND.write,
            do=desk.make,
            takes=NewAgent,
            gives=shown_type(AgentForm),
            status=201,
            problems=(409,),
        ),
        Operation(
            method="PUT",
            path=KIND.one,
            name="replace_agent",
            summary="Replace an agent; without a password it keeps its own.",
            tag=TAG,
            scope=KIND.write,
            do=desk.change,
            takes=AgentChange,
            gives=shown_type(AgentForm),
            problems=(409, 412),
            is_guarded=True,
        ),
        removing(KIND, service),
    ]


class _Desk:
    """Answers the calls."""

    def __init__(self, enrolling: Enrolling) -> None:
        self._enrolling = enrolling

    async def make(self, call: Call) -> object:
        made = await self._enrolling.enrol(
            call.principal, call.account, call.body
        )
        return answer(made, made_at=f"/accounts/{call.account}/agents")

    async def change(self, call: Call) -> object:
        return answer(
            await self._enrolling.change(
                call.principal,
                call.account,
                call.body,
                name=call.params["id"],
                if_revision=call.revision,
            )
        )
