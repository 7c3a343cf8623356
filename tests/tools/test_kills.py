"""The journal by which lost messages are found."""

from __future__ import annotations

from tools.kills import Journal


def test_what_was_acknowledged_must_be_told_under_its_number() -> None:
    """A message that is missing, or has another number, is lost."""
    journal = Journal(pending={"a": "one", "b": "two", "c": "three"})
    for number, own in enumerate(("a", "b"), start=1):
        journal.note({"id": own, "number": number})

    assert journal.lost_in([{"id": "a", "number": 1}]) == 1
    assert (
        journal.lost_in([{"id": "a", "number": 1}, {"id": "b", "number": 3}])
        == 1
    )
    assert (
        journal.lost_in([{"id": "b", "number": 2}, {"id": "a", "number": 1}])
        == 0
    )
    assert list(journal.pending) == ["c"]
    assert journal.faults == 0


def test_one_id_has_one_number() -> None:
    """A repeat that is answered with another number is a fault."""
    journal = Journal()

    journal.note({"id": "a", "number": 1})
    journal.note({"id": "a", "number": 1})
    assert journal.faults == 0
    journal.note({"id": "a", "number": 2})
    assert journal.faults == 1
