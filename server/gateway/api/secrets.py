"""Operations that make secrets; each is shown once, in the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from server.domain.permission import Principal, Scope
from server.gateway.api.operation import Answer, Call, Operation
from server.gateway.api.resources import Stored
from server.ids import AccountId
from server.protocol.api_answers import SecretTold

Made = Callable[[Call], Awaitable[tuple[Stored, str]]]


class Renewing(Protocol):
    """Whoever makes secrets."""

    async def channel_secret(
        self, principal: Principal, account: AccountId, channel: str
    ) -> tuple[Stored, str]:
        """What the account's back-end signs tokens with."""
        ...

    async def webhook_secret(
        self, principal: Principal, account: AccountId, application: str
    ) -> tuple[Stored, str]:
        """What an application's webhook requests are signed with."""
        ...

    async def application_key(
        self, principal: Principal, account: AccountId, application: str
    ) -> tuple[Stored, str]:
        """What an application connects and calls with."""
        ...


def operations(service: Renewing) -> list[Operation]:
    """All of them."""
    return [
        _operation(
            lambda call: service.channel_secret(*_of(call)),
            path="/accounts/{account}/channels/{id}/secret",
            name="renew_channel_secret",
            summary="Give a channel a new secret; the one before is void.",
            tag="channels",
            scope=Scope.CHANNELS_WRITE,
        ),
        _operation(
            lambda call: service.webhook_secret(*_of(call)),
            path="/accounts/{account}/applications/{id}/secret",
            name="renew_webhook_secret",
            summary="Give a webhook a new secret; the one before stays good.",
            tag="applications",
            scope=Scope.APPLICATIONS_WRITE,
        ),
        _operation(
            lambda call: service.application_key(*_of(call)),
            path="/accounts/{account}/applications/{id}/key",
            name="renew_application_key",
            summary="Give an application a new key; the one before is void.",
            tag="applications",
            scope=Scope.APPLICATIONS_WRITE,
        ),
    ]


def _of(call: Call) -> tuple[Principal, AccountId, str]:
    return call.principal, call.account, call.params["id"]


def _operation(
    made: Made,
    *,
    path: str,
    name: str,
    summary: str,
    tag: str,
    scope: Scope,
) -> Operation:
    async def make(call: Call) -> object:
        stored, secret = await made(call)
        told = SecretTold(secret=secret, revision=stored.revision)
        return Answer(body=told, revision=stored.revision)

    return Operation(
        method="POST",
        path=path,
        name=name,
        summary=summary,
        tag=tag,
        scope=scope,
        do=make,
        gives=SecretTold,
        status=201,
        problems=(409,),
        shows_secret=True,
    )
