"""A scene: files go both ways over real HTTP, and are gone at the end."""

from __future__ import annotations

import secrets
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from server.vault.chunks import CHUNK, SEALED_CHUNK
from tests.pictures import PNG
from tests.scenes.files import (
    API_KEY,
    Files,
    Request,
    blobs,
    customer_of,
    filing_site,
    opened,
    pieces,
    until,
    until_so_many,
)
from tests.scenes.sites import Site, conversation_of, taken

MIB = 2**20


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site whose shop takes files."""
    async with opened(filing_site(tmp_path / "data")) as site:
        yield site


async def test_files_go_both_ways(site: Site) -> None:
    """Sent, named in a message, heard of, got; and shown by history."""
    customer, mine = await customer_of(site)
    async with customer, await site.agent() as agent:
        about = await taken(agent, customer)
        hers = Files(site.server.port, agent.token, about["conversation"])
        photo = await mine.kept(PNG, "photo.png")
        offer = await hers.kept(b"%PDF-1.7", "Angebot%20%C3%BC.pdf")

        ack = await customer.send("client-0002", "", attachment=photo)
        heard = await agent.hear("message")
        answer = await agent.send("agent-0001", "", attachment=offer, **about)
        told = await customer.hear("message")
        back = await site.customer(token=customer.token)
        await back.hear("history")

        assert (ack["type"], answer["type"]) == ("ack", "ack")
        assert heard["rich"]["media_type"] == "image/png"
        assert told["rich"]["name"] == "Angebot \u00fc.pdf"
        assert [
            m.get("rich", {}).get("id") for m in back.messages.values()
        ] == [
            None,
            photo,
            offer,
        ]
        assert await hers.got(heard["rich"]["id"]) == PNG
        assert await mine.got(told["rich"]["id"]) == b"%PDF-1.7"


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 10 * MIB])
async def test_a_file_of_any_size_comes_back(site: Site, size: int) -> None:
    """In odd pieces, told with its length and without."""
    content = Random(size).randbytes(size)
    _, mine = await customer_of(site)
    sizes = [1, 2, 3, 70_001, 8_191, 65_535, 65_537, 131_072]

    told = await mine.begin(size)
    untold = await Request(
        site.server.port,
        "POST /attachments",
        mine.proof | {"Transfer-Encoding": "chunked"},
    ).begin()
    for piece in pieces(content, sizes):
        await told.send(piece)
        if piece:
            await untold.send(b"%x\r\n%b\r\n" % (len(piece), piece))
    await untold.send(b"0\r\n\r\n")

    for request in (told, untold):
        made = await request.answer()
        assert (made.status, made.told["size"]) == (201, size)
        assert await mine.got(made.told["id"]) == content


async def test_memory_stays_flat(site: Site) -> None:
    """A file of 10 MiB passes through, both ways, in small pieces."""
    _, mine = await customer_of(site)
    piece = secrets.token_bytes(CHUNK)
    tracemalloc.start()
    try:
        request = await mine.begin(160 * CHUNK)
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(160):
            await request.send(piece)
        made = await request.answer()
        assert made.status == 201
        url = (await mine.address(made.told["id"])).told["url"]
        got = await Request(site.server.port, f"GET {url}").begin()
        await got.read(0)
        for _ in range(160):
            assert await got.read(CHUNK) == piece
        _, peak = tracemalloc.get_traced_memory()
        await got.close()
    finally:
        tracemalloc.stop()

    assert peak - before < 3 * MIB


async def test_too_much_is_refused_on_the_way(tmp_path: Path) -> None:
    """Claimed or not; the file is gone, the connection can be used."""
    data = tmp_path / "data"
    async with opened(filing_site(data, attachment_mib=1)) as site:
        _, mine = await customer_of(site)
        claimed = await (await mine.begin(MIB + 1)).answer()
        request = await Request(
            site.server.port,
            "POST /attachments",
            mine.proof | {"Transfer-Encoding": "chunked"},
        ).begin()
        piece = b"10000\r\n" + bytes(CHUNK) + b"\r\n"
        for _ in range(17):
            await request.send(piece)
        refused = await request.answer()

        assert (claimed.status, refused.status) == (413, 413)
        assert refused.told == {"code": "too_large"}
        assert blobs(data) == []
        await mine.kept(bytes(MIB))


async def test_three_at_once_and_so_many_in_all(tmp_path: Path) -> None:
    """Those under way count; each that is given up makes room."""
    data = tmp_path / "data"
    site_ = filing_site(data, attachments_per_conversation=4)
    async with opened(site_) as site:
        _, mine = await customer_of(site)
        under_way = [await mine.begin(3 * CHUNK) for _ in range(3)]
        for request in under_way:
            await request.send(bytes(2 * CHUNK))
        await until_so_many(data, 3 * SEALED_CHUNK)
        busy = await mine.send(b"x")
        for request in under_way[1:]:
            await request.send(bytes(CHUNK))
            assert (await request.answer()).status == 201
        await mine.kept(b"x")
        full = await mine.send(b"x")
        await under_way[0].close(tear=True)
        await until(lambda: len(blobs(data)) == 3)

        assert (busy.status, busy.told) == (429, {"code": "busy"})
        assert (full.status, full.told) == (429, {"code": "too_many"})
        await mine.kept(b"x")
        assert (await mine.send(b"x")).told == {"code": "too_many"}


async def test_only_those_of_the_conversation_reach_it(site: Site) -> None:
    """Not another customer, not another account's people or programs."""
    customer, mine = await customer_of(site)
    _, theirs = await customer_of(site)
    which = conversation_of(customer)
    id_ = await mine.kept(PNG)
    async with await site.agent() as maria, await site.agent("otto") as otto:
        for files in (
            theirs,
            Files(site.server.port, theirs.proof["Authorization"][7:], which),
            Files(site.server.port, otto.token, which),
            Files(site.server.port, "a-key-of-the-other", which),
            Files(site.server.port, maria.token),
        ):
            found = await files.address(id_)
            assert (found.status, found.told) == (404, {"code": "unknown"})
            if files is not theirs:
                assert (await files.send(b"x")).status == 404
        assert (await Files(site.server.port, "x.y").address(id_)).status == 401
        assert await Files(site.server.port, maria.token, which).got(id_) == PNG
        ours = Files(site.server.port, API_KEY, which)
        assert await ours.got(id_) == PNG
        assert await mine.got(await ours.kept(b"from the bot")) == (
            b"from the bot"
        )


async def test_a_picture_that_was_altered_is_not_given_out(
    site: Site,
) -> None:
    """500, without contents; the conversation goes on."""
    customer, mine = await customer_of(site)
    id_ = await mine.kept(PNG)
    [path] = blobs(site.data)
    sealed = bytearray(path.read_bytes())
    sealed[9] ^= 1
    path.write_bytes(sealed)
    url = (await mine.address(id_)).told["url"]
    damaged = await mine.get(url)
    path.unlink()
    missing = await mine.get(url)

    for answer in (damaged, missing):
        assert (answer.status, answer.told) == (500, {"code": "damaged"})
    assert (await customer.send("client-0002", "?"))["type"] == "ack"


async def test_a_part_and_a_head_go_over_the_wire(site: Site) -> None:
    """With the lengths that were told, and nothing that was not asked for."""
    _, mine = await customer_of(site)
    content = Random(1).randbytes(3 * CHUNK)
    url = (await mine.address(await mine.kept(content, "a.bin"))).told["url"]
    part = await mine.get(url, Range=f"bytes={CHUNK - 5}-{CHUNK + 4}")
    head = await Request(site.server.port, f"HEAD {url}").begin()
    told = await head.answer(has_body=False)

    assert (part.status, part.body) == (206, content[CHUNK - 5 : CHUNK + 5])
    assert told.headers["content-length"] == str(3 * CHUNK)
    assert part.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''a.bin"
    )
    assert part.headers["content-security-policy"] == (
        "sandbox; default-src 'none'"
    )
