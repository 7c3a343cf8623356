"""Files that do not get through leave nothing, whatever stops them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server.domain.message import Author
from server.errors import Unavailable
from server.services.uploading import (
    FileRefused,
    NotTaken,
    Upload,
)
from server.vault.chunks import CHUNK
from tests.services.files import Filing
from tests.services.worlds import settle


@pytest.fixture
async def world() -> Filing:
    """A world whose channel takes files."""
    return Filing()


async def begin(world: Filing, which: str, **about: Any) -> Upload:
    """An upload under way."""
    session = world.session(which)
    about = {"side": Author.CUSTOMER, "name": "x", "size": None} | about
    return await world.attaching.uploading.begin(session, **about)


async def refusal(world: Filing, which: str, **about: Any) -> NotTaken:
    """Why no upload can begin."""
    with pytest.raises(FileRefused) as refused:
        await begin(world, which, **about)
    return refused.value.why


@pytest.mark.parametrize("step", ["writer", "write", "finish", "rows", "room"])
async def test_a_disk_that_fails_leaves_nothing(
    world: Filing, step: str
) -> None:
    """At whichever step: neither row nor file, and it is told."""
    _, which, _ = await world.conversation()
    named = {"rows": "write", "room": "read"}
    broken = world.records if step in named else world.files
    broken.failing.add(named.get(step, step))
    upload = None

    with pytest.raises(Unavailable):  # noqa: PT012 - wherever it comes from
        upload = await begin(world, which)
        await upload.write(bytes(2 * CHUNK))
        await upload.finish()
    if upload is not None:
        await upload.abandon()

    broken.failing.clear()
    assert world.is_empty
    await world.upload(which, b"x")


async def test_what_is_given_up_leaves_nothing(world: Filing) -> None:
    """Once and twice; and nothing can be added to it."""
    _, which, _ = await world.conversation()
    upload = await begin(world, which)
    await upload.write(bytes(3 * CHUNK))
    await upload.abandon()
    await upload.abandon()

    with pytest.raises(FileRefused, match="ended"):
        await upload.write(bytes(2 * CHUNK))
    with pytest.raises(FileRefused, match="ended"):
        await upload.finish()
    assert world.is_empty


async def test_what_is_there_cannot_be_given_up(world: Filing) -> None:
    """Whoever cleans up behind an upload does it always."""
    _, which, _ = await world.conversation()
    upload = await begin(world, which)
    await upload.write(b"x")
    one = await upload.finish()

    await upload.abandon()

    assert await world.read(one) == b"x"


@pytest.mark.parametrize("moment", ["before", "finish", "rows"])
async def test_an_end_meanwhile_leaves_nothing(
    world: Filing, moment: str
) -> None:
    """Between two pieces, on the way to the disk, or before the row."""
    customer, which, _ = await world.conversation()
    upload = await begin(world, which)
    await upload.write(bytes(3 * CHUNK))
    world.files.held = moment
    world.records.is_held = moment == "rows"
    if moment == "before":
        await customer.do("end")
    finishing = asyncio.ensure_future(upload.finish())
    if moment == "finish":
        await asyncio.to_thread(world.files.is_held.wait, 5)
        await customer.do("end")
        world.files.go_on.set()
    if moment == "rows":
        await customer.push("end")  # queued before the row is
        while not world.files.whole:
            await asyncio.to_thread(int)
        await settle()
        world.records.is_held = False
        world.records.commit()

    with pytest.raises(FileRefused, match="ended"):
        await finishing
    await upload.abandon()
    await world.ending.erase_all()

    assert world.is_empty
    assert customer.kinds[-1] == "gone"


async def test_the_end_takes_away_what_is_on_its_way(world: Filing) -> None:
    """A sender who stalls does not keep it on the disk past the receipt."""
    customer, which, _ = await world.conversation()
    upload = await begin(world, which)
    await upload.write(bytes(3 * CHUNK))
    await customer.do("end")
    assert world.files.parts

    await world.ending.erase_all()

    assert customer.kinds[-1] == "gone"
    assert world.is_empty
    with pytest.raises(FileRefused, match="ended"):
        await upload.write(bytes(2 * CHUNK))


async def test_an_end_under_the_pen_is_told_as_one(world: Filing) -> None:
    """What the writer is taken from says ended, not a broken disk."""
    customer, which, _ = await world.conversation()
    upload = await begin(world, which)
    world.files.held = "write"
    writing = asyncio.ensure_future(upload.write(bytes(2 * CHUNK)))
    await asyncio.to_thread(world.files.is_held.wait, 5)
    await customer.do("end")
    await world.ending.erase_all()
    world.files.go_on.set()

    with pytest.raises(FileRefused, match="ended"):
        await writing
    assert world.is_empty


async def test_an_end_while_the_file_is_made_leaves_nothing(
    world: Filing,
) -> None:
    """The thread that makes it comes back too late."""
    customer, which, _ = await world.conversation()
    world.files.held = "writer"
    beginning = asyncio.ensure_future(begin(world, which))
    await asyncio.to_thread(world.files.is_held.wait, 5)
    await customer.do("end")
    await world.ending.erase_all()
    world.files.go_on.set()

    with pytest.raises(FileRefused, match="ended"):
        await beginning
    assert world.is_empty


@pytest.mark.parametrize("is_failing", [False, True])
async def test_who_is_cancelled_while_the_file_is_made_leaves_nothing(
    world: Filing, *, is_failing: bool
) -> None:
    """A thread cannot be called back, so it is waited for."""
    _, which, _ = await world.conversation()
    world.files.held = "writer"
    world.files.failing = {"writer"} if is_failing else set()
    beginning = asyncio.ensure_future(begin(world, which))
    await asyncio.to_thread(world.files.is_held.wait, 5)
    beginning.cancel()
    await settle()
    world.files.go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await beginning
    assert world.is_empty


@pytest.mark.parametrize("is_failing", [False, True])
async def test_who_is_cancelled_at_the_last_step_leaves_all_or_nothing(
    world: Filing, *, is_failing: bool
) -> None:
    """A row that is committed keeps its file; one that is not, has none."""
    _, which, _ = await world.conversation()
    upload = await begin(world, which)
    await upload.write(b"words")
    world.records.is_held = True

    async def take() -> None:
        try:
            await upload.finish()
        finally:
            await upload.abandon()

    taking = asyncio.ensure_future(take())
    while not world.files.whole:
        await asyncio.to_thread(int)
    await settle()
    taking.cancel()
    await settle()
    if is_failing:
        world.records.failing.add("write")
    world.records.commit()
    with pytest.raises(asyncio.CancelledError):
        await taking

    rows, files = set(world.records.attachments), set(world.files.whole)
    assert rows == files
    assert len(rows) == (0 if is_failing else 1)
    assert not world.attaching.uploading._under_way


async def test_a_row_of_a_session_that_is_gone_is_refused(
    world: Filing,
) -> None:
    """Erased between the last byte and the row."""
    customer, which, _ = await world.conversation()
    one = await world.upload(which, b"x")
    await customer.do("end")
    await world.ending.erase_all()

    with pytest.raises(Exception, match="conversation_ended"):
        await world.attaching.uploading.keep(one)
    assert world.is_empty
