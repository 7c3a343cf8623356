"""A scene: the server is killed, or the disk fails, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from server.data_folder import DataFolder
from server.errors import Unavailable
from server.vault.key_header import HEADER_SIZE
from server.vault.wrapping import SLOT_SIZE
from tests.scenes.sites import Site, say
from tests.strangers_client import Stranger

ROOT = Path(__file__).parent.parent.parent


@asynccontextmanager
async def process(data: Path) -> AsyncIterator[tuple[str, Any]]:
    """``python run.py`` on ``data``; its address, and a way to kill it."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("run.py", "--port", "0", "--data", str(data)),
        cwd=ROOT,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert running.stderr is not None
    try:
        async with asyncio.timeout(20):
            while line := json.loads(await running.stderr.readline()):
                if line["event"] == "listening":
                    break
        yield f"ws://127.0.0.1:{line['port']}/socket/customer/shop", running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def test_a_killed_server_goes_on_where_it_was(tmp_path: Path) -> None:
    """kill -9: all acks hold, a resend is the same message, numbers go on."""
    data = tmp_path / "data"
    async with process(data) as (address, running):
        customer = await Stranger.meet(address)
        acks = [await say(customer, f"client-{n:04}", f"{n}") for n in range(9)]
        await customer.say("send", id="client-0009", text="9")
        running.kill()
        assert await customer.closed() == 1006
    epoch = customer.welcome["summary"]["epoch"]

    async with process(data) as (address, _):
        back = await Stranger.meet(
            address, token=customer.token, last=9, epoch=epoch
        )
        again = await back.send("client-0004", "4")
        other = await back.send("client-0005", "Whatever")
        tenth = await back.send("client-0009", "9")
        whole = await Stranger.meet(address, token=customer.token)
        await whole.hear("history")

    assert again == acks[4] | {"repeat": True}
    # What it says now changes nothing, and its sender is told what stands.
    assert other == acks[5] | {"repeat": True, "text": "5"}
    assert tenth["number"] == 10
    assert whole.texts() == [f"{n}" for n in range(10)]


async def test_what_ended_before_the_crash_is_gone_after_it(
    tmp_path: Path,
) -> None:
    """``ended`` cannot be taken back, not even by kill -9."""
    data = tmp_path / "data"
    async with process(data) as (address, running):
        customer = await Stranger.meet(address)
        await customer.send("client-0001", "Hello")
        await customer.say("end")
        await customer.hear("ended")
        running.kill()

    async with process(data) as (address, _):
        late = await Stranger.meet(address, token=customer.token)

    assert late.welcome["code"] == "session_unknown"


class Photographer:
    """Keys and records that copy the data folder at one moment of an end.

    What is copied is what a crash at that moment would leave.
    """

    def __init__(self, site: Site, moment: str) -> None:
        house = site.server._parts.house
        self._keys, self._records = house.keys, house.records
        self._moment = moment
        self._data = site.data
        self.copy = site.data.with_name("copy")
        house.keys = house.records = self

    def __getattr__(self, name: str) -> Any:
        source = self._keys if hasattr(self._keys, name) else self._records
        return getattr(source, name)

    def _at(self, moment: str) -> None:
        if moment == self._moment:
            but = shutil.ignore_patterns("*.sock")
            shutil.copytree(self._data, self.copy, ignore=but)

    def shred(self, slots: Iterable[int]) -> None:
        self._at("before the key")
        self._keys.shred(slots)
        self._at("before the rows")

    async def checkpoint(self) -> None:
        self._at("before the log")
        await self._records.checkpoint()
        self._at("before the slot")


def keys_in(data: Path) -> int:
    """How many slots of the key file are not zeroed."""
    content = DataFolder(data).keys.read_bytes()[HEADER_SIZE:]
    return sum(
        any(content[at : at + SLOT_SIZE])
        for at in range(0, len(content), SLOT_SIZE)
    )


@pytest.mark.parametrize(
    "moment",
    [
        "before the key",
        "before the rows",
        "before the log",
        "before the slot",
    ],
)
async def test_a_crash_at_any_step_of_an_end_is_made_good(
    site: Site, moment: str
) -> None:
    """The next start finishes it before the port opens; others live on."""
    photographer = Photographer(site, moment)
    async with await site.customer() as one, await site.customer() as other:
        await one.send("client-0001", "Mine")
        await other.send("client-0001", "Theirs")
        await one.say("end")
        await one.hear("gone")
    after = Site(photographer.copy)

    await after.start()
    try:
        async with await after.customer(token=one.token) as late:
            assert late.welcome["code"] == "session_unknown"
        async with await after.customer(token=other.token) as back:
            await back.hear("history")
            assert back.texts() == ["Theirs"]
        assert after.server.health().conversations <= 2
        keys = DataFolder(photographer.copy).keys.read_bytes()[HEADER_SIZE:]
        slots = [
            keys[n : n + SLOT_SIZE] for n in range(0, len(keys), SLOT_SIZE)
        ]
        # One of the conversation that goes on, one of the account.
        assert sum(any(slot) for slot in slots) == 2
    finally:
        await after.stop()


async def test_a_disk_that_fails_loses_nothing_acknowledged(site: Site) -> None:
    """Refused with ``unavailable``; what was acked stays; then it goes on."""
    history: Any = site.server._parts.house.records
    sound = history._before_commit

    async def full() -> None:
        raise Unavailable

    async with await site.customer() as customer:
        await say(customer, "client-0001", "Kept")
        history._before_commit = full
        refused = [
            await customer.send(f"client-1{n:03}", "Lost") for n in range(5)
        ]
        async with await site.customer() as new:
            first = await new.send("client-0001", "Lost as well")
        history._before_commit = sound
        again = await customer.send("client-1000", "Kept now")
    await site.restart()
    async with await site.customer(token=customer.token) as back:
        await back.hear("history")

    assert {answer["code"] for answer in [*refused, first]} == {"unavailable"}
    assert all(answer["retry"] for answer in refused)
    assert again["number"] == 2
    assert back.texts() == ["Kept", "Kept now"]
