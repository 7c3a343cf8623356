"""What the store knows of hand-overs, and when it forgets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server.domain.conversation import EndedBy, Phase
from server.errors import Corrupt
from server.ids import ApplicationId, ChannelId
from server.store.group import Group
from server.store.history import History
from server.store.rows import CursorRow, NoticeRow
from tests.store.samples import (
    ACME,
    conversation,
    conversation_id,
    message,
    running,
)
from tests.store.test_connection import alter

BOT = ApplicationId("bot")


def cursor(number: int, *, of: int = 1) -> CursorRow:
    """How far the bot has been handed a conversation."""
    return CursorRow(
        conversation=conversation_id(of), application=BOT, cursor=number
    )


def notice(of: int = 1, *, undelivered: int = 0) -> NoticeRow:
    """That a conversation has ended."""
    return NoticeRow(
        conversation=conversation_id(of),
        application=BOT,
        account=ACME,
        channel=ChannelId("shop"),
        ended_by=EndedBy.CUSTOMER,
        ended_at=1000.0 + of,
        kept_until=None,
        messages=3,
        undelivered=undelivered,
    )


def moved(number: int, *, of: int = 1) -> Callable[[Group], None]:
    """The decision to keep a cursor."""
    return lambda group: group.keep_cursor(cursor(number, of=of))


def noticed(of: int) -> Callable[[Group], None]:
    """The decision to keep a notice."""
    return lambda group: group.keep_notice(notice(of))


async def three_messages(history: History, of: int = 1) -> None:
    """A conversation: the customer, the agent, the customer."""

    def keep(group: Group) -> None:
        group.keep(conversation(of, last_number=3))
        for number in (1, 2, 3):
            row = message(number, of=of)
            group.add(replace(row, by_customer=number != 2))

    await history.write(keep)


async def test_a_cursor_is_kept_and_moved(tmp_path: Path) -> None:
    """The last cursor written is the one read back."""
    async with running(tmp_path / "dayfly.db") as history:
        await three_messages(history)
        for number in (0, 2):
            await history.write(moved(number))

        assert await history.handed.cursor(conversation_id(1), BOT) == 2
        assert await history.handed.cursor(conversation_id(2), BOT) is None


async def test_a_cursor_goes_with_its_conversation(tmp_path: Path) -> None:
    """Neither one that was there nor one that comes late outlives it."""
    async with running(tmp_path / "dayfly.db") as history:
        await three_messages(history)
        await history.write(lambda group: group.keep_cursor(cursor(1)))
        await history.write(lambda group: group.erase(conversation_id(1)))
        await history.write(lambda group: group.keep_cursor(cursor(2)))

        assert await history.handed.cursor(conversation_id(1), BOT) is None


async def test_pending_are_those_behind_their_last_message(
    tmp_path: Path,
) -> None:
    """What was handed whole, or is being erased, is not looked for."""
    async with running(tmp_path / "dayfly.db") as history:
        for number in (1, 2, 3, 4):
            await three_messages(history, number)
        await history.write(lambda group: group.keep_cursor(cursor(3, of=2)))
        await history.write(lambda group: group.keep_cursor(cursor(2, of=3)))
        ending = conversation(4, phase=Phase.ENDING, last_number=3)
        await history.write(lambda group: group.keep(ending))

        found = await history.handed.pending(BOT, ACME, after="", limit=9)
        rest = await history.handed.pending(
            BOT, ACME, after=conversation_id(1), limit=9
        )

    assert [id_ for id_, _ in found] == [conversation_id(1), conversation_id(3)]
    assert rest == found[1:]


async def test_what_lies_behind_a_cursor_is_counted(tmp_path: Path) -> None:
    """By author, between two numbers."""
    async with running(tmp_path / "dayfly.db") as history:
        await three_messages(history)
        count = history.handed.count

        assert await count(conversation_id(1), 0, 3, of_all=False) == 2
        assert await count(conversation_id(1), 0, 3, of_all=True) == 3
        assert await count(conversation_id(1), 1, 2, of_all=True) == 1


async def test_the_last_of_a_conversation_names_what_was_not_handed(
    tmp_path: Path,
) -> None:
    """Its row, with how many of its messages were not taken."""
    async with running(tmp_path / "dayfly.db") as history:
        await three_messages(history, 1)
        await three_messages(history, 2)
        await history.write(lambda group: group.keep_cursor(cursor(1, of=2)))
        rows = await history.handed.last(
            BOT, ACME, [conversation_id(1), conversation_id(2)], of_all=False
        )

    assert {(row.id, row.unhanded) for row in rows} == {
        (conversation_id(1), 2),
        (conversation_id(2), 1),
    }
    assert rows[0].last_number == 3


async def test_a_notice_outlives_its_conversation(tmp_path: Path) -> None:
    """It is there until it is dropped, with the counts written last."""
    async with running(tmp_path / "dayfly.db") as history:
        await three_messages(history)
        await history.write(lambda group: group.keep_notice(notice()))
        await history.write(lambda group: group.erase(conversation_id(1)))
        late = notice(undelivered=2)
        await history.write(lambda group: group.keep_notice(late))
        kept = await history.handed.notices(BOT, 9)
        await history.write(
            lambda group: group.drop_notice(conversation_id(1), BOT)
        )

        assert kept == [late]
        assert await history.handed.notices(BOT, 9) == []


async def test_a_notice_that_names_nobody_is_damage(tmp_path: Path) -> None:
    """Whoever ended it is one of those there are, or the file is damaged."""
    path = tmp_path / "dayfly.db"
    async with running(path) as history:
        await history.write(noticed(1))
        alter(path, "UPDATE ending_notice SET ended_by = 'the weather'")

        with pytest.raises(Corrupt):
            await history.handed.notices(BOT, 9)


async def test_the_oldest_notices_come_first(tmp_path: Path) -> None:
    """And no more of them than asked for."""
    async with running(tmp_path / "dayfly.db") as history:
        for number in (3, 1, 2):
            await history.write(noticed(number))

        found = await history.handed.notices(BOT, 2)

    assert [row.conversation for row in found] == [
        conversation_id(1),
        conversation_id(2),
    ]


async def test_an_end_is_not_told_before_the_erasing(tmp_path: Path) -> None:
    """A notice of what is still there is not found."""
    async with running(tmp_path / "dayfly.db") as history:
        await three_messages(history)
        await history.write(noticed(1))
        before = await history.handed.notices(BOT, 9)
        await history.write(lambda group: group.erase(conversation_id(1)))

        assert before == []
        assert len(await history.handed.notices(BOT, 9)) == 1


async def test_old_notices_are_dropped(tmp_path: Path) -> None:
    """Whether their application still exists or not."""
    async with running(tmp_path / "dayfly.db") as history:
        await history.write(noticed(1))
        await history.write(noticed(2))
        await history.write(lambda group: group.expire_notices(1001.5))

        kept = await history.handed.notices(BOT, 9)

    assert [row.conversation for row in kept] == [conversation_id(2)]
