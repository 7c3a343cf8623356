"""Tests of server/store/reading.py: attachments, kept and let go of."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.errors import Unavailable
from server.store.group import Group
from server.store.history import History
from server.store.rows import AttachmentRow
from tests.store.samples import (
    attachment,
    conversation,
    conversation_id,
    erasing,
    keeping,
    running,
)


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    """A history with two conversations."""
    async with running(tmp_path / "history.db") as history:
        await history.write(keeping(conversation(1)))
        await history.write(keeping(conversation(2)))
        yield history


async def add(history: History, *rows: AttachmentRow) -> None:
    """Write ``rows``."""

    def decide(group: Group) -> None:
        for row in rows:
            group.add_attachment(row)

    await history.write(decide)


async def test_an_attachment_is_found_by_its_id(history: History) -> None:
    """What was added comes back equal; unknown ones are None."""
    row = attachment("a", of=2, size=0)
    await add(history, row)

    assert await history.attachment("a") == row
    assert await history.attachment("A") is None
    assert await history.attachment("a\0") is None


async def test_attachments_are_counted_by_conversation(
    history: History,
) -> None:
    """How many, and bytes in all; of this one only."""
    await add(history, attachment("a"), attachment("b", size=5))
    await add(history, attachment("c", of=2))

    assert await history.room_taken(conversation_id(1)) == (2, 12)
    assert await history.room_taken(conversation_id(3)) == (0, 0)


async def test_ids_are_listed_by_conversation(history: History) -> None:
    """Of some, of none, and of all there are."""
    await add(history, attachment("a"), attachment("b"))
    await add(history, attachment("c", of=2))
    one, two = conversation_id(1), conversation_id(2)

    assert sorted(await history.attachment_ids([one])) == ["a", "b"]
    assert sorted(await history.attachment_ids([one, two])) == ["a", "b", "c"]
    assert await history.attachment_ids([]) == []
    assert sorted(await history.attachment_ids(None)) == ["a", "b", "c"]


async def test_those_too_old_are_found(history: History) -> None:
    """At their very second, and so many at most."""
    rows = [attachment(f"{n}", expires_at=100.0 + n) for n in range(5)]
    await add(history, *rows)

    assert await history.expired_attachments(99.9, 9) == []
    assert await history.expired_attachments(101.0, 9) == rows[:2]
    assert len(await history.expired_attachments(999.0, 3)) == 3


async def test_one_is_dropped_and_the_others_stay(history: History) -> None:
    """Dropping what is not there is no error."""
    await add(history, attachment("a"), attachment("b"))

    await history.write(lambda group: group.drop_attachment("a"))
    await history.write(lambda group: group.drop_attachment("never"))

    assert await history.attachment_ids(None) == ["b"]


async def test_attachments_go_with_their_conversation(
    history: History, tmp_path: Path
) -> None:
    """Rows, index and log hold nothing of them; others stay."""
    sealed = [random.Random(n).randbytes(90) for n in range(9)]
    ids = [f"attachment-{n}-canary" for n in range(9)]
    await add(
        history,
        *(
            attachment(id_, sealed=one)
            for id_, one in zip(ids, sealed, strict=True)
        ),
    )
    await add(history, attachment("other", of=2))
    dead = [*sealed, *(id_.encode() for id_ in ids)]
    assert all(one in on_disk(tmp_path) for one in dead)

    await history.write(erasing(1))
    await history.checkpoint()

    assert not any(one in on_disk(tmp_path) for one in dead)
    assert await history.attachment_ids(None) == ["other"]


def on_disk(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"".join(
        path.read_bytes() for path in folder.iterdir() if path.is_file()
    )


async def test_a_file_of_no_conversation_is_not_kept(history: History) -> None:
    """A row that comes too late must not outlive what it belongs to."""
    with pytest.raises(Unavailable):
        await add(history, attachment("late", of=3))

    assert await history.attachment_ids(None) == []


async def test_an_end_in_the_same_group_takes_it_along(
    history: History,
) -> None:
    """Deletions come last, whatever else the group says."""

    def decide(group: Group) -> None:
        group.erase(conversation_id(1))
        group.add_attachment(attachment("a"))

    await history.write(decide)

    assert await history.attachment_ids(None) == []


def test_a_row_does_not_show_what_is_sealed() -> None:
    """Not in an error, not in a log."""
    assert "sealed" not in repr(attachment())
