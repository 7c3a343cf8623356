"""Tests of server/store/statements.py."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from server.domain.conversation import EndedBy, Phase
from server.ids import AgentId
from server.store import statements
from server.store.rows import ConversationRow, MessageRow, SignInRow
from server.store.statements import FIXED, columns
from tests.store.samples import conversation, keeping, running

SCHEMA = Path(statements.__file__).with_name("schema.sql")


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("conversation", ConversationRow),
        ("message", MessageRow),
        ("sign_in", SignInRow),
    ],
)
def test_a_row_has_the_columns_of_its_table(table: str, row: type) -> None:
    """In the same order, so that the schema can be read beside the class."""
    db = sqlite3.connect(":memory:")
    db.executescript(SCHEMA.read_text())
    found = db.execute("SELECT name FROM pragma_table_info(?)", [table])

    assert tuple(name for (name,) in found) == columns(row)
    db.close()


async def test_every_change_of_a_conversation_is_kept(tmp_path: Path) -> None:
    """A second writing replaces all but what never changes."""
    first = conversation()
    second = replace(
        first,
        phase=Phase.ENDING,
        epoch="00000001",
        slot=9,
        last_at=5.0,
        due_at=6.0,
        last_number=7,
        agent=AgentId("jonas"),
        ended_by=EndedBy.AGENT,
        ended_at=5.5,
        customer="anna",
        terms="2026-1",
        held=True,
        kept_until=9.5,
        transcript_until=9.75,
        customer_delivered=4,
        customer_read=3,
        agent_delivered=2,
        agent_read=1,
    )
    changed = {
        name
        for name in columns(ConversationRow)
        if getattr(first, name) != getattr(second, name)
    }
    assert changed | FIXED == set(columns(ConversationRow))

    async with running(tmp_path / "history.db") as history:
        await history.write(keeping(first))
        await history.write(keeping(second))

        assert await history.conversation(first.id) == second
