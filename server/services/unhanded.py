"""What was not handed over of conversations that nobody has in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from server.domain.application import Wish
from server.domain.channel import Channel
from server.domain.restriction import Use
from server.domain.retention import deadline
from server.ids import AccountId, ApplicationId, ChannelId, ConversationId
from server.live.flagged import Flagged
from server.services.reaching import Reach
from server.services.timing import INACTIVITY, MAX_AGE
from server.services.turns import Handed
from server.store.rows import LastRow, NoticeRow


class HandOvers(Handed, Protocol):
    """What the store knows of hand-overs."""

    async def pending(
        self,
        application: ApplicationId,
        account: AccountId,
        *,
        after: str,
        limit: int,
    ) -> list[tuple[ConversationId, ChannelId]]:
        """Live conversations that it has not been handed whole, by id."""
        ...

    async def last(
        self,
        application: ApplicationId,
        account: AccountId,
        conversations: Sequence[ConversationId],
        *,
        of_all: bool,
    ) -> list[LastRow]:
        """What there is to say of conversations that are to be erased."""
        ...

    async def notices(
        self, application: ApplicationId, limit: int
    ) -> list[NoticeRow]:
        """Ends that it is still to be told, the oldest first."""
        ...


class Unhanded:
    """Looks up what to tell of the end of what is only on disk."""

    def __init__(
        self,
        handed: HandOvers,
        reaches: Mapping[ApplicationId, Reach],
        flagged: Flagged,
    ) -> None:
        self._handed = handed
        self._reaches = reaches
        self._flagged = flagged

    async def rows(
        self,
        conversations: Sequence[ConversationId],
        channels: Mapping[ChannelId, Channel],
        *,
        now: float,
        kept: bool = False,
    ) -> list[NoticeRow]:
        """A notice for each of them and each application it concerns.

        Args:
            conversations: Which.
            channels: All there are.
            now: Unix seconds.
            kept: Whether they are kept; those of the other kind are left
                out, for their end was told when it came.

        Raises:
            Unavailable: The store does not answer.
        """
        found: list[NoticeRow] = []
        for reach in self._reaches.values():
            one = reach.application
            rows = await self._handed.last(
                one.id,
                one.account,
                conversations,
                of_all=Wish.AGENT_MESSAGES in one.wants,
            )
            found += [
                _notice(row, one.id, channels.get(row.channel), now)
                for row in rows
                if one.serves(row.account, row.channel)
                and (row.kept_until is not None) is kept
                and self._flagged.allows(row.customer, Use.APPLICATION)
            ]
        return found


def _notice(
    row: LastRow,
    application: ApplicationId,
    channel: Channel | None,
    now: float,
) -> NoticeRow:
    # One without a mark came due while the server was down.
    why = deadline(
        started_at=row.started_at,
        last_at=row.last_at,
        inactivity=channel.inactivity if channel else INACTIVITY,
        max_age=channel.max_age if channel else MAX_AGE,
    ).why
    return NoticeRow(
        conversation=row.id,
        application=application,
        account=row.account,
        channel=row.channel,
        ended_by=row.ended_by or why,
        ended_at=now,
        kept_until=row.kept_until,
        messages=row.last_number,
        undelivered=row.unhanded,
    )
