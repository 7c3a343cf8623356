"""Files come in whole, sealed and counted, or they leave nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from server.domain.attachment import LONGEST_LIFE
from server.domain.message import Author
from server.ids import ChannelId, ConversationId
from server.services.uploading import (
    MOST_AT_ONCE,
    MOST_IN_ALL,
    FileRefused,
    NotTaken,
    Upload,
)
from server.vault.chunks import CHUNK, SEALED_CHUNK, chunks_of
from tests.pictures import PNG
from tests.services.files import MOST_BYTES, MOST_FILES, Filing


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


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, MOST_BYTES]
)
@pytest.mark.parametrize("step", [7_919, 65_536, 262_144])
async def test_a_file_comes_back_as_it_was(
    world: Filing, size: int, step: int
) -> None:
    """In whatever pieces it arrives; nothing readable of it is kept."""
    content = Random(size).randbytes(size)
    _, which, _ = await world.conversation()

    one = await world.upload(
        which, *(content[at : at + step] for at in range(0, size, step))
    )

    assert one.size == size
    assert await world.read(one) == content
    stored = world.files.whole[one.id]
    assert len(stored) == size + 16 * chunks_of(size)
    assert size < 32 or content[:32] not in stored
    assert world.records.attachments[one.id].size == size
    assert not world.attaching.uploading._under_way


async def test_what_waits_in_memory_is_bounded(world: Filing) -> None:
    """One piece and what came last, however long the file is."""
    _, which, _ = await world.conversation()
    upload = await begin(world, which)
    for n in range(1, 5):
        await upload.write(bytes(CHUNK))
        assert len(upload._waiting) <= CHUNK
        [stored] = world.files.parts.values()
        assert len(stored) == (n - 1) * SEALED_CHUNK
    await upload.abandon()


async def test_the_contents_and_not_the_name_say_what_it_is(
    world: Filing,
) -> None:
    """Also if they come byte by byte; the name is cleaned."""
    _, which, _ = await world.conversation()
    pieces = [PNG[at : at + 1] for at in range(len(PNG))]

    picture = await world.upload(which, *pieces, name="../a.html")
    page = await world.upload(which, b"<html>", name="b.png")

    assert (picture.name, picture.media_type) == ("a.html", "image/png")
    assert (page.name, page.media_type) == (
        "b.png",
        "application/octet-stream",
    )
    found = await world.attaching.find(picture.id)
    assert found is not None
    assert found[0] == picture
    assert picture.expires_at == world.clock.now() + LONGEST_LIFE


async def test_a_channel_that_is_not_told_to_takes_none(world: Filing) -> None:
    """Off is off, and so is a channel that is no longer configured."""
    _, which, _ = await world.conversation()
    shop = ChannelId("shop")
    channels = dict(world.house.channels)
    world.house.channels = {shop: replace(channels[shop], attachment_bytes=0)}
    assert await refusal(world, which) is NotTaken.OFF
    world.house.channels = {}
    assert await refusal(world, which) is NotTaken.OFF
    assert world.is_empty


async def test_before_the_first_message_nothing_is_stored(
    world: Filing,
) -> None:
    """A file is no exception."""
    customer = await world.visit()
    which = customer.last("welcome")["summary"]["conversation"]

    assert await refusal(world, which) is NotTaken.NOTHING_SAID


async def test_what_has_ended_takes_none(world: Filing) -> None:
    """From the end on, before it is erased."""
    customer, which, _ = await world.conversation()
    await customer.do("end")

    assert await refusal(world, which) is NotTaken.ENDED
    assert world.is_empty


async def test_the_size_claimed_and_the_real_one_have_a_limit(
    world: Filing,
) -> None:
    """To the byte; who claims less than it is is stopped on the way."""
    _, which, _ = await world.conversation()
    too_large = await refusal(world, which, size=MOST_BYTES + 1)
    upload = await begin(world, which, size=1)
    await upload.write(bytes(MOST_BYTES))
    with pytest.raises(FileRefused, match="too_large"):
        await upload.write(b"x")
    await upload.abandon()

    assert too_large is NotTaken.TOO_LARGE
    assert world.is_empty
    await world.upload(which, bytes(MOST_BYTES), size=MOST_BYTES)


async def test_a_conversation_holds_so_many_files(world: Filing) -> None:
    """Those under way are counted as if they were there."""
    _, which, _ = await world.conversation()
    for _ in range(MOST_FILES - 1):
        await world.upload(which, b"x")
    last = await begin(world, which)
    assert await refusal(world, which) is NotTaken.TOO_MANY

    await last.finish()

    assert await refusal(world, which) is NotTaken.TOO_MANY
    assert len(world.records.attachments) == MOST_FILES


async def test_those_who_come_together_find_one_place_once(
    world: Filing,
) -> None:
    """All ask before any has an answer."""
    _, which, _ = await world.conversation()
    for _ in range(MOST_FILES - 1):
        await world.upload(which, b"x")

    asked = [begin(world, which) for _ in range(3)]
    found = await asyncio.gather(*asked, return_exceptions=True)

    uploads = [one for one in found if isinstance(one, Upload)]
    assert len(uploads) == 1
    await uploads[0].abandon()


async def test_a_conversation_has_so_many_on_their_way(world: Filing) -> None:
    """The fourth waits until one of three is there or given up."""
    _, which, _ = await world.conversation()
    uploads = [await begin(world, which) for _ in range(MOST_AT_ONCE)]
    assert await refusal(world, which) is NotTaken.BUSY
    _, other, _ = await world.conversation()
    await world.upload(other, b"x")

    await uploads.pop().abandon()
    uploads.append(await begin(world, which))

    for upload in uploads:
        await upload.abandon()
    assert world.attaching.uploading._under_way == {}


async def test_the_server_has_so_many_on_their_way(world: Filing) -> None:
    """Each holds memory; what is too much is refused, not queued."""
    busy = ConversationId("busy")
    others: Any = set(range(MOST_IN_ALL))
    _, which, _ = await world.conversation()
    world.attaching.uploading._under_way[busy] = others

    assert await refusal(world, which) is NotTaken.BUSY

    others.pop()
    await world.upload(which, b"x")
