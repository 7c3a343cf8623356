"""Durations in, deadlines out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.domain.conversation import EndedBy, Keep
from server.domain.retention import deadline, keep

times = st.floats(0.0, 4e9)
spans = st.floats(1.0, 1e8)


def test_silence_ends_a_conversation() -> None:
    """Half an hour after the last sign of life, warned a minute before."""
    ends = deadline(
        started_at=1000.0, last_at=4000.0, inactivity=1800.0, max_age=86_400.0
    )

    assert (ends.due_at, ends.warn_at) == (5800.0, 5740.0)
    assert ends.why is EndedBy.INACTIVITY


def test_age_ends_a_conversation_that_never_falls_silent() -> None:
    """A sign of life does not move the greatest age."""
    ends = deadline(
        started_at=0.0, last_at=86_300.0, inactivity=1800.0, max_age=86_400.0
    )

    assert (ends.due_at, ends.warn_at) == (86_400.0, 86_340.0)
    assert ends.why is EndedBy.AGE


def test_a_short_silence_is_warned_of_half_way() -> None:
    """Who has ten seconds is not warned a minute before."""
    ends = deadline(
        started_at=0.0, last_at=0.0, inactivity=10.0, max_age=86_400.0
    )

    assert (ends.due_at, ends.warn_at) == (10.0, 5.0)


@given(times, spans, spans, spans)
def test_a_deadline_is_never_after_either_limit(
    started_at: float, lived: float, inactivity: float, max_age: float
) -> None:
    """The first limit counts, and the warning comes before it."""
    last_at = started_at + lived

    ends = deadline(
        started_at=started_at,
        last_at=last_at,
        inactivity=inactivity,
        max_age=max_age,
    )

    assert ends.due_at == min(last_at + inactivity, started_at + max_age)
    assert ends.due_at - 60.0 <= ends.warn_at < ends.due_at


def test_nothing_is_kept_unless_somebody_wants_it() -> None:
    """Neither days, nor a hold, nor a transcript: it is erased at once."""
    assert (
        keep(ended_at=5.0, retention=0, is_held=False, transcript_until=None)
        is None
    )


def test_what_is_kept_is_kept_from_its_end_on() -> None:
    """For the channel's days; a hold and a transcript are waited for."""
    for_days = keep(
        ended_at=5.0, retention=60.0, is_held=False, transcript_until=None
    )
    held = keep(ended_at=5.0, retention=0, is_held=True, transcript_until=None)
    handed = keep(
        ended_at=5.0, retention=0, is_held=False, transcript_until=9.0
    )

    assert for_days == Keep(until=65.0)
    assert held == Keep(until=5.0)
    assert handed == Keep(until=5.0, transcript_until=9.0)
