"""A conversation after its end: kept, held, and due to be erased."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.conversation import (
    NEVER,
    Conversation,
    EndedBy,
    Keep,
    Phase,
)
from server.errors import RefusalCode, Refused
from tests.domain.test_conversation import JONAS, conversation


def closed(before: Conversation, until: float = 500.0) -> Conversation:
    """What is kept of it, ended by its age at 200."""
    return before.close(EndedBy.AGE, at=200.0, keep=Keep(until=until))


def test_what_is_kept_is_closed_until_its_time_is_over() -> None:
    """It knows when it ended, by whom, and when it is to be erased."""
    kept = closed(conversation(Phase.ACTIVE))

    assert (kept.phase, kept.agent) == (Phase.CLOSED, None)
    assert (kept.ended_by, kept.ended_at) == (EndedBy.AGE, 200.0)
    assert kept.erase_at == 500.0
    assert kept.end(EndedBy.OPERATOR).ended_by is EndedBy.AGE


def test_closing_twice_is_closing_once() -> None:
    """The second end changes neither who ended it nor how long it is kept."""
    kept = closed(conversation(Phase.WAITING))

    assert closed(kept, until=900.0) is kept


def test_a_transcript_is_waited_for() -> None:
    """What is kept for nothing else goes when that is over, not before."""
    waiting = conversation(Phase.WAITING).close(
        EndedBy.CUSTOMER,
        at=200.0,
        keep=Keep(until=200.0, transcript_until=260.0),
    )

    assert waiting.erase_at == 260.0
    assert replace(waiting, transcript_until=None).erase_at == 200.0


def test_what_is_held_is_never_due_and_cannot_be_erased() -> None:
    """Until the hold is lifted; then it is due when it was."""
    held = closed(conversation(Phase.WAITING)).hold(is_held=True)

    assert held.erase_at == NEVER
    with pytest.raises(Refused) as refused:
        held.end(EndedBy.OPERATOR)
    assert refused.value.code is RefusalCode.ON_HOLD
    assert held.hold(is_held=False).erase_at == 500.0


def test_a_live_one_that_is_held_cannot_be_erased_but_can_close() -> None:
    """The mark is there before the end."""
    held = conversation(Phase.ACTIVE).hold(is_held=True)

    with pytest.raises(Refused) as refused:
        held.end(EndedBy.CUSTOMER)
    assert refused.value.code is RefusalCode.ON_HOLD
    assert closed(held).phase is Phase.CLOSED


@pytest.mark.parametrize(
    ("phase", "code"),
    [
        (Phase.OPEN, RefusalCode.CONVERSATION_UNKNOWN),
        (Phase.ENDING, RefusalCode.CONVERSATION_ENDED),
        (Phase.GONE, RefusalCode.CONVERSATION_ENDED),
    ],
)
def test_what_is_not_stored_or_is_being_erased_cannot_be_held(
    phase: Phase, code: RefusalCode
) -> None:
    """A hold is no way back."""
    with pytest.raises(Refused) as refused:
        conversation(phase).hold(is_held=True)

    assert refused.value.code is code


def test_agents_cannot_close_what_they_do_not_have() -> None:
    """Closing asks the same as ending."""
    keep = Keep(until=1.0)
    for phase in (Phase.SERVED, Phase.ACTIVE):
        with pytest.raises(Refused):
            conversation(phase).close(
                EndedBy.AGENT, agent=JONAS, at=1.0, keep=keep
            )
