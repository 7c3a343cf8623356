"""Tests of server/store/history.py: what is written, and when it is told."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from server.errors import Misconfigured, RefusalCode, Refused, Unavailable
from server.store.group import Group
from server.store.history import MOST_IN_GROUP, MOST_QUEUED, History
from tests.store.samples import (
    Note,
    adding,
    conversation,
    conversation_id,
    keeping,
    message,
    opened,
    running,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "history.db"


async def test_what_was_written_is_there_again(path: Path) -> None:
    """Closed and opened again, a conversation has its messages."""
    async with running(path) as history:
        await history.write(keeping(conversation()))
        await history.write(adding(message()))

    async with running(path) as history:
        assert await history.messages(conversation_id(1), 0, 9) == [message()]


async def test_what_queues_up_is_one_commit(path: Path) -> None:
    """While one group is on its way, the next one gathers."""
    commits: list[None] = []

    async def count() -> None:
        commits.append(None)

    async with running(path, before_commit=count) as history:
        await asyncio.gather(
            *(
                history.write(keeping(conversation(number)))
                for number in range(50)
            )
        )

        assert len(commits) == 1
        assert len(await history.all_live()) == 50


async def test_a_group_has_a_limit(path: Path) -> None:
    """More than that many changes are more than one commit."""
    commits: list[None] = []

    async def count() -> None:
        commits.append(None)

    async with opened(path, before_commit=count) as history:
        for number in range(MOST_IN_GROUP + 1):
            row = conversation(number)
            history.put(Note(keeping(row)))

    assert len(commits) == 2


async def test_the_queue_has_a_limit(path: Path) -> None:
    """Who comes when the disk is far behind is refused at once."""
    async with opened(path) as history:
        for _ in range(MOST_QUEUED):
            history.put(Note(lambda _: None))

        with pytest.raises(Unavailable):
            history.put(Note(lambda _: None))


async def test_the_last_row_of_a_group_wins(path: Path) -> None:
    """Two messages in one group leave the second one's number."""

    def keep(group: Group) -> None:
        group.keep(conversation(last_number=1))
        group.keep(conversation(last_number=2))

    async with running(path) as history:
        await history.write(keep)

        row = await history.conversation(conversation_id(1))
        assert row is not None
        assert row.last_number == 2


async def test_what_is_erased_stays_erased(path: Path) -> None:
    """Even if the same group keeps it afterwards."""

    def erase_and_keep(group: Group) -> None:
        group.erase(conversation_id(1))
        group.keep(conversation())
        group.add(message())

    async with running(path) as history:
        await history.write(erase_and_keep)

        assert await history.all_live() == []
        assert await history.messages(conversation_id(1), 0, 9) == []


async def test_a_refusal_reaches_its_waiter(path: Path) -> None:
    """``write`` raises what was decided."""

    def refuse(_: Group) -> None:
        raise Refused(RefusalCode.TAKEN)

    async with running(path) as history:
        with pytest.raises(Refused):
            await history.write(refuse)


async def test_nothing_to_write_costs_no_commit(path: Path) -> None:
    """A change of memory alone is told without touching the disk."""
    commits: list[None] = []

    async def count() -> None:
        commits.append(None)

    async with running(path, before_commit=count) as history:
        await history.write(lambda _: None)

    assert commits == []


async def test_the_keys_are_on_disk_before_the_rows(path: Path) -> None:
    """``before_commit`` comes after the decisions, before the rows."""
    seen: list[list[object]] = []
    decided = Note(keeping(conversation()))

    async def look() -> None:
        seen.append([*decided.told, *await history.all_live()])

    async with running(path, before_commit=look) as history:
        history.put(decided)

    assert seen == [[]]
    assert decided.told == ["it committed"]


async def test_closing_writes_what_is_queued(path: Path) -> None:
    """Whether or not somebody is writing; twice is once."""
    note = Note(keeping(conversation()))
    async with opened(path) as history:
        history.put(note)
        await history.close()

        assert note.told == ["it committed"]
        with pytest.raises(Unavailable):
            history.put(note)


async def test_closing_leaves_no_thread(path: Path) -> None:
    """A thread that stays would keep the process from ending."""
    before = set(threading.enumerate())
    async with running(path):
        begun = set(threading.enumerate()) - before

    assert len(begun) == 2
    for thread in begun:
        thread.join(timeout=5.0)
        assert not thread.is_alive()


async def test_a_second_server_is_refused(path: Path) -> None:
    """The first one works on, and no thread of the second stays."""
    async with running(path) as history:
        before = set(threading.enumerate())
        with pytest.raises(Misconfigured, match="another server"):
            await History.open(path)

        assert set(threading.enumerate()) <= before
        await history.write(keeping(conversation()))


async def test_a_cancelled_writer_finishes_its_group(path: Path) -> None:
    """What is on its way is seen through, and told truly."""
    begun, may_go_on = asyncio.Event(), asyncio.Event()
    note = Note(keeping(conversation()))

    async def wait() -> None:
        begun.set()
        await may_go_on.wait()

    async with opened(path, before_commit=wait) as history:
        history.put(note)
        writer = asyncio.create_task(history.run())
        await begun.wait()
        writer.cancel()
        await asyncio.sleep(0)
        assert note.told == []

        may_go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await writer
        assert note.told == ["it committed"]
        assert len(await history.all_live()) == 1


async def test_a_group_that_is_torn_down_has_failed(path: Path) -> None:
    """When the whole loop is cancelled, nobody is told that it is on disk."""
    begun = asyncio.Event()
    note = Note(keeping(conversation()))

    async def wait() -> None:
        begun.set()
        await asyncio.Event().wait()

    async with opened(path, before_commit=wait) as history:
        history.put(note)
        work = asyncio.create_task(history._write_next())
        await begun.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    assert note.told == ["it failed"]
