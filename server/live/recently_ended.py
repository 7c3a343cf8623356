"""Which sessions have just ended: so much is said to who can prove its right.

Ids and nothing else, few and not for long. After that nobody can tell an
ended session from one that never was.
"""

from __future__ import annotations

from server.ids import ChannelId, ConversationId

#: Seconds; a back-end's request that crosses an end comes sooner.
KEPT = 600.0
MOST = 10_000


class RecentlyEnded:
    """The channels of ended sessions by id, oldest first."""

    def __init__(self) -> None:
        self._ended: dict[ConversationId, tuple[float, ChannelId]] = {}

    def __len__(self) -> int:
        return len(self._ended)

    def add(
        self, conversation: ConversationId, channel: ChannelId, *, at: float
    ) -> None:
        """It ended at monotonic ``at``."""
        self._drop_old(at)
        self._ended[conversation] = at, channel
        if len(self._ended) > MOST:
            del self._ended[next(iter(self._ended))]

    def channel_of(
        self, conversation: ConversationId, *, at: float
    ) -> ChannelId | None:
        """Through which channel it came; None if that is not known."""
        self._drop_old(at)
        _, channel = self._ended.get(conversation, (0.0, None))
        return channel

    def seconds_left(self, conversation: ConversationId, *, at: float) -> float:
        """For how long its id is still kept."""
        self._drop_old(at)
        ended_at, _ = self._ended.get(conversation, (at - KEPT, None))
        return ended_at + KEPT - at

    def known(self, at: float) -> list[tuple[ChannelId, float]]:
        """The channel of each, and when it ended by the monotonic clock."""
        self._drop_old(at)
        return [(channel, ended) for ended, channel in self._ended.values()]

    def _drop_old(self, at: float) -> None:
        while self._ended:
            oldest = next(iter(self._ended))
            if self._ended[oldest][0] + KEPT > at:
                break
            del self._ended[oldest]
