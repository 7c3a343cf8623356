"""All that was said in a conversation, read back part by part."""

from __future__ import annotations

from dataclasses import dataclass, field

from server.domain.message import Message
from server.errors import RefusalCode, Refused
from server.live.sessions import Session
from server.services.house import House
from server.services.remembering import PAGE, PAGE_BYTES, open_message


@dataclass(frozen=True, slots=True)
class Part:
    """Some messages in order.

    Attributes:
        messages: At most 100, and about 48 KiB.
        is_last: Whether there are none behind them.
    """

    messages: tuple[Message, ...] = field(repr=False)
    is_last: bool


async def part_of(house: House, session: Session, *, after: int) -> Part:
    """The messages of ``session`` behind number ``after``.

    Raises:
        Refused: ``CONVERSATION_ENDED``: its key is gone.
        Corrupt: What is stored fails its check.
        Unavailable: The store does not answer.
    """
    rows = await house.records.messages(session.id, after, PAGE)
    if session.slot is None:
        raise Refused(RefusalCode.CONVERSATION_ENDED)
    messages: list[Message] = []
    size = 0
    for row in rows:
        size += len(row.sealed)
        if messages and size > PAGE_BYTES:
            break
        messages.append(open_message(house, session, row))
    reached = messages[-1].number if messages else session.committed
    return Part(tuple(messages), is_last=reached >= session.committed)
