"""Operations about API keys. A key is shown once, when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from server.domain.permission import Principal, Scope
from server.domain.resource import ResourceKind
from server.gateway.api.operation import Answer, Call, Operation
from server.gateway.api.paging import after_of, limit_of, page
from server.gateway.api.resources import (
    Administering,
    Kind,
    Stored,
    removing,
    telling,
)
from server.ids import AccountId
from server.protocol.api_answers import ApiKey, NewKeyTold
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


class Uses(Protocol):
    """Whoever sees keys being used."""

    @property
    def used_at(self) -> Mapping[tuple[AccountId, str], float]:
        """When each was used last, unix seconds, by account and id."""
        ...


def operations(
    service: Administering, making: KeyMaking, uses: Uses
) -> list[Operation]:
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
        place = f"/accounts/{call.account}/keys/{form.id}"
        return Answer(body=told, revision=stored.revision, location=place)

    return [
        *_telling(service, uses),
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


def _telling(service: Administering, uses: Uses) -> list[Operation]:
    """As for every kind, and when each key was used last."""

    def told(call: Call, stored: Stored) -> ApiKey:
        form: ApiKeyForm = stored.form
        return ApiKey(
            id=form.id,
            name=form.name,
            scopes=form.scopes,
            expires_at=form.expires_at,
            used_at=uses.used_at.get((call.account, form.id)),
            revision=stored.revision,
            declared=stored.declared,
            created_at=stored.created_at,
            changed_at=stored.changed_at,
        )

    async def listed(call: Call) -> object:
        found = service.page(
            KIND.kind,
            call.account,
            after=after_of(call),
            limit=limit_of(call) + 1,
        )
        return page(
            found,
            call,
            shown=lambda one: told(call, one),
            place=lambda one: one.id,
        )

    async def read(call: Call) -> object:
        stored = service.get(KIND.kind, call.account, call.params["id"])
        return Answer(body=told(call, stored), revision=stored.revision)

    every, one = telling(KIND, service)
    return [
        replace(every, do=listed, gives=ApiKey),
        replace(one, do=read, gives=ApiKey),
    ]
