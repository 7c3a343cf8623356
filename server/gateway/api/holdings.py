"""Operations that say what is held: of somebody, and at all."""

from __future__ import annotations

from server.domain.permission import Scope
from server.errors import Invalid, InvalidCode
from server.gateway.api.operation import Asked, Call, Operation
from server.gateway.api.processing import fields_told
from server.ids import AccountId, ChannelId, ConversationId
from server.protocol.privacy_asked import HoldingsLookup
from server.protocol.privacy_told import (
    FieldsTold,
    HoldingsOf,
    HoldingTold,
    MapPlace,
    MapTold,
)
from server.services.data_map import DataMapping, Place
from server.services.fields import Fields
from server.services.stocktaking import Held
from server.services.tracing import Tracing

_TAG = "holdings"
_NAMES = {
    "customer": "the id of a customer",
    "conversation": "the id of a conversation",
}
_ASKS = tuple(
    Asked(name=name, kind=str | None, summary=summary)
    for name, summary in _NAMES.items()
)


def operations(
    tracing: Tracing, mapping: DataMapping, fields: Fields
) -> list[Operation]:
    """Of somebody, of an account, of the server."""
    desk = _Desk(tracing, mapping, fields)
    return [*_of_somebody(desk), *_maps(desk)]


def _of_somebody(desk: _Desk) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path="/accounts/{account}/privacy/holdings",
            name="get_holdings",
            summary="What is held of a customer or a conversation now.",
            tag=_TAG,
            scope=Scope.HOLDINGS_READ,
            do=desk.of_somebody,
            gives=HoldingsOf,
            asks=_ASKS,
        ),
        # What somebody is found by says who they are: never in an address.
        Operation(
            method="POST",
            path="/accounts/{account}/privacy/holdings/lookup",
            name="look_up_holdings",
            summary="What is held of whoever has this key of a channel.",
            tag=_TAG,
            scope=Scope.HOLDINGS_READ,
            do=desk.of_key,
            takes=HoldingsLookup,
            is_question=True,
            gives=HoldingsOf,
        ),
    ]


def _maps(desk: _Desk) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path="/accounts/{account}/data-map",
            name="get_data_map",
            summary="Every record type: how much of it, and is it in time.",
            tag=_TAG,
            scope=Scope.HOLDINGS_READ,
            do=desk.of_account,
            gives=MapTold,
        ),
        Operation(
            method="GET",
            path="/server/data-map",
            name="get_server_data_map",
            summary="The same of all accounts, and of the server itself.",
            tag=_TAG,
            scope=Scope.SERVER,
            do=desk.of_server,
            gives=MapTold,
        ),
    ]


class _Desk:
    """Answers the calls."""

    def __init__(
        self, tracing: Tracing, mapping: DataMapping, fields: Fields
    ) -> None:
        self._tracing = tracing
        self._mapping = mapping
        self._fields = fields

    async def of_somebody(self, call: Call) -> object:
        held = await self._held(call, *(call.query[name] for name in _NAMES))
        return HoldingsOf(held=tuple(map(_holding, held)))

    async def of_key(self, call: Call) -> object:
        asked: HoldingsLookup = call.body
        held = await self._tracing.of_platform(
            call.account, ChannelId(asked.channel), asked.platform_key
        )
        return HoldingsOf(held=tuple(map(_holding, held)))

    async def _held(self, call: Call, *named: str | None) -> list[Held]:
        account, stocktaking = call.account, self._tracing.stocktaking
        match named:
            case (str() as customer, None):
                return await stocktaking.of_customer(account, customer)
            case (None, str() as conversation):
                return await stocktaking.of_conversation(
                    account, ConversationId(conversation)
                )
            case _:
                raise Invalid(
                    "$",
                    InvalidCode.MISSING,
                    "one of customer and conversation",
                )

    async def of_account(self, call: Call) -> object:
        return await self._told(call.account)

    async def of_server(self, _: Call) -> object:
        return await self._told(None)

    async def _told(self, account: AccountId | None) -> MapTold:
        made = await self._mapping.data_map(account)
        return MapTold(
            at=made.at,
            overdue=made.overdue,
            places=tuple(
                _place(one, fields_told(self._fields.of(account, one.kind)))
                for one in made.places
            ),
        )


def _holding(one: Held) -> HoldingTold:
    return HoldingTold(
        name=one.name,
        count=one.count,
        home=one.home.value,
        dies=one.dies,
        oldest=one.oldest,
        dies_at=one.dies_at,
    )


def _place(one: Place, said: FieldsTold) -> MapPlace:
    kind, tally = one.kind, one.tally
    return MapPlace(
        name=kind.name,
        what=kind.what,
        group=kind.group.value,
        sensitivity=kind.sensitivity.value,
        home=kind.home.value,
        encrypted=kind.encrypted,
        dies=kind.dies,
        fields=said,
        count=None if tally is None else tally.count,
        oldest=None if tally is None else tally.oldest,
        next_at=None if tally is None else tally.next_at,
        overdue=0 if tally is None else tally.overdue,
    )
