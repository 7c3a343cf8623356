"""Operations about conversations: what is known of them, ending and holding.

What was said in them is not told here.
"""

from __future__ import annotations

from server.domain.conversation import Conversation
from server.domain.permission import Scope
from server.gateway.api.operation import Asked, Call, Operation
from server.gateway.api.paging import after_of, limit_of, page
from server.ids import ConversationId
from server.protocol.api_answers import ConversationTold
from server.protocol.api_requests import Hold
from server.services.holding import Holding, HoldReason
from server.services.overseeing import Overseeing

TAG = "conversations"
_ALL = "/accounts/{account}/conversations"
_ONE = f"{_ALL}/{{id}}"
_WHOSE = Asked(
    name="customer",
    kind=str | None,
    summary="only those of the customer of that id",
)


def operations(overseeing: Overseeing, holding: Holding) -> list[Operation]:
    """All of them."""
    desk = _Desk(overseeing, holding)
    return [*_telling(desk), *_changing(desk)]


def _telling(desk: _Desk) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=_ALL,
            name="list_conversations",
            summary="The account's conversations; not what was said.",
            tag=TAG,
            scope=Scope.CONVERSATIONS_READ,
            do=desk.listed,
            gives=ConversationTold,
            is_paged=True,
            asks=(_WHOSE,),
        ),
        Operation(
            method="GET",
            path=_ONE,
            name="get_conversation",
            summary="One conversation; not what was said.",
            tag=TAG,
            scope=Scope.CONVERSATIONS_READ,
            do=desk.read,
            gives=ConversationTold,
        ),
    ]


def _changing(desk: _Desk) -> list[Operation]:
    return [
        Operation(
            method="POST",
            path=f"{_ONE}/end",
            name="end_conversation",
            summary="End it; it is erased, or kept as its channel says.",
            tag=TAG,
            scope=Scope.CONVERSATIONS_END,
            do=desk.end,
            status=204,
        ),
        Operation(
            method="POST",
            path=f"{_ONE}/hold",
            name="hold_conversation",
            summary="Put it on legal hold, or lift that.",
            tag=TAG,
            scope=Scope.PRIVACY_HOLD,
            do=desk.hold,
            takes=Hold,
            gives=ConversationTold,
            problems=(409, 410),
        ),
    ]


class _Desk:
    """Answers the calls."""

    def __init__(self, overseeing: Overseeing, holding: Holding) -> None:
        self._overseeing = overseeing
        self._holding = holding

    async def listed(self, call: Call) -> object:
        found = await self._overseeing.page(
            call.account,
            after=after_of(call),
            limit=limit_of(call) + 1,
            customer=call.query["customer"],
        )
        return page(found, call, shown=told, place=lambda one: one.id)

    async def read(self, call: Call) -> object:
        return told(await self._overseeing.get(call.account, _id_in(call)))

    async def end(self, call: Call) -> object:
        await self._overseeing.end(
            call.account, _id_in(call), by=call.principal
        )
        return None

    async def hold(self, call: Call) -> object:
        wish: Hold = call.body
        where, by = (call.account, _id_in(call)), call.principal
        if not wish.held:
            return told(await self._holding.lift(*where, by=by))
        reason = HoldReason(wish.reason)
        return told(await self._holding.hold(*where, by=by, reason=reason))


def _id_in(call: Call) -> ConversationId:
    return ConversationId(call.params["id"])


def told(one: Conversation) -> ConversationTold:
    """``one`` as it is given."""
    return ConversationTold(
        id=one.id,
        account=one.account,
        channel=one.channel,
        phase=one.phase.value,
        started_at=one.started_at,
        last_at=one.last_at,
        messages=one.last_number,
        agent=one.agent,
        customer=one.customer,
        ended_by=one.ended_by.value if one.ended_by else None,
        ended_at=one.ended_at,
        held=one.is_held,
        kept_until=one.kept_until,
    )
