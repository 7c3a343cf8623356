"""Transcribing: what was said, read back in order, for whoever may have it.

Reading changes nothing: no session is brought back, no deadline moved, nobody
told. It is done from the row, a page at a time, so that the longest
conversation takes no more memory than the shortest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from server.domain.message import Author, Message
from server.domain.transcript import Heading, HtmlTranscript, PlainTranscript
from server.errors import RefusalCode, Refused
from server.ids import ConversationId
from server.live.rate_limits import RateLimits
from server.live.sessions import Session
from server.services.bearers import Bearer
from server.services.house import House
from server.services.remembering import PAGE, open_message, session_from
from server.store.rows import ConversationRow

Transcript = PlainTranscript | HtmlTranscript

#: Transcripts of one conversation a second, and at once: a person downloads
#: one, and perhaps the other; a script that asks on and on reads the disk.
PER_SECOND = 0.1
AT_ONCE = 4.0

_FORMATS: dict[str, type[Transcript]] = {
    "text": PlainTranscript,
    "html": HtmlTranscript,
}


async def pages_of(
    house: House, row: ConversationRow
) -> AsyncIterator[list[Message]]:
    """The messages of a stored conversation, page by page.

    Raises:
        Corrupt: What is stored fails its check, or it has been erased.
        Unavailable: The store cannot be read.
    """
    reading = session_from(house, row)  # of our own: nobody else sees it
    after = 0
    while True:
        rows = await house.records.messages(row.id, after, PAGE)
        if not rows:
            return
        yield [open_message(house, reading, one) for one in rows]
        after = rows[-1].number


class Transcribing:
    """Gives customers their own transcript.

    Args:
        house: The parts.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._asked = RateLimits(PER_SECOND, AT_ONCE)

    def may_have(self, session: Session) -> bool:
        """Whether the channel lets its customers take it along."""
        channel = self._house.channels.get(session.conversation.channel)
        return channel is not None and channel.transcript_download

    async def begin(
        self, bearer: Bearer, format_: str
    ) -> tuple[Transcript, ConversationRow | None]:
        """What is to be written, and of which conversation.

        Returns:
            The page; and the row, None while nothing was said.

        Raises:
            Refused: ``NOT_YOURS``: the channel does not allow it, or it is no
                customer who asks; ``TOO_FAST``; ``MALFORMED``: no such form.
            Unavailable: The store cannot be read.
        """
        session, house = bearer.session, self._house
        if bearer.side is not Author.CUSTOMER or not self.may_have(session):
            raise Refused(RefusalCode.NOT_YOURS)
        kind = _FORMATS.get(format_)
        if kind is None:
            raise Refused(RefusalCode.MALFORMED, path="$.format")
        wait = self._asked.take(session.id, house.clock.elapsed())
        if wait:
            raise Refused(RefusalCode.TOO_FAST, retry_after=wait)
        conversation = session.conversation
        channel = house.channels[conversation.channel]
        heading = Heading(
            title=channel.name, started_at=conversation.started_at
        )
        row = await house.records.conversation(ConversationId(session.id))
        return kind(heading), row

    async def write(
        self, page: Transcript, row: ConversationRow | None
    ) -> AsyncIterator[str]:
        """The transcript, piece by piece; see ``pages_of``."""
        yield page.head()
        if row is not None:
            async for said in pages_of(self._house, row):
                yield "".join(map(page.said, said))
        yield page.foot()
