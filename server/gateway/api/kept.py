"""The operation that reads what was said in a conversation that is kept."""

from __future__ import annotations

from itertools import takewhile

from server.domain.message import Message
from server.domain.permission import Scope
from server.gateway.api.operation import Call, Operation
from server.gateway.api.paging import (
    after_of,
    cursor_at,
    limit_of,
    number_in,
)
from server.ids import ConversationId
from server.protocol.api_answers import KeptMessage
from server.services.kept import Kept


def operations(kept: Kept) -> list[Operation]:
    """It alone."""

    async def listed(call: Call) -> object:
        after = number_in(after_of(call)) or 0
        part = await kept.read(
            call.account,
            ConversationId(call.params["id"]),
            after=after,
            by=call.principal,
        )
        # Their numbers have no gaps.
        last = after + limit_of(call)
        wanted = list(takewhile(lambda one: one.number <= last, part.messages))
        is_last = part.is_last and len(wanted) == len(part.messages)
        return {
            "items": [_told(one) for one in wanted],
            "next": None if is_last else cursor_at(str(after + len(wanted))),
        }

    return [
        Operation(
            method="GET",
            path="/accounts/{account}/conversations/{id}/messages",
            name="list_messages",
            summary="What was said in one that is closed and kept; audited.",
            tag="conversations",
            scope=Scope.MESSAGES_READ,
            do=listed,
            gives=KeptMessage,
            is_paged=True,
        )
    ]


def _told(message: Message) -> KeptMessage:
    return KeptMessage(
        number=message.number,
        at=message.said_at,
        author=message.author.value,
        name=message.name,
        text=message.text,
        rich=None if message.rich is None else dict(message.rich),
        answers=message.answers,
        note=message.is_note,
        unkept=message.is_unkept,
    )
