"""What is kept after its end: listed by account, page by page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from server.domain.conversation import Phase
from server.ids import AccountId
from server.store.rows import LiveRow
from tests.store.samples import ACME, conversation, keeping, running


async def test_closed_and_held_ones_are_listed_by_id(tmp_path: Path) -> None:
    """Of one account; what goes on or is being erased is not among them."""
    rows = [
        replace(conversation(1, phase=Phase.CLOSED), kept_until=9.0),
        replace(conversation(2), held=True),
        conversation(3),
        conversation(4, phase=Phase.ENDING),
        conversation(5, phase=Phase.CLOSED),
        conversation(6, phase=Phase.CLOSED, account=AccountId("other")),
    ]
    async with running(tmp_path / "history.db") as history:
        for row in rows:
            await history.write(keeping(row))
        first = await history.kept(ACME, after="", limit=2)
        second = await history.kept(ACME, after=first[-1].id, limit=2)

        assert first == rows[:2]
        assert second == [rows[4]]
        assert all(isinstance(row.held, bool) for row in first)


async def test_the_list_reads_no_conversation_that_goes_on(
    tmp_path: Path,
) -> None:
    """By an index of its own: the others may be a hundred thousand."""
    async with running(tmp_path / "history.db") as history:
        plan = await history._rows(
            "EXPLAIN QUERY PLAN SELECT id FROM conversation"
            " WHERE account = ? AND id > ? AND (phase = 'closed' OR held)"
            " ORDER BY id LIMIT ?",
            *("acme", "", 1),
        )

        assert "conversation_kept" in str([tuple(row) for row in plan])


async def test_the_start_is_told_what_waits_for_its_transcript(
    tmp_path: Path,
) -> None:
    """So that it is handed on, and nothing else read."""
    row = replace(conversation(1, phase=Phase.CLOSED), transcript_until=9.0)
    async with running(tmp_path / "history.db") as history:
        await history.write(keeping(row))

        assert await history.all_live() == [
            LiveRow(
                id=row.id,
                account=ACME,
                slot=row.slot,
                phase=Phase.CLOSED,
                due_at=row.due_at,
                started_at=row.started_at,
                waits=True,
            )
        ]
