"""Mailing transcripts: what was said goes to the account before it is erased.

A conversation waits closed, and its record says until when. Whatever fails is
tried again until then, a few mails at a time; a server that hangs holds up
the mails behind it and nothing else.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging

from server.domain.channel import Channel
from server.domain.conversation import Phase
from server.domain.restriction import Use
from server.domain.transcript import Heading, HtmlTranscript, PlainTranscript
from server.errors import Corrupt, ServerError
from server.ids import ConversationId
from server.services.house import House
from server.services.keeping import Keeping
from server.services.mail import Mail, Post
from server.services.remembering import session_from
from server.services.transcript import part_of
from server.store.rows import ConversationRow

log = logging.getLogger(__name__)

#: Seconds between two looks, while any mail waits.
TICK = 0.5
#: Mails on their way at once.
AT_ONCE = 8
#: Seconds until a mail is tried again: doubled each time, up to the longest.
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 300.0
#: Characters of a transcript: a mail has it twice, and base64 makes it a third
#: longer; many servers take ten megabytes.
MOST = 2 * 2**20
#: Conversations that may wait for a mail server that takes none: 20 MB.
ROOM = 100_000


class MailRound:
    """Mails transcripts; ``House.mailing`` where there is a mail server.

    Args:
        house: The parts.
        keeping: Told what has been handed over.
        post: The way.
        most: Characters of a transcript.
        room: Conversations that may wait.
    """

    is_ready = True

    def __init__(
        self,
        house: House,
        keeping: Keeping,
        post: Post,
        *,
        most: int = MOST,
        room: int = ROOM,
    ) -> None:
        self._house = house
        self._most = most
        self._room = room
        self._keeping = keeping
        self._post = post
        self._wake = asyncio.Event()
        self._order = itertools.count()
        self._waiting: list[tuple[float, int, ConversationId, int]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self, conversation: ConversationId) -> None:
        """Mail the transcript of ``conversation``, which is closed."""
        if len(self._waiting) < self._room:
            self._queue(conversation, seconds=0.0, tries=0)
        else:  # it stays for its patience: a restart may still find it
            self._failed(conversation)

    def _queue(
        self, conversation: ConversationId, *, seconds: float, tries: int
    ) -> None:
        at = self._house.clock.elapsed() + seconds
        heapq.heappush(
            self._waiting, (at, next(self._order), conversation, tries)
        )
        self._wake.set()

    async def run(self) -> None:
        """Mail what waits, until cancelled; else nothing ticks."""
        while True:
            await self._wake.wait()
            while self._waiting:
                await self.look()
                await self._house.clock.sleep(TICK)
            self._wake.clear()

    async def look(self) -> None:
        """Try what is due, ``AT_ONCE`` at most."""
        now = self._house.clock.elapsed()
        due: list[tuple[ConversationId, int]] = []
        while (
            self._waiting and self._waiting[0][0] <= now and len(due) < AT_ONCE
        ):
            _, _, conversation, tries = heapq.heappop(self._waiting)
            due.append((conversation, tries))
        await asyncio.gather(*(self._try(*one) for one in due))

    async def _try(self, conversation: ConversationId, tries: int) -> None:
        try:
            await self._deliver(conversation)
        except Corrupt:
            self._failed(conversation)  # nor will it ever be better
        except ServerError:
            self._failed(conversation)
            pause = min(FIRST_PAUSE * 2.0 ** min(tries, 10), LONGEST_PAUSE)
            self._queue(conversation, seconds=pause, tries=tries + 1)

    def _failed(self, conversation: ConversationId) -> None:
        self._house.metrics.transcripts["failed"].add()
        log.warning(
            "a transcript could not be mailed",
            extra={"conversation": conversation},
        )

    async def _deliver(self, conversation: ConversationId) -> None:
        row = await self._house.records.conversation(conversation)
        if (
            row is None
            or row.phase is not Phase.CLOSED
            or row.transcript_until is None
        ):
            return  # it is erased, or somebody has had it
        if row.transcript_until <= self._house.clock.now():
            await self._keeping.missed(conversation)
            return
        channel = self._house.channels.get(row.channel)
        if (
            channel is None
            or channel.transcript_to is None
            or not self._house.flagged.allows(row.customer, Use.APPLICATION)
        ):
            return  # nobody is to have it any more
        await self._post.send(await self._mail(row, channel))
        await self._keeping.handed(conversation)

    async def _mail(self, row: ConversationRow, channel: Channel) -> Mail:
        heading = Heading(title=channel.name, started_at=row.started_at)
        plain = PlainTranscript(heading, with_notes=True)
        html = HtmlTranscript(heading, with_notes=True)
        texts, pages = [plain.head()], [html.head()]
        session = session_from(self._house, row)  # nobody else sees it
        size, after, is_last = 0, 0, False
        while not is_last and size < self._most:
            part = await part_of(self._house, session, after=after)
            for message in part.messages:
                texts.append(plain.said(message))
                pages.append(html.said(message))
                size += len(pages[-1])
                after = message.number
            is_last = part.is_last
        if not is_last:
            left_out = f"[{row.last_number - after} more messages left out.]"
            texts.append(left_out)
            pages.append(f"<p>{left_out}</p>")
        return Mail(
            key=f"transcript.{row.id}",
            to=channel.transcript_to or "",
            subject=f"Transcript: {channel.name}",
            at=row.ended_at or row.last_at,
            text="".join([*texts, plain.foot()]),
            html="".join([*pages, html.foot()]),
        )
