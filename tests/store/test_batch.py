"""Tests of server/store/batch.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from server.errors import RefusalCode, Refused, Unavailable
from server.store.batch import Batch, Written
from server.store.group import Group
from tests.store.samples import Note, adding, message


def refuse(_: Group) -> None:
    """Decide against it."""
    raise Refused(RefusalCode.CONVERSATION_ENDED)


def test_a_refused_change_is_told_at_once() -> None:
    """The others go on without it; it hears nothing more."""
    refused = Note(refuse)
    kept = Note(adding(message()))

    batch = Batch([refused, kept])
    batch.committed()

    assert refused.told == ["it failed"]
    assert isinstance(refused.errors[0], Refused)
    assert kept.told == ["it committed"]
    assert batch.group.messages == [message()]


def test_changes_are_told_in_their_order() -> None:
    """The first to be put is the first to be acknowledged."""
    told: list[str] = []
    notes = [
        Note(lambda _: None, name=name, told=told) for name in ("a", "b", "c")
    ]

    Batch(notes).committed()

    assert told == ["a committed", "b committed", "c committed"]


def undoing(name: str, told: list[str]) -> Callable[[Group], None]:
    """The decision to do nothing, and to say when it is undone."""
    return lambda group: group.undo(lambda: told.append(f"{name} undone"))


def stumble() -> None:
    """Fail with what was typed in the error's text."""
    raise KeyError("4111 1111 1111 1111")


def test_a_failed_group_is_undone_newest_first() -> None:
    """Memory is as it was before anybody is told."""
    told: list[str] = []
    notes = [
        Note(undoing(name, told), name=name, told=told) for name in ("a", "b")
    ]

    Batch(notes).failed()

    assert told == ["b undone", "a undone", "a failed", "b failed"]
    assert isinstance(notes[0].errors[0], Unavailable)


class Broken(Note):
    """A change whose callbacks have a fault."""

    def committed(self) -> None:
        stumble()

    def failed(self, error: Exception, /) -> None:
        stumble()


@pytest.mark.parametrize("end", [Batch.committed, Batch.failed])
def test_a_broken_callback_stops_no_other(
    end: Callable[[Batch], None], caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged by its type, never by what it stumbled over."""
    note = Note(lambda group: group.undo(stumble))

    end(Batch([Broken(lambda _: None), note]))

    assert len(note.told) == 1
    assert {vars(record)["kind"] for record in caplog.records} == {"KeyError"}
    assert "4111" not in caplog.text


def test_a_decision_that_breaks_off_spoils_the_group() -> None:
    """Nobody knows what it has put in, so none of it may be written."""

    def break_off(group: Group) -> None:
        group.add(message())
        raise RuntimeError

    broken = Note(break_off)
    innocent = Note(lambda _: None)
    batch = Batch([innocent, broken])
    assert not batch.is_sound

    batch.failed()

    assert broken.told == innocent.told == ["it failed"]


async def test_nobody_waits_any_more() -> None:
    """A cancelled waiter is passed over, whatever the outcome."""
    for tell in (
        Written.committed,
        lambda change: change.failed(Unavailable()),
    ):
        change = Written(lambda _: None)
        change.done.cancel()
        tell(change)

        with pytest.raises(asyncio.CancelledError):
            await change.done
