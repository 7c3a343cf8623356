"""Files go out to whom they belong, and go away when they must."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest

from server.domain.attachment import LONGEST_LIFE, Attachment
from server.domain.message import Author
from server.errors import Corrupt, RefusalCode, Refused
from server.ids import ConversationId
from server.services.attaching import ADDRESS_LIFE
from server.vault.chunks import CHUNK, SEALED_CHUNK
from tests.pictures import GIF, PNG
from tests.services.files import Filing


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


async def test_an_address_opens_its_file_for_five_minutes(
    world: Filing,
) -> None:
    """And not at the last second any more."""
    _, which, _ = await world.conversation()
    one = await world.upload(which, b"words")
    address, until = world.attaching.address_of(one)

    assert urlsplit(address).path == f"/attachments/{one.id}"
    assert until == int(world.clock.now()) + ADDRESS_LIFE
    assert await is_open(world, one, address)
    world.clock.pass_(ADDRESS_LIFE - 1)
    assert await is_open(world, one, address)
    world.clock.pass_(1)
    assert not await is_open(world, one, address)
    world.clock.pass_(1)
    assert not await is_open(world, one, address)


async def test_an_address_opens_nothing_else(world: Filing) -> None:
    """Not another file, conversation, type or time; nor one unheard of."""
    _, which, _ = await world.conversation()
    _, other, _ = await world.conversation()
    one = await world.upload(which, PNG)
    twin = await world.upload(which, PNG)
    theirs = await world.upload(other, PNG)
    address, until = world.attaching.address_of(one)
    _, signature = parts_of(address)
    open_ = world.attaching.open

    assert not await is_open(world, twin, address)
    assert not await is_open(world, theirs, address)
    for forged in (
        world.attaching.address_of(replace(one, media_type="text/html")),
        world.attaching.address_of(
            replace(one, conversation=ConversationId(other))
        ),
        world.attaching.address_of(replace(one, id=one.id + "x")),
    ):
        assert not await is_open(world, one, forged[0])
    assert await open_(one.id, until=until + 1, signature=signature) is None
    assert await open_("never-was", until=until, signature=signature) is None
    assert await open_(one.id, until=until, signature="") is None


async def test_an_address_dies_with_its_conversation(world: Filing) -> None:
    """At the end, before anything is erased; and after it."""
    customer, which, _ = await world.conversation()
    one = await world.upload(which, b"words")
    address, _ = world.attaching.address_of(one)
    await customer.do("end")
    assert world.files.whole
    assert not await is_open(world, one, address)

    await world.ending.erase_all()

    assert not await is_open(world, one, address)
    assert world.is_empty


async def test_any_range_of_a_file_is_read_by_itself(world: Filing) -> None:
    """Across pieces, at their edges, empty, and to the end."""
    content = Random(4).randbytes(3 * CHUNK + 5)
    _, which, _ = await world.conversation()
    one = await world.upload(which, content)

    edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, len(content)]
    for start in edges:
        for stop in edges:
            if start <= stop:
                assert await world.read(one, start, stop) == content[start:stop]


async def test_a_restart_reads_what_was_there(world: Filing) -> None:
    """With the conversation brought back from the store."""
    _, which, _ = await world.conversation()
    one = await world.upload(which, b"words")
    world.start()

    found = await world.attaching.find(one.id)

    assert found is not None
    assert found[0] == one
    assert found[1] is world.session(which)
    assert await world.read(one) == b"words"


@pytest.mark.parametrize("content", [PNG, GIF])
async def test_a_picture_is_looked_at_again(
    world: Filing, content: bytes
) -> None:
    """What the row says has to be what the file is."""
    _, which, _ = await world.conversation()
    one = await world.upload(which, content)

    assert await world.attaching.is_picture(one)
    other = replace(one, media_type="image/webp")
    assert not await world.attaching.is_picture(other)


@pytest.mark.parametrize("content", [b"", b"<svg/>", PNG + b"PK", b"%PDF-"])
async def test_what_is_no_picture_is_not_shown(
    world: Filing, content: bytes
) -> None:
    """Nor is an empty file."""
    _, which, _ = await world.conversation()
    one = await world.upload(which, content)

    assert not await world.attaching.is_picture(one)


async def test_a_damaged_piece_is_not_given_out(world: Filing) -> None:
    """What stands before it is; the rest of the conversation goes on."""
    customer, which, _ = await world.conversation()
    one = await world.upload(which, bytes(3 * CHUNK))
    sealed = bytearray(world.files.whole[one.id])
    sealed[SEALED_CHUNK] ^= 1
    world.files.whole[one.id] = bytes(sealed)

    assert await world.read(one, 0, CHUNK) == bytes(CHUNK)
    with pytest.raises(Corrupt):
        await world.read(one, CHUNK, CHUNK + 1)
    world.files.whole[one.id] = bytes(sealed[: 2 * SEALED_CHUNK])
    with pytest.raises(Corrupt):
        await world.read(one, 2 * CHUNK)
    del world.files.whole[one.id]
    with pytest.raises(Corrupt):
        await world.attaching.is_picture(one)
    assert (await customer.say("client-0002", "Go on"))["type"] == "ack"


async def test_a_row_of_another_place_is_corrupt(world: Filing) -> None:
    """Moved to another id or conversation, or altered."""
    _, which, _ = await world.conversation()
    _, other, _ = await world.conversation()
    one = await world.upload(which, b"words")
    row = world.records.attachments[one.id]
    for moved in (
        replace(row, id="x" * 22),
        replace(row, conversation=ConversationId(other)),
        replace(row, sealed=row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])),
    ):
        world.records.attachments[moved.id] = moved
        with pytest.raises(Corrupt):
            await world.attaching.find(moved.id)


async def test_a_message_names_a_file_of_its_own_side(world: Filing) -> None:
    """Of this conversation and this side; everything else is refused."""
    _, which, _ = await world.conversation()
    _, other, _ = await world.conversation()
    mine = await world.upload(which, b"1")
    hers = await world.upload(which, b"2", side=Author.AGENT)
    elsewhere = await world.upload(other, b"3")
    session = world.session(which)
    rich_of = world.attaching.rich_of

    assert await rich_of(session, mine.id, Author.CUSTOMER) == mine.as_rich()
    for id_, side in (
        (hers.id, Author.CUSTOMER),
        (mine.id, Author.AGENT),
        (mine.id, Author.APPLICATION),
        (elsewhere.id, Author.CUSTOMER),
        ("never-was", Author.CUSTOMER),
        ("", Author.CUSTOMER),
    ):
        with pytest.raises(Refused) as refused:
            await rich_of(session, id_, side)
        assert refused.value.code is RefusalCode.MALFORMED
        assert refused.value.path == "$.attachment"


async def test_a_message_with_a_file_needs_no_words(world: Filing) -> None:
    """Both sides hear of it, and history shows it."""
    customer, maria, which = await world.taken()
    mine = await world.upload(which, PNG)
    hers = await world.upload(which, b"%PDF-", side=Author.AGENT, name="a.pdf")
    about = {"conversation": which}

    ack = await customer.say("client-0002", "", attachment=mine.id)
    answer = await maria.say("agent-0001", "", attachment=hers.id, **about)
    refused = await customer.say("client-0003", "", attachment=hers.id)
    empty = await customer.say("client-0004", "")

    assert (ack["type"], ack["number"]) == ("ack", 2)
    assert (answer["type"], answer["number"]) == ("ack", 3)
    assert (refused["code"], refused["path"]) == ("malformed", "$.attachment")
    assert empty["code"] == "text_empty"
    assert maria.last("message")["rich"] == mine.as_rich()
    assert customer.last("message")["rich"] == hers.as_rich()
    back = await world.visit(token=customer.last("welcome")["token"])
    messages = back.last("history")["messages"]
    assert [one.get("rich") for one in messages] == [
        None,
        mine.as_rich(),
        hers.as_rich(),
    ]


async def test_an_agent_who_does_not_watch_sends_a_file(world: Filing) -> None:
    """From another connection; not with a file of the customer's."""
    _, _, which = await world.taken()
    outside = await world.shift()
    hers = await world.upload(which, b"%PDF-", side=Author.AGENT)
    mine = await world.upload(which, b"x")
    about = {"conversation": which}

    ack = await outside.say("agent-0001", "", attachment=hers.id, **about)
    refused = await outside.say("agent-0002", "", attachment=mine.id, **about)

    assert (ack["type"], refused["code"]) == ("ack", "malformed")


async def test_a_repeat_is_acknowledged_after_its_file_is_gone(
    world: Filing,
) -> None:
    """The same client id is the same message, whatever it named."""
    customer, which, token = await world.conversation()
    one = await world.upload(which, b"words")
    first = await customer.say("client-0002", "", attachment=one.id)
    world.clock.pass_(LONGEST_LIFE)
    await world.attaching.expire()
    again = await customer.say("client-0002", "", attachment=one.id)
    world.start()
    back = await world.visit(token=token)
    later = await back.say("client-0002", "", attachment=one.id)

    assert again == later == first | {"repeat": True}
    fresh = await back.say("client-0003", "", attachment=one.id)
    assert fresh["code"] == "malformed"


async def test_nothing_readable_is_in_the_folder_half_way(
    world: Filing,
) -> None:
    """While a file is on its way, and when it is there."""
    _, which, _ = await world.conversation()
    canary = b"canary-5c1f" * 3_000
    session = world.session(which)
    upload = await world.attaching.uploading.begin(
        session, side=Author.CUSTOMER, name="canary-name", size=None
    )
    for _ in range(4):
        await upload.write(canary)
    assert len(world.files.everything) > SEALED_CHUNK
    assert b"canary" not in world.files.everything
    await upload.finish()
    assert b"canary" not in world.files.everything
    await asyncio.sleep(0)
    [row] = world.records.attachments.values()
    assert b"canary" not in row.sealed
