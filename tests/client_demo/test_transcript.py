"""The client's picture of a conversation is always a whole beginning of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_demo.transcript import UNKEPT, Marks, Said, Transcript
from tests.client_demo.scripted import C, message, summary

AUTHORS = st.lists(st.sampled_from(["customer", "agent"]), max_size=12)
NUMBERS = st.integers(min_value=0, max_value=20)


def conversation(authors: list[str]) -> list[Said]:
    """What everybody sees: one message by each of ``authors``."""
    return [
        Said.of(message(n, f"text {n}", author))
        for n, author in enumerate(authors, start=1)
    ]


def begun(**changes: object) -> Transcript:
    """A customer's transcript after ``welcome``."""
    transcript = Transcript("customer")
    transcript.begin(summary(**changes))
    return transcript


@given(AUTHORS, st.data())
def test_any_order_and_any_repeats_give_the_same_conversation(
    authors: list[str], data: st.DataObject
) -> None:
    """Live, by pages, by acks, twice: what is shown never has a gap."""
    said = conversation(authors)
    transcript = begun()
    for own in (one for one in said if one.author == "customer"):
        transcript.write(own.id, own.text)
    extra = data.draw(st.lists(st.sampled_from(said))) if said else []
    for one in data.draw(st.permutations([*said, *extra])):
        by_ack = one.author == "customer" and data.draw(st.booleans())
        if by_ack:
            transcript.acked(one.id, number=one.number, at=one.at)
        else:
            transcript.take_in(one)
        assert [m.text for m in transcript.messages()] == [
            m.text for m in said[: transcript.last]
        ]
    assert transcript.last == len(said)
    assert not transcript.has_gap
    assert not transcript.pending


def test_words_that_were_not_kept_are_said_to_be_so() -> None:
    """Live they are there; in history something stands in their place."""
    live = Said.of(message(1, "My secret") | {"unkept": True})
    later = Said.of(message(1, "") | {"unkept": True})

    assert live.text == "My secret"
    assert later.text == UNKEPT
    assert Said.of(message(1, "")).text == ""


@given(st.lists(st.tuples(NUMBERS, NUMBERS)))
def test_marks_only_grow(steps: list[tuple[int, int]]) -> None:
    """A late or repeated ``seen`` takes nothing back."""
    marks = Marks()
    for delivered, read in steps:
        grown = marks.grown(delivered=delivered, read=read)
        assert grown.delivered >= max(marks.delivered, delivered, grown.read)
        assert grown.read == max(marks.read, read)
        marks = grown


def test_what_is_pending_survives_a_replaced_history() -> None:
    """``resync`` drops what the server said, not what we have to say."""
    transcript = begun()
    transcript.take_in(Said.of(message(1, "old")))
    transcript.write("mine", "new")
    transcript.start_over("00000002")
    assert transcript.messages() == ()
    assert (transcript.last, transcript.epoch) == (0, "00000002")
    assert transcript.pending == {"mine": "new"}


def test_a_changed_epoch_is_left_to_resync() -> None:
    """Our next ``hello`` must name the epoch of what we hold."""
    transcript = begun()
    transcript.begin(summary(epoch="00000002"))
    assert transcript.epoch == "9f2c41d0"


def test_another_conversation_begins_blank() -> None:
    """Nothing of an earlier one is shown in a new one."""
    transcript = begun()
    transcript.take_in(Said.of(message(1, "old")))
    transcript.begin(summary(conversation=C[::-1]))
    assert transcript.messages() == ()


def test_an_ack_for_what_is_not_pending_changes_nothing() -> None:
    """The answer to a repeat may come when history has told it already."""
    transcript = begun()
    assert not transcript.acked("unknown", number=1, at=1)
    assert transcript.last == 0


@pytest.mark.parametrize(
    ("delivered", "read", "tick"),
    [(0, 0, "sent"), (1, 0, "delivered"), (1, 1, "read")],
)
def test_a_tick_says_how_far_it_got(
    delivered: int, read: int, tick: str
) -> None:
    """The other side's marks decide."""
    transcript = begun()
    transcript.seen("agent", delivered=delivered, read=read)
    said = Said.of(message(1, "hello", "customer"))
    assert transcript.tick(said) == tick


def test_nothing_that_was_said_is_in_a_repr() -> None:
    """A traceback of the client must not quote a conversation."""
    assert "secret" not in repr(Said.of(message(1, "secret")))
