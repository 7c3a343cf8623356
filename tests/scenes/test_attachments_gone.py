"""A scene: files that break off, end or grow old, and what is left of them."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.data_folder import DataFolder
from server.domain.attachment import LONGEST_LIFE
from server.errors import Unavailable
from server.services.attaching import ADDRESS_LIFE, ROUND
from server.vault.chunks import CHUNK, SEALED_CHUNK
from tests.fakes import FakeClock
from tests.pictures import PNG
from tests.scenes.canaries import found_in
from tests.scenes.files import (
    Files,
    blobs,
    customer_of,
    filing_site,
    opened,
    until_none,
    until_so_many,
)
from tests.scenes.sites import Site
from tests.scenes.test_crash import process
from tests.strangers_client import Stranger

MIB = 2**20


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A site whose shop takes files."""
    async with opened(filing_site(tmp_path / "data")) as site:
        yield site


async def test_an_upload_that_is_cut_leaves_nothing(site: Site) -> None:
    """Closed or torn off: neither a row nor a file; others go on."""
    _, mine = await customer_of(site)
    for tear in (True, False):
        request = await mine.begin(MIB)
        await request.send(bytes(5 * CHUNK))
        await until_so_many(site.data, 4 * SEALED_CHUNK)
        await request.close(tear=tear)

        await until_none(site.data)
        assert rows(site.data) == []
    await mine.kept(b"x")


def rows(data: Path) -> list[bytes]:
    """What is sealed in the rows of attachments."""
    with closing(sqlite3.connect(DataFolder(data).database)) as db:
        return [row[0] for row in db.execute("SELECT sealed FROM attachment")]


def port_of(address: str) -> int:
    """The port in the address of a socket."""
    return urlsplit(address).port or 0


async def test_a_server_that_is_killed_leaves_nothing_half(
    tmp_path: Path,
) -> None:
    """kill -9 in the middle of a file: gone at the next start; whole ones
    are there.
    """
    data = tmp_path / "data"
    async with process(data) as (address, running):
        customer = await Stranger.meet(address)
        await customer.send("client-0001", "Hello")
        mine = Files(port_of(address), customer.token)
        whole = await mine.kept(b"whole")
        request = await mine.begin(MIB)
        await request.send(bytes(5 * CHUNK))
        await until_so_many(data, 4 * SEALED_CHUNK)
        running.kill()
        await running.wait()
        await request.close()
    assert any(path.suffix == ".part" for path in blobs(data))

    async with process(data) as (address, _):
        mine.port = port_of(address)
        assert [path.name for path in blobs(data)] == [whole]
        assert await mine.got(whole) == b"whole"


async def test_a_full_disk_refuses_the_file_and_nothing_else(
    site: Site,
) -> None:
    """507 and nothing left, while messages are taken."""
    customer, mine = await customer_of(site)
    folder = site.server._parts.attaching._files
    folder._reserve, reserve = 2**62, folder._reserve  # type: ignore[attr-defined]
    refused = await mine.send(bytes(3 * CHUNK))
    ack = await customer.send("client-0002", "Still here")
    folder._reserve = reserve  # type: ignore[attr-defined]

    assert (refused.status, refused.told) == (507, {"code": "unavailable"})
    assert ack["type"] == "ack"
    assert blobs(site.data) == []
    await mine.kept(bytes(3 * CHUNK))


async def test_an_end_takes_what_is_on_its_way(site: Site) -> None:
    """At the receipt nothing of it is on the disk, whatever the sender does."""
    customer, mine = await customer_of(site)
    stalled = await mine.begin(MIB)
    await stalled.send(bytes(5 * CHUNK))
    await until_so_many(site.data, 4 * SEALED_CHUNK)
    await customer.say("end")
    await customer.hear("gone")

    assert blobs(site.data) == []
    await stalled.send(bytes(2 * CHUNK))
    refused = await stalled.answer()
    assert (refused.status, refused.told) == (409, {"code": "ended"})
    assert (await mine.send(b"x")).status == 401


async def test_nothing_is_left_when_it_is_gone(site: Site) -> None:
    """No contents, name, id or sealed byte in any file; half way neither."""
    customer, mine = await customer_of(site)
    canary = f"canary-{secrets.token_hex(16)}".encode()
    name = f"name-{secrets.token_hex(8)}"
    content = canary * (5 * CHUNK // len(canary))
    half = await mine.begin(len(content), name)
    await half.send(content[: 4 * CHUNK])
    await until_so_many(site.data, 3 * SEALED_CHUNK)
    assert found_in(site.data, [canary, name.encode()]) == set()
    await half.send(content[4 * CHUNK :])
    id_ = (await half.answer()).told["id"]
    await customer.send("client-0002", "", attachment=id_)
    [sealed] = [path.read_bytes() for path in blobs(site.data)]
    kept = [sealed[at : at + 32] for at in (0, 999, SEALED_CHUNK, -32)]
    kept[-1] = sealed[-32:]
    kept += [row[16:48] for row in rows(site.data)] + [id_.encode()]
    # The control: what is kept is found, what was sent is not.
    assert found_in(site.data, kept[:-1]) == set(kept[:-1])
    assert found_in(site.data, [canary, name.encode()]) == set()

    await customer.say("end")
    await customer.hear("gone")

    assert found_in(site.data, [canary, name.encode(), *kept]) == set()
    assert blobs(site.data) == []
    assert site.server.health().conversations == 0


async def test_an_address_dies_with_time_and_end(tmp_path: Path) -> None:
    """After five minutes, and at once when it ends; always the same 404."""
    clock = FakeClock()
    async with opened(filing_site(tmp_path / "data", clock)) as site:
        customer, mine = await customer_of(site)
        id_ = await mine.kept(PNG)
        url = (await mine.address(id_)).told["url"]
        assert (await mine.get(url)).status == 200
        unknown = await mine.get("/attachments/never?until=9&signature=x")
        clock.pass_(ADDRESS_LIFE)
        late = await mine.get(url)
        url = (await mine.address(id_)).told["url"]
        assert (await mine.get(url)).status == 200
        customer = await site.back(customer)  # the line was silent for long
        await customer.say("end")
        await customer.hear("gone")
        gone = await mine.get(url)

    assert (late.status, late.body) == (404, unknown.body)
    assert (gone.status, gone.body) == (404, unknown.body)


async def test_after_a_day_the_file_goes_before_its_conversation(
    tmp_path: Path,
) -> None:
    """And the message that named it is acknowledged again all the same."""
    clock = FakeClock()
    site_ = filing_site(
        tmp_path / "data", clock, inactivity_minutes=2_880, max_age_hours=48
    )
    async with opened(site_) as site:
        customer, mine = await customer_of(site)
        id_ = await mine.kept(PNG)
        first = await customer.send("client-0002", "", attachment=id_)
        await site.restart()
        customer = await site.back(customer)
        mine = Files(site.server.port, customer.token)
        clock.pass_(LONGEST_LIFE - ROUND)
        await asyncio.sleep(0.05)
        assert len(blobs(site.data)) == 1
        clock.pass_(ROUND)
        await until_none(site.data)
        customer = await site.back(customer)
        again = await customer.send("client-0002", "", attachment=id_)
        fresh = await customer.send("client-0003", "", attachment=id_)
        found = await mine.address(id_)

    assert again == first | {"repeat": True}
    assert (fresh["code"], found.status) == ("malformed", 404)


async def test_a_start_that_cannot_look_does_not_open(tmp_path: Path) -> None:
    """What a crash left must not stay because the disk did not let go."""
    site = filing_site(tmp_path / "data")
    await site.start()
    await site.stop()
    (tmp_path / "data" / "blobs" / "xx" / "folder").mkdir(parents=True)

    with pytest.raises(Unavailable):
        await site.start()

    (tmp_path / "data" / "blobs" / "xx" / "folder").rmdir()
    async with opened(site):
        pass


async def test_a_stop_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """Who is still sending when the server stops is cut off, and cleaned up."""
    site = filing_site(tmp_path / "data")
    await site.start()
    _, mine = await customer_of(site)
    request = await mine.begin(MIB)
    await request.send(bytes(5 * CHUNK))
    await until_so_many(site.data, 4 * SEALED_CHUNK)

    await site.stop()

    await request.close()
    assert blobs(site.data) == []
