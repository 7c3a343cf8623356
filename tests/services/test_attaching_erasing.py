"""Files go away: with their conversation, after a day, and after a crash."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from server.domain.attachment import LONGEST_LIFE, Attachment
from server.errors import Corrupt, Unavailable
from server.services.attaching import MOST_EXPIRED, ROUND
from server.vault.chunks import CHUNK
from tests.services.files import Filing
from tests.services.test_ending import running, until
from tests.services.worlds import settle


@pytest.fixture
async def world() -> Filing:
    """A world whose channel takes files."""
    return Filing()


def parts_of(address: str) -> tuple[int, str]:
    """Until when, and the signature."""
    asked = parse_qs(urlsplit(address).query)
    return int(asked["until"][0]), asked["signature"][0]


async def is_open(world: Filing, one: Attachment, address: str) -> bool:
    """Whether ``address`` opens ``one``."""
    until, signature = parts_of(address)
    found = await world.attaching.open(one.id, until=until, signature=signature)
    return found is not None


async def test_after_a_day_a_file_is_gone(world: Filing) -> None:
    """To the second for who asks; erased a minute later at the latest."""
    _, which, _ = await world.conversation()
    old = await world.upload(which, b"old")
    world.clock.pass_(90)
    young = await world.upload(which, b"young")
    address, _ = world.attaching.address_of(old)
    world.clock.pass_(LONGEST_LIFE - 91)
    assert await world.attaching.find(old.id) is not None
    await world.attaching.expire()
    assert len(world.files.whole) == 2
    world.clock.pass_(1)

    assert await world.attaching.find(old.id) is None
    assert not await is_open(world, old, address)
    async with running(world.attaching.run()):
        await until(lambda: world.clock.sleepers)
        world.clock.pass_(ROUND - 1)
        await settle()
        assert old.id in world.files.whole
        world.clock.pass_(1)
        await until(lambda: old.id not in world.files.whole)
        await until(lambda: world.clock.sleepers)
    assert list(world.files.whole) == [young.id] == [*world.records.attachments]
    assert "checkpoint" in world.journal


async def test_however_many_are_too_old_they_go(world: Filing) -> None:
    """In one round, so many at a time."""
    _, which, _ = await world.conversation()
    one = await world.upload(which, b"x")
    row = world.records.attachments[one.id]
    for n in range(MOST_EXPIRED + 2):
        world.records.attachments[f"{n}"] = replace(row, id=f"{n}")
    world.clock.pass_(LONGEST_LIFE)

    await world.attaching.expire()

    assert world.is_empty
    assert world.journal.count("checkpoint") == 2


@pytest.mark.parametrize("step", ["erase", "write", "checkpoint", "read"])
async def test_what_could_not_be_erased_is_tried_again(
    world: Filing, step: str
) -> None:
    """The row stays until the file is gone, so that it is found again."""
    _, which, _ = await world.conversation()
    one = await world.upload(which, b"x")
    world.clock.pass_(LONGEST_LIFE)
    broken = world.files if step == "erase" else world.records
    broken.failing.add(step)
    async with running(world.attaching.run()):
        await until(lambda: world.clock.sleepers)
        world.clock.pass_(ROUND)
        await until(lambda: world.clock.sleepers)
        if step != "checkpoint":
            assert one.id in world.records.attachments
        broken.failing.clear()
        world.clock.pass_(ROUND)
        await until(lambda: world.clock.sleepers)
    assert world.is_empty


async def test_files_go_after_the_key_and_before_the_rows(
    world: Filing,
) -> None:
    """A disk that does not let go of a file keeps the receipt back."""
    customer, which, _ = await world.conversation()
    one = await world.upload(which, b"x")
    _, other, _ = await world.conversation()
    theirs = await world.upload(other, b"y")
    await customer.do("end")
    world.files.failing.add("erase")
    with pytest.raises(Unavailable):
        await world.ending.erase_all()
    assert world.journal == ["shred"]
    assert one.id in world.records.attachments
    assert customer.all("gone") == []
    world.files.failing.clear()

    await world.ending.erase_all()

    assert [*world.files.whole] == [theirs.id] == [*world.records.attachments]
    assert customer.kinds[-1] == "gone"


async def test_a_start_removes_what_a_crash_has_left(world: Filing) -> None:
    """Parts and files without a row; what has one stays."""
    _, which, _ = await world.conversation()
    kept = await world.upload(which, b"kept")
    world.files.writer("half")
    world.files.whole["orphan"] = b"sealed"
    world.start()

    await world.attaching.tidy()
    await world.attaching.tidy()

    assert [*world.files.whole] == [kept.id]
    assert world.files.parts == {}


async def test_a_file_going_out_stops_at_the_end(world: Filing) -> None:
    """Who reads slowly does not read past the receipt."""
    customer, which, _ = await world.conversation()
    one = await world.upload(which, bytes(3 * CHUNK))
    reading = world.attaching.read(one, 0, one.size)
    assert await anext(reading) == bytes(CHUNK)
    await customer.do("end")
    await world.ending.erase_all()

    with pytest.raises(Corrupt):
        await anext(reading)
