"""How long a conversation lives: durations in, deadlines out.

The answer to "where would I change how long messages live?". The durations
come from the channel (settings: ``inactivity_minutes``, ``max_age_hours``,
``retention_days``, ``transcript_patience_seconds``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.domain.conversation import EndedBy, Keep

#: Seconds of notice before a conversation ends by itself: enough to read the
#: warning and to type a word.
NOTICE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a conversation ends by itself, if nothing moves that.

    Attributes:
        due_at: Unix seconds; it has ended from then on.
        warn_at: Unix seconds; when its people are told.
        why: What it will have ended by.
    """

    due_at: float
    warn_at: float
    why: Literal[EndedBy.INACTIVITY, EndedBy.AGE]


def deadline(
    *, started_at: float, last_at: float, inactivity: float, max_age: float
) -> Deadline:
    """When a conversation ends: by silence or by age, whichever is first.

    Args:
        started_at: Unix seconds of its start.
        last_at: Unix seconds of the newest sign of life.
        inactivity: Seconds of silence it may last.
        max_age: Seconds from its start it may last.
    """
    silent_at = last_at + inactivity
    old_at = started_at + max_age
    due_at = min(silent_at, old_at)
    return Deadline(
        due_at=due_at,
        warn_at=due_at - min(NOTICE, inactivity / 2),
        why=EndedBy.AGE if old_at < silent_at else EndedBy.INACTIVITY,
    )


def keep(
    *,
    ended_at: float,
    retention: float,
    is_held: bool,
    transcript_until: float | None,
) -> Keep | None:
    """How long a conversation is kept after its end; None: not at all.

    Args:
        ended_at: Unix seconds of its end.
        retention: Seconds for which it is to be kept.
        is_held: Whether it must not be erased until that is lifted.
        transcript_until: Unix seconds until which somebody is tried to be
            given its transcript before it is erased; None: nobody is to have
            it.
    """
    if not (is_held or retention > 0 or transcript_until is not None):
        return None
    return Keep(until=ended_at + retention, transcript_until=transcript_until)
