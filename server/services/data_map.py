"""The data map: of every record type how much is held now, and is it in time.

Made from the registry, so that nothing can be held that does not stand in it.
Counting reads every message's row: it goes page by page, one map at a time,
and rests for twenty times as long as it took.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from server.domain.privacy_request import KEPT as REQUESTS_KEPT
from server.domain.record_types import RECORD_TYPES, RecordType
from server.ids import AccountId
from server.live.recently_ended import KEPT as ENDED_KEPT
from server.live.sessions import Session
from server.services import stocktaking as names
from server.services.erasure_work import REMEMBERED
from server.services.house import House
from server.services.leaving import KEPT as NOTICES_KEPT
from server.services.signing_in import GOOD_FOR
from server.services.timing import due_of
from server.store.stock import OfPages, Tally
from server.store.tallies import TALLIES

#: Seconds by which a conversation may outlive its deadline: docs/promises.md.
LATENESS = 2.0
#: The same of files, which are looked at every minute, and of what is looked
#: at every hour.
FILES_LATENESS = 120.0
HOURLY_LATENESS = 2 * 3600.0
#: Seconds for which a map is shown again, and how much longer than it took.
FRESH, SHARE = 5.0, 20.0

#: Of nobody here, or nobody can tell.
_UNCOUNTED = {
    "messages and attachments, every other channel": Tally(),
    "log records": None,
}


class Counting(Protocol):
    """What the store counts."""

    async def of_pages(
        self,
        account: AccountId | None,
        *,
        late: float,
        files_late: float,
        is_stuck: bool,
    ) -> OfPages:
        """Everything that belongs to conversations."""
        ...

    async def of_records(
        self,
        name: str,
        account: AccountId | None,
        *,
        life: float = 0.0,
        late: float = 0.0,
    ) -> Tally:
        """Operational records of one type."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """One record type on the map.

    Attributes:
        kind: What it is.
        tally: How much there is; None: nobody can tell.
    """

    kind: RecordType
    tally: Tally | None


@dataclass(frozen=True, slots=True)
class DataMap:
    """Every record type, as it was counted.

    Attributes:
        at: Unix seconds of the counting.
        places: In the order of the registry.
    """

    at: float
    places: tuple[Place, ...]

    @property
    def overdue(self) -> int:
        """How much there is that should be gone."""
        return sum(one.tally.overdue for one in self.places if one.tally)


class DataMapping:
    """Makes maps.

    Args:
        house: The parts.
        counting: Counts on the disk.
        oldest_ending: For how long the end waits that waits longest, seconds.
        audit_days: How long the audit log is kept.
    """

    def __init__(
        self,
        house: House,
        counting: Counting,
        *,
        oldest_ending: Callable[[], float],
        audit_days: float,
    ) -> None:
        self._house = house
        self._counting = counting
        self._oldest_ending = oldest_ending
        self._lives = {
            names.NOTICES: NOTICES_KEPT,
            "agent sign-ins": GOOD_FOR,
            names.REQUESTS: REQUESTS_KEPT,
            "erased subjects": REMEMBERED,
            names.LOGGED: audit_days * 86_400.0,
        }
        self._alone = asyncio.Lock()
        self._made: dict[AccountId | None, tuple[float, DataMap]] = {}

    async def data_map(self, account: AccountId | None) -> DataMap:
        """The map of ``account``; None: of the whole server.

        As it was up to five seconds ago, or longer where counting takes long.

        Raises:
            Unavailable: The store does not answer.
        """
        clock = self._house.clock
        async with self._alone:
            elapsed = clock.elapsed()
            self._made = {
                whose: made
                for whose, made in self._made.items()
                if made[0] > elapsed
            }
            if account not in self._made:
                made = await self._count(account)
                took = clock.elapsed() - elapsed
                until = clock.elapsed() + max(FRESH, SHARE * took)
                self._made[account] = until, made
            return self._made[account][1]

    async def _count(self, account: AccountId | None) -> DataMap:
        now = self._house.clock.now()
        pages = await self._counting.of_pages(
            account,
            late=now - LATENESS,
            files_late=now - FILES_LATENESS,
            is_stuck=self._oldest_ending() > LATENESS,
        )
        found: dict[str, Tally | None] = {
            **_UNCOUNTED,
            **_by_name(pages),
            **self._in_memory(account, now),
            names.ENDED: self._ended(account, now),
        }
        for name in TALLIES:
            found[name] = await self._counting.of_records(
                name,
                account,
                life=self._lives.get(name, 0.0),
                late=now - HOURLY_LATENESS,
            )
        places = (Place(kind, found[kind.name]) for kind in RECORD_TYPES)
        return DataMap(now, tuple(places))

    def _in_memory(
        self, account: AccountId | None, now: float
    ) -> dict[str, Tally | None]:
        sessions = [
            session
            for session in self._house.sessions
            if account in {None, session.conversation.account}
        ]
        return {
            names.SESSION: self._tally(sessions, now),
            names.CONTEXT: self._tally(
                (one for one in sessions if one.context is not None), now
            ),
            names.COOKIES: self._tally(
                (one for one in sessions if one.cookies), now
            ),
            names.PRIVATE: self._tally(
                (one for one in sessions if one.private or one.customer_id),
                now,
            ),
        }

    def _tally(self, sessions: Iterable[Session], now: float) -> Tally:
        times = [
            (one.conversation.started_at, due_of(self._house, one.conversation))
            for one in sessions
        ]
        return Tally(
            len(times),
            min((since for since, _ in times), default=None),
            min((due for _, due in times), default=None),
            sum(due < now - LATENESS for _, due in times),
        )

    def _ended(self, account: AccountId | None, now: float) -> Tally:
        elapsed, channels = self._house.clock.elapsed(), self._house.channels
        since = [
            now - (elapsed - at)
            for channel, at in self._house.ended.known(elapsed)
            if account is None
            or (channel in channels and channels[channel].account == account)
        ]
        oldest = min(since, default=None)
        next_at = None if oldest is None else oldest + ENDED_KEPT
        return Tally(len(since), oldest, next_at)


def _by_name(pages: OfPages) -> dict[str, Tally]:
    return {
        names.RECORD: pages.conversations,
        names.KEY: pages.conversations,
        names.BY_CUSTOMER: pages.by_customer,
        names.BY_OTHERS: pages.by_others,
        names.ATTACHMENTS: pages.attachments,
        names.CURSORS: pages.cursors,
    }
