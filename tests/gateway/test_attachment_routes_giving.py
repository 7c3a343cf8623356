"""Attachments over HTTP: what is given out, to whom, and with which headers."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest

from server.services.attaching import ADDRESS_LIFE
from server.vault.chunks import CHUNK
from tests.gateway.files_desk import (
    CONTENT,
    Desk,
    code,
    is_nothing_but_a_file,
)
from tests.pictures import GIF, JPEG, PNG, WEBP


@pytest.fixture
async def desk() -> Desk:
    """A desk with a customer."""
    return await Desk().open()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
    ],
)
async def test_a_picture_may_be_shown(
    desk: Desk, content: bytes, media_type: str
) -> None:
    """Whatever it is called."""
    got = await desk.get(await desk.kept(content, "page.html"))

    assert got.headers["content-type"] == media_type
    assert got.headers["content-disposition"] == (
        "inline; filename*=UTF-8''page.html"
    )
    is_nothing_but_a_file(got)


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        GIF + b"PK\x03\x04 a Java archive PK\x05\x06" + bytes(18),
        PNG + b"<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        b"GIF89a=1;alert(1)//",
        b"%PDF-1.7 with a script",
        b"alert(1)",
    ],
)
async def test_everything_else_is_only_downloaded(
    desk: Desk, content: bytes
) -> None:
    """Pages, drawings, and files that are two things at once."""
    url = await desk.kept(content, "photo.png")
    for part in ((), (("range", "bytes=0-"),)):
        got = await desk.get(url, *part)

        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"] == (
            "attachment; filename*=UTF-8''photo.png"
        )
        is_nothing_but_a_file(got)


@pytest.mark.parametrize(
    "claimed",
    [
        "../../etc/passwd",
        "..%2F..%2Fetc%2Fpasswd",
        "a%0d%0aSet-Cookie:%20x=1",
        "%00%01%1f%7f",
        "%E2%80%AEgnp.exe",
        "\u00fc.txt",
        'a"; filename="b',
        "a;b=c'd,e",
        "%",
        "%ff%fe",
        "%25%30%64%25%30%61",
        "x" * 1_000,
        "%F0%9F%98%80" * 300,
        "",
    ],
)
async def test_no_name_breaks_out_of_its_header(
    desk: Desk, claimed: str
) -> None:
    """One header, one line, ASCII; of the name what is only a name."""
    got = await desk.get(await desk.kept(b"x", claimed))

    told = got.headers["content-disposition"]
    shown = told.removeprefix("attachment; filename*=UTF-8''")
    assert shown != told
    assert shown.isascii()
    assert set(shown) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%._-~"
    )
    assert 0 < len(unquote(shown)) <= 120
    assert "set-cookie" not in got.headers


SIZE = len(CONTENT)


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=5-9", 5, 10),
        ("bytes=-5", SIZE - 5, SIZE),
        ("bytes=-999999999", 0, SIZE),
        (f"bytes={CHUNK - 1}-{CHUNK}", CHUNK - 1, CHUNK + 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        ("bytes=100-999999999", 100, SIZE),
    ],
)
async def test_a_part_is_got(
    desk: Desk, asked: str, start: int, stop: int
) -> None:
    """From anywhere to anywhere, and from the end."""
    got = await desk.get(await desk.kept(), ("range", asked))

    assert got.status == 206
    assert got.body == CONTENT[start:stop]
    assert got.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert got.headers["content-length"] == str(stop - start)
    is_nothing_but_a_file(got)


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-6",
        "bytes=9-5",
        "bytes=-",
        "bytes=",
        "bytes=a-b",
        "bytes=1",
        "bytes= 1-2",
        "bytes=1-2 ",
        "bytes=-1-2",
        "lines=1-2",
        f"bytes={'9' * 16}-",
        "bytes=\u00b2-\u00b3",
        "",
    ],
)
async def test_what_is_no_range_means_the_whole(desk: Desk, asked: str) -> None:
    """So do several: nobody here needs them."""
    got = await desk.get(await desk.kept(), ("range", asked))

    assert (got.status, got.body) == (200, CONTENT)
    assert got.headers["accept-ranges"] == "bytes"
    assert "content-range" not in got.headers


async def test_a_range_of_another_version_means_the_whole(desk: Desk) -> None:
    """There is but one version, and it has no name."""
    url = await desk.kept()
    got = await desk.get(url, ("range", "bytes=1-2"), ("if-range", '"etag"'))

    assert (got.status, got.body) == (200, CONTENT)


@pytest.mark.parametrize(
    "asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"]
)
async def test_a_range_outside_is_told(desk: Desk, asked: str) -> None:
    """With the size, and nothing of the file."""
    got = await desk.get(await desk.kept(), ("range", asked))

    assert (got.status, got.body) == (416, b"")
    assert got.headers["content-range"] == f"bytes */{SIZE}"
    is_nothing_but_a_file(got)


async def test_an_empty_file_has_no_parts(desk: Desk) -> None:
    """But it can be got."""
    url = await desk.kept(b"")

    assert (await desk.get(url)).body == b""
    assert (await desk.get(url, ("range", "bytes=0-"))).status == 416


async def test_a_head_reads_no_more_than_it_must(desk: Desk) -> None:
    """The same headers, and no contents."""
    url = await desk.kept()
    whole = await desk.get(url)
    head = await desk.get(url, method="HEAD")
    part = await desk.get(url, ("range", "bytes=1-2"), method="HEAD")

    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)
    assert (part.status, part.headers["content-length"]) == (206, "2")


async def test_an_address_altered_anywhere_opens_nothing(desk: Desk) -> None:
    """One bit of it, a part missing, or said in another way: all the same."""
    url = await desk.kept()
    unknown = await desk.get("/attachments/never?until=9&signature=x")
    assert code(unknown) == (404, "unknown")
    path, _, query = url.partition("?")
    until, _, signature = query.partition("&")
    altered = [
        url[:at] + chr(ord(url[at]) ^ 1 << bit) + url[at + 1 :]
        for at in range(len("/attachments/"), len(url))
        for bit in range(7)
    ]
    altered += [
        path,
        f"{path}?{until}",
        f"{path}?{signature}",
        f"{path}?{signature}=&{until}",
        f"{path}?until=0{until[6:]}&{signature}",
        f"{path}?until=%2B{until[6:]}&{signature}",
        f"{path}?until=%D9%A1{until[7:]}&{signature}",
        f"{path}?{until}&{signature}&signature=",
        f"{path}?{until}&{signature}&until=1",
    ]
    for one in altered:
        got = await desk.get(one)
        assert got.status == 404, one
        if one.startswith(f"{path}?"):
            assert got == unknown

    assert (await desk.get(url)).status == 200


async def test_an_address_is_dead_after_its_time_and_after_the_end(
    desk: Desk,
) -> None:
    """At the second, one later, when it ended, and when it is gone."""
    url = await desk.kept()
    fresh = await desk.kept()
    unknown = await desk.get("/attachments/never?until=9&signature=x")
    desk.world.clock.pass_(ADDRESS_LIFE)
    at_exp = await desk.get(url)
    desk.world.clock.pass_(1)
    after = await desk.get(url)
    again = json.loads((await desk.address(fresh.split("/")[2][:22])).body)
    assert (await desk.get(again["url"])).status == 200
    await desk.customer.do("end")
    ended = await desk.get(again["url"])
    await desk.world.ending.erase_all()
    gone = await desk.get(again["url"])

    for answer in (at_exp, after, ended, gone):
        assert answer == unknown


async def test_a_file_that_is_damaged_or_missing_shows_nothing(
    desk: Desk,
) -> None:
    """500, without contents; a disk that fails is 503."""
    files = desk.world.files
    url = await desk.kept(b"words of a person")
    id_ = url.split("/")[2][:22]
    sealed = files.whole[id_]
    files.whole[id_] = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert code(await desk.get(url)) == (500, "damaged")
    del files.whole[id_]
    assert code(await desk.get(url)) == (500, "damaged")
    files.failing.add("read")
    assert code(await desk.get(url)) == (503, "unavailable")


async def test_a_file_that_is_damaged_further_on_breaks_off(
    desk: Desk,
) -> None:
    """What is not what was stored is not sent: the connection is cut."""
    url = await desk.kept(CONTENT + CONTENT)  # so that its end is sound
    files = desk.world.files
    [id_] = files.whole
    sealed = bytearray(files.whole[id_])
    sealed[CHUNK + 100] ^= 1
    files.whole[id_] = bytes(sealed)

    with pytest.raises(Exception, match="unreadable attachment"):
        await desk.get(url)
