"""Operations that erase somebody, and show what became of it."""

from __future__ import annotations

from typing import Any

from server.domain.permission import Scope
from server.errors import Invalid, InvalidCode
from server.gateway.api.operation import Answer, Call, Do, Operation
from server.gateway.api.paging import after_of, limit_of, page
from server.gateway.api.problems import Problem
from server.ids import ChannelId, ConversationId
from server.protocol.privacy_asked import NewErasure
from server.protocol.privacy_told import ErasureTold, ReceiptKeyTold
from server.services.erasing import Erasing
from server.services.erasure_job import Job
from server.services.erasure_papers import ErasurePapers

_ALL = "/accounts/{account}/privacy/erasures"
_ONE = f"{_ALL}/{{id}}"
_KEY = "/accounts/{account}/privacy/receipt-key"


def operations(erasing: Erasing, papers: ErasurePapers) -> list[Operation]:
    """Ask, list, follow, and the key for receipts."""
    desk = _Desk(erasing, papers)
    return [
        _operation(
            "POST",
            _ALL,
            "ask_erasure",
            do=desk.asked,
            takes=NewErasure,
            status=202,
        ),
        _operation("GET", _ALL, "list_erasures", do=desk.listed, is_paged=True),
        _operation("GET", _ONE, "get_erasure", do=desk.followed),
        _operation(
            "GET", _KEY, "get_receipt_key", do=desk.key, gives=ReceiptKeyTold
        ),
    ]


_SUMMARIES = {
    "ask_erasure": "Have somebody erased, or one conversation.",
    "list_erasures": "The erasures of the account, the newest first.",
    "get_erasure": "How far one is; in the end, its receipt.",
    "get_receipt_key": "By what the account's receipts are checked.",
}


def _operation(
    method: str, path: str, name: str, *, do: Do, **more: Any
) -> Operation:
    return Operation(
        method=method,
        path=path,
        name=name,
        summary=_SUMMARIES[name],
        tag="privacy",
        scope=Scope.PRIVACY_ERASE,
        do=do,
        **({"gives": ErasureTold} | more),
    )


class _Desk:
    """Answers the calls."""

    def __init__(self, erasing: Erasing, papers: ErasurePapers) -> None:
        self._erasing = erasing
        self._papers = papers

    async def asked(self, call: Call) -> object:
        asked: NewErasure = call.body
        conversation, platform = asked.conversation, None
        if asked.channel is not None and asked.platform_key is not None:
            platform = ChannelId(asked.channel), asked.platform_key
        elif asked.channel is not None or asked.platform_key is not None:
            raise _one_of_them()
        named = [asked.customer, conversation, platform]
        if sum(one is not None for one in named) != 1:
            raise _one_of_them()
        job = await self._erasing.ask(
            call.principal,
            call.account,
            customer=asked.customer,
            conversation=(
                None if conversation is None else ConversationId(conversation)
            ),
            platform=platform,
        )
        path = _ALL.format(account=call.account)
        return Answer(body=_told(job), location=f"{path}/{job.id}")

    async def listed(self, call: Call) -> object:
        found = await self._erasing.page(
            call.account, _place_in(after_of(call)), limit_of(call) + 1
        )
        return page(found, call, shown=_told, place=_place_of)

    async def followed(self, call: Call) -> object:
        return _told(await self._erasing.job(call.account, call.params["id"]))

    async def key(self, call: Call) -> object:
        public, pem = self._papers.public_key(call.account)
        return ReceiptKeyTold(public_key=public, pem=pem)


def _one_of_them() -> Invalid:
    return Invalid(
        "$",
        InvalidCode.MISSING,
        "one of customer, conversation, or channel with platform_key",
    )


def _told(job: Job) -> ErasureTold:
    return ErasureTold(
        id=job.id,
        state=job.state.value,
        asked_at=job.asked_at,
        done_at=job.done_at,
        on_hold=job.is_held,
        receipt=None if job.receipt is None else dict(job.receipt),
    )


def _place_of(job: Job) -> str:
    return f"{job.asked_at!r} {job.id}"


def _place_in(place: str) -> tuple[float, str]:
    if not place:
        return (1e300, "")
    try:
        asked_at, id_ = place.split(" ", 1)
        return (float(asked_at), id_)
    except ValueError:
        raise Problem(422, "bad_cursor") from None
