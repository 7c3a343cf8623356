"""When each conversation is next to be looked at.

One entry a conversation, whether its session is in memory or not. A hint,
like the wheel beneath it: the truth is in the store, and what comes due is
looked at again before anything is ended.
"""

from __future__ import annotations

from server.ids import ConversationId
from server.live.timer_wheel import Timer, TimerWheel

#: Seconds; the wheel's share of the lateness bound in docs/promises.md.
TICK = 0.25


class Deadlines:
    """Unix seconds by conversation, cheap to move.

    Args:
        start: Unix seconds now.
    """

    def __init__(self, start: float) -> None:
        self._wheel: TimerWheel[ConversationId] = TimerWheel(start, TICK)
        self._last = start
        self._timers: dict[ConversationId, Timer[ConversationId]] = {}

    def __len__(self) -> int:
        return len(self._timers)

    def set(self, conversation: ConversationId, at: float) -> None:
        """Look at ``conversation`` at ``at``, and not before."""
        timer = self._timers.get(conversation)
        if timer is None:
            self._timers[conversation] = self._wheel.set(conversation, at)
        else:
            self._wheel.move(timer, at)

    def cancel(self, conversation: ConversationId) -> None:
        """Never look at it again; safe to repeat."""
        timer = self._timers.pop(conversation, None)
        if timer is not None:
            self._wheel.cancel(timer)

    def advance(self, now: float) -> list[ConversationId]:
        """Remove and return those that are due, each once.

        Args:
            now: Unix seconds; may be less than before, for the wall clock may
                be set back.
        """
        if now < self._last - TICK:
            # Else the wheel waits until the old time is reached again, and
            # everything due before comes late by as much.
            self._wheel.set_back(now)
            self._last = now
        self._last = max(self._last, now)
        due = self._wheel.advance(now)
        for conversation in due:
            del self._timers[conversation]
        return due
