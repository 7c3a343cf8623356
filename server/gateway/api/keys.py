"""Operations about API keys. A key is shown once, when it is made."""

from __future__ import annotations

from typing import Protocol

from server.domain.permission import Principal, Scope
from server.domain.resource import ResourceKind
from server.gateway.api.operation import Answer, Call, Operation
from server.gateway.api.resources import (
    Administering,
    Kind,
    Stored,
    removing,
    telling,
)
from server.ids import AccountId
from server.protocol.api_answers import NewKeyTold
from server.protocol.api_requests import NewKey
from server.protocol.forms import ApiKeyForm

TAG = "keys"

KIND = Kind(
    kind=ResourceKind.KEY,
    path="keys",
    word="key",
    form=ApiKeyForm,
    read=Scope.KEYS_READ,
    write=Scope.KEYS_WRITE,
    tag=TAG,
)


class KeyMaking(Protocol):
    """Whoever makes keys."""

    async def make_key(
        self, principal: Principal, account: AccountId, wish: NewKey
    ) -> tuple[Stored, str]:
        """What is kept of a new key, and the key."""
        ...


def operations(service: Administering, making: KeyMaking) -> list[Operation]:
    """All of them."""

    async def make(call: Call) -> object:
        stored, key = await making.make_key(
            call.principal, call.account, call.body
        )
        form: ApiKeyForm = stored.form
        told = NewKeyTold(
            id=form.id,
            name=form.name,
            scopes=form.scopes,
            expires_at=form.expires_at,
            revision=stored.revision,
            key=key,
        )
        return Answer(
            body=told,
            revision=stored.revision,
            location=f"/accounts/{call.account}/keys/{form.id}",
        )

    return [
        *telling(KIND, service),
        Operation(
            method="POST",
            path=KIND.all,
            name="create_key",
            summary="Make a key; it is shown once.",
            tag=TAG,
            scope=KIND.write,
            do=make,
            takes=NewKey,
            gives=NewKeyTold,
            status=201,
            problems=(409,),
            shows_secret=True,
        ),
        removing(KIND, service),
    ]
