"""The last event of a conversation: that it has ended, and is erased.

A notice without contents, on disk until the application has taken it, or for
a day. Only so many are held in memory; the others wait on disk.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping

from server.domain.application import Application
from server.domain.conversation import Phase
from server.ids import ApplicationId, ConversationId
from server.live.sessions import Session
from server.services.cursors import Cursors
from server.services.events import NOTHING_HELD
from server.services.handing import Line
from server.services.house import House
from server.services.turns import Turns
from server.services.unhanded import HandOvers
from server.store.rows import NoticeRow

log = logging.getLogger(__name__)

#: Seconds after which nobody is told any more.
KEPT = 24 * 3600.0
#: Notices of one application in memory; 5 MB.
MOST = 10_000
#: Seconds between two looks for notices that are too old.
SWEEP = 600.0


def notice_of(line: Line, session: Session, *, ended_at: float) -> NoticeRow:
    """What the application of ``line`` is to be told of the end."""
    conversation = session.conversation
    assert conversation.ended_by is not None  # noqa: S101 - it has ended
    is_kept = conversation.phase is Phase.CLOSED
    return NoticeRow(
        conversation=conversation.id,
        application=line.application.id,
        account=conversation.account,
        channel=conversation.channel,
        ended_by=conversation.ended_by,
        ended_at=ended_at,
        kept_until=conversation.erase_at if is_kept else None,
        messages=conversation.last_number,
        undelivered=line.behind,
    )


class Leaving:
    """Tells applications of ends."""

    def __init__(
        self,
        house: House,
        handed: HandOvers,
        turns: Turns,
        cursors: Cursors,
    ) -> None:
        self._house = house
        self._handed = handed
        self._turns = turns
        self._cursors = cursors
        self._lines: dict[tuple[ConversationId, ApplicationId], Line] = {}
        self._held: Counter[ApplicationId] = Counter()
        self._swept_at = house.clock.elapsed()
        self.expect_more()

    def expect_more(self) -> None:
        """There may be notices on disk, of the last run."""
        for reach in self._turns.reaches.values():
            reach.has_more = True

    @property
    def has_any(self) -> bool:
        """Whether somebody is still to be told of an end."""
        return bool(self._lines)

    def add(self, row: NoticeRow, held: Mapping[str, bool]) -> None:
        """Tell of ``row``, which is on disk."""
        key = (row.conversation, row.application)
        reach = self._turns.reaches.get(row.application)
        if reach is None or key in self._lines:
            return
        if self._held[row.application] >= MOST:
            reach.has_more = True
            return
        line = Line(reach.application, row.conversation)
        line.farewell, line.held = row, held
        self._lines[key] = line
        self._held[row.application] += 1
        self._turns.wake(line)

    def renew(self, application: Application) -> None:
        """``application`` has changed."""
        for line in self._of(application.id):
            line.application = application

    def forget(self, application: ApplicationId) -> None:
        """It is gone: nobody is left to be told."""
        for line in self._of(application):
            line.close()
            self.is_told(line)
        self._held.pop(application, None)

    def _of(self, application: ApplicationId) -> list[Line]:
        return [
            line for (_, id_), line in self._lines.items() if id_ == application
        ]

    def is_told(self, line: Line) -> None:
        """``line`` has nothing more to tell."""
        key = (line.conversation, line.application.id)
        if self._lines.pop(key, None) is not None:
            self._held[line.application.id] -= 1
            self._turns.drop(line)

    async def fetch(self) -> None:
        """Take from the disk what there was no room for.

        Raises:
            Unavailable: The store does not answer.
        """
        for id_, reach in self._turns.reaches.items():
            if not reach.has_more or self._held[id_] > MOST // 2:
                continue
            # Else what was told a moment ago would be found there again.
            await self._cursors.write_now()
            rows = await self._handed.notices(id_, MOST)
            reach.has_more = len(rows) == MOST
            for row in rows:
                if not self._cursors.has_told((row.conversation, id_)):
                    self.add(row, NOTHING_HELD)
        self._sweep()

    def _sweep(self) -> None:
        elapsed = self._house.clock.elapsed()
        if elapsed < self._swept_at + SWEEP:
            return
        self._swept_at = elapsed
        now, dropped = self._house.clock.now(), 0
        for line in list(self._lines.values()):
            row = line.farewell
            if row is not None and row.ended_at + KEPT < now:
                line.close()
                self._cursors.told(line)
                self.is_told(line)
                dropped += 1
        if dropped:
            log.warning(
                "applications did not take for a day that conversations ended",
                extra={"notices": dropped},
            )
