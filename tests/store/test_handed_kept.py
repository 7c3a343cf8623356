"""Hand-overs of what is kept after its end: told once, and not taken up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from server.domain.conversation import Phase
from tests.store.samples import ACME, conversation, keeping, running
from tests.store.test_handed import BOT, notice


async def test_the_end_of_what_is_kept_is_told_when_it_ends(
    tmp_path: Path,
) -> None:
    """Unless its transcript comes first; and not while it is being erased."""
    closed = replace(
        conversation(1, phase=Phase.CLOSED), kept_until=9.0, last_number=3
    )
    told = replace(notice(), kept_until=9.0)
    async with running(tmp_path / "dayfly.db") as history:
        await history.write(lambda group: group.keep_notice(told))
        seen = []
        for row in (
            replace(closed, transcript_until=9.0),
            closed,
            replace(closed, phase=Phase.ENDING),
        ):
            await history.write(keeping(row))
            seen.append(await history.handed.notices(BOT, 9))

    assert seen == [[], [told], []]


async def test_what_is_closed_is_not_taken_up_again(tmp_path: Path) -> None:
    """It has no session, so there is nothing to bring back."""
    row = replace(conversation(1, phase=Phase.CLOSED), last_number=3)
    async with running(tmp_path / "dayfly.db") as history:
        await history.write(keeping(row))
        closed = await history.handed.pending(BOT, ACME, after="", limit=9)
        await history.write(keeping(replace(row, phase=Phase.WAITING)))
        live = await history.handed.pending(BOT, ACME, after="", limit=9)

    assert (closed, len(live)) == ([], 1)


async def test_the_last_of_what_was_kept_says_so(tmp_path: Path) -> None:
    """Then its end was told when it came, and not once more."""
    row = replace(conversation(1, phase=Phase.ENDING), kept_until=9.0)
    async with running(tmp_path / "dayfly.db") as history:
        await history.write(keeping(row))
        (last,) = await history.handed.last(BOT, ACME, [row.id], of_all=True)

    assert last.kept_until == 9.0
