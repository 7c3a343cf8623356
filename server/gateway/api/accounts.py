"""Operations about accounts; making and removing them is the operator's."""

from __future__ import annotations

from server.domain.permission import Scope
from server.domain.resource import ResourceKind
from server.errors import Invalid, InvalidCode
from server.gateway.api.operation import Call, Operation
from server.gateway.api.paging import after_of, limit_of, page
from server.gateway.api.resources import Administering, answer, told
from server.ids import AccountId
from server.protocol.form_codec import shown_type
from server.protocol.forms import AccountForm

TAG = "accounts"
KIND = ResourceKind.ACCOUNT
_ONE = "/accounts/{account}"


def operations(service: Administering) -> list[Operation]:
    """All of them."""
    return [*_all_of_them(service), *_one_of_them(service)]


def _all_of_them(service: Administering) -> list[Operation]:
    async def listed(call: Call) -> object:
        found = service.accounts(after=after_of(call), limit=limit_of(call) + 1)
        return page(found, call, shown=told, place=lambda one: one.id)

    async def make(call: Call) -> object:
        account = AccountId(call.body.id)
        made = await service.create(
            call.principal, KIND, account=account, form=call.body
        )
        return answer(made, made_at="/accounts")

    return [
        Operation(
            method="GET",
            path="/accounts",
            name="list_accounts",
            summary="All accounts of the server.",
            tag=TAG,
            scope=Scope.SERVER,
            do=listed,
            gives=shown_type(AccountForm),
            is_paged=True,
        ),
        Operation(
            method="POST",
            path="/accounts",
            name="create_account",
            summary="Make an account.",
            tag=TAG,
            scope=Scope.SERVER,
            do=make,
            takes=AccountForm,
            gives=shown_type(AccountForm),
            status=201,
            problems=(409,),
        ),
    ]


def _one_of_them(service: Administering) -> list[Operation]:
    desk = _Desk(service)
    return [
        Operation(
            method="GET",
            path=_ONE,
            name="get_account",
            summary="One account.",
            tag=TAG,
            scope=Scope.ACCOUNT_READ,
            do=desk.read,
            gives=shown_type(AccountForm),
        ),
        Operation(
            method="PUT",
            path=_ONE,
            name="replace_account",
            summary="Replace an account.",
            tag=TAG,
            scope=Scope.ACCOUNT_WRITE,
            do=desk.replace,
            takes=AccountForm,
            gives=shown_type(AccountForm),
            problems=(409, 412),
            is_guarded=True,
        ),
        Operation(
            method="DELETE",
            path=_ONE,
            name="remove_account",
            summary="Remove an account with everything it has.",
            tag=TAG,
            scope=Scope.SERVER,
            do=desk.remove,
            status=204,
            problems=(409, 412),
            is_guarded=True,
        ),
    ]


class _Desk:
    """Answers about one account."""

    def __init__(self, service: Administering) -> None:
        self._service = service

    async def read(self, call: Call) -> object:
        return answer(self._service.get(KIND, call.account, call.account))

    async def replace(self, call: Call) -> object:
        if call.body.id != call.account:
            raise Invalid(
                "$.id", InvalidCode.NOT_ALLOWED, "the id of the address"
            )
        return answer(
            await self._service.replace(
                call.principal,
                KIND,
                account=call.account,
                form=call.body,
                if_revision=call.revision,
            )
        )

    async def remove(self, call: Call) -> object:
        await self._service.remove(
            call.principal,
            KIND,
            account=call.account,
            id=call.account,
            if_revision=call.revision,
        )
        return None
