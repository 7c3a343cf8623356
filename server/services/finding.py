"""Finding: where some words stand in what is held of an account.

The privacy officer's search. What is sealed is opened in memory, one page at
a time, compared and dropped; nothing is indexed by its words, because an index
of words is a copy of them. Slow on purpose, then: bounded a call, to be gone
on with, one at a time an account, and every one is written down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from server.domain.audit import AuditEvent
from server.domain.folding import fold
from server.domain.permission import Principal
from server.errors import RefusalCode, Refused
from server.ids import AccountId
from server.services.audit import note_by
from server.services.held_texts import HeldText, HeldTexts, Place
from server.services.house import House

#: Characters of what is looked for: shorter is found everywhere.
SHORTEST: Final = 3
LONGEST: Final = 200
#: Texts looked through in one call, and hits told: a second or so.
MOST_TEXTS: Final = 20_000
MOST_HITS: Final = 100
#: Characters told on either side of what was found.
AROUND: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one call has found.

    Attributes:
        hits: Where, with the words around it.
        looked: How many texts were looked through.
        after: Where to go on; None: that was all.
    """

    hits: tuple[HeldText, ...]
    looked: int
    after: str | None


class Finding:
    """Looks through what is held.

    Args:
        house: The parts.
        texts: What is held.
    """

    def __init__(self, house: House, texts: HeldTexts) -> None:
        self._house = house
        self._texts = texts
        self._looking: set[AccountId] = set()

    async def find(
        self, by: Principal, account: AccountId, text: str, *, after: str = ""
    ) -> Found:
        """Where ``text`` stands; capitals, width and accents do not count.

        Args:
            by: Who looks.
            account: In whose things.
            text: For what.
            after: Where the call before stopped.

        Raises:
            Refused: ``MALFORMED``: too short or too long; ``TOO_MANY``: a
                search of this account is under way.
            ServerError: What is stored cannot be read.
        """
        wanted = fold(text).text.casefold()
        if not SHORTEST <= len(wanted) <= LONGEST:
            raise Refused(RefusalCode.MALFORMED, path="$.text")
        if account in self._looking:
            raise Refused(RefusalCode.TOO_MANY)
        self._looking.add(account)
        try:
            found = await self._find(account, wanted, after)
        finally:
            self._looking.discard(account)
        note_by(
            self._house.audit,
            by,
            AuditEvent.PRIVACY_SEARCHED,
            detail=str(len(found.hits)),
        )
        return found

    async def _find(self, account: AccountId, wanted: str, after: str) -> Found:
        hits: list[HeldText] = []
        looked = 0
        async for place in self._texts.places(account, after):
            hits += _hits_in(place, wanted)
            looked += len(place.texts)
            if looked >= MOST_TEXTS or len(hits) >= MOST_HITS:
                return Found(hits=tuple(hits), looked=looked, after=place.name)
            # Whoever chats meanwhile is not to wait for a search.
            await asyncio.sleep(0)
        return Found(hits=tuple(hits), looked=looked, after=None)


def _hits_in(place: Place, wanted: str) -> Iterator[HeldText]:
    for hit in place.texts:
        folded = fold(hit.text)
        at = folded.text.casefold().find(wanted)
        if at < 0:
            continue
        # Folding case makes a few signs longer: an excerpt, cut by its
        # beginning, may then be off by as many.
        start, _ = folded.back(_sign(at, len(folded.text)))
        yield replace(
            hit,
            text=hit.text[
                max(0, start - AROUND) : start + len(wanted) + AROUND
            ],
        )


def _sign(at: int, length: int) -> tuple[int, int]:
    at = min(at, length - 1)
    return at, at + 1
