"""Where events come from: what a line has next, made when it is handed over.

Messages are read back from the history, a few at a time; nothing that was
said waits here between two turns of its line.
"""

from __future__ import annotations

from collections import deque

from server.domain.message import Message
from server.errors import Unavailable
from server.services.events import (
    Event,
    ended_event,
    message_event,
    noticed_event,
    started_event,
    transcript_event,
)
from server.services.handing import Line, Next
from server.services.house import House
from server.services.remembering import open_message
from server.services.transcript import part_of

#: Events of one line before the next line has its turn; also the messages
#: read from the history at once.
EVENTS_IN_A_TURN = 16


class EventSource:
    """Makes what is handed over.

    Args:
        house: The parts.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    async def event(self, line: Line, page: deque[Message]) -> Event | None:
        """What ``line`` has next; None: a message that it does not want.

        Args:
            line: Which; what it says of it counts only while it is open.
            page: Messages that were read and not yet handed over.

        Raises:
            Corrupt: What is stored fails its check.
            Unavailable: The store does not answer.
        """
        step, session = line.step, line.session
        if step is Next.FAREWELL:
            assert line.farewell is not None  # noqa: S101 - see Line.step
            return ended_event(line.farewell, line.held)
        assert session is not None  # noqa: S101 - see Line.step
        match step:
            case Next.MESSAGE:
                message = await self._message(line, page)
                is_wanted = line.application.wants_message(message)
                return message_event(session, message) if is_wanted else None
            case Next.TRANSCRIPT:
                return await self._transcript(line)
            case Next.START:
                return started_event(session)
            case _:
                return noticed_event(session, line.notices[0])

    async def _transcript(self, line: Line) -> Event:
        session, after = line.session, line.transcript_after or 0
        assert session is not None  # noqa: S101 - see Line.step
        part = await part_of(self._house, session, after=after)
        last = part.messages[-1].number if part.messages else after
        line.transcript_next = None if part.is_last else last
        return transcript_event(
            session, part.messages, part=after + 1, is_last=part.is_last
        )

    async def _message(self, line: Line, page: deque[Message]) -> Message:
        number = (line.cursor or 0) + 1
        fresh = line.fresh
        if fresh is not None and fresh.number == number:
            return fresh
        if number in line.unkept:
            return line.unkept[number]
        while page and page[0].number < number:
            page.popleft()
        if not page:
            rows = await self._house.records.messages(
                line.conversation, number - 1, EVENTS_IN_A_TURN
            )
            session = line.session
            if session is not None and session.slot is not None:
                page.extend(
                    open_message(self._house, session, row)
                    for row in rows
                    if row.number <= session.committed
                )
        if not page:
            raise Unavailable("a message that is on disk was not found")
        return page[0]
