"""A scene: the master key is changed under load, and through a kill."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from random import randbytes

import pytest
from websockets.exceptions import WebSocketException

from benchmarks.server_process import (
    NoServer,
    Server,
    Setting,
    fresh_setting,
    running,
)
from benchmarks.stored import Stored, fill
from run import main
from server.data_folder import DataFolder
from server.vault.key_header import HEADER_SIZE, key_id_of
from server.vault.keyring import Keyring
from server.vault.master_key import MasterKey
from server.vault.wrappers import named
from server.vault.wrapping import EMPTY, SLOT_SIZE
from tests.strangers_client import Stranger

CUSTOMERS = 20
ROTATED = "master key rotated"


@pytest.fixture
def setting() -> Iterator[Setting]:
    """A folder for a server process."""
    with fresh_setting() as setting:
        yield setting


def change_master_key(setting: Setting) -> None:
    """What docs/operating.md says, up to the restart."""
    new = setting.folder / "new.key"
    new.touch(mode=0o600)
    new.write_bytes(base64.b64encode(secrets.token_bytes(32)))
    line = f'master_key_file = "{setting.key_file}"'
    text = setting.file.read_text()
    setting.file.write_text(
        text.replace(line, f'master_key_file = "{new}"\nprevious_{line}')
    )


def name_only(setting: Setting, file: str) -> None:
    """Name ``file`` as the one master key."""
    lines = [
        line
        for line in setting.file.read_text().splitlines()
        if "master_key_file" not in line
    ]
    named = f'master_key_file = "{setting.folder / file}"'
    setting.file.write_text("\n".join([named, *lines]))


def slots(setting: Setting) -> Counter[bytes]:
    """How many slots are under which key; read beside the server."""
    content = DataFolder(setting.data).keys.read_bytes()
    records = (
        content[at : at + SLOT_SIZE]
        for at in range(HEADER_SIZE, len(content), SLOT_SIZE)
    )
    return Counter(key_id_of(one) for one in records if one != EMPTY)


def said(setting: Setting, event: str) -> list[dict[str, object]]:
    """The log lines with that event, over all starts; after them."""
    lines = setting.log.read_text().splitlines()
    entries = (json.loads(line) for line in lines if line[:1] == "{")
    return [one for one in entries if one["event"] == event]


def is_rotated(setting: Setting) -> bool:
    """Whether the header of the key file names one key only."""
    return DataFolder(setting.data).keys.read_bytes()[8:10] == b"\0\1"


async def until(is_so: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 - another process has no events
            await asyncio.sleep(0.005)


async def messages_of(line: Stranger) -> int:
    """How many messages a customer gets of those there are, at welcome."""
    number: int = line.welcome["summary"]["last"]
    while line.last < number:
        await line.hear("history")
    return number


class Load:
    """Customers who write, leave, come back and read, without a pause.

    Attributes:
        port: Of the server; None: there is none, wait.
        reads: How many came back and got everything.
        failed: What went wrong, in words.
    """

    def __init__(self) -> None:
        self.port: int | None = None
        self.reads = 0
        self.failed: list[str] = []
        self.acked: dict[str, int] = {}  # token -> messages

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """All customers at work, for as long as the block."""
        tasks = [asyncio.create_task(self._live()) for _ in range(CUSTOMERS)]
        yield
        for task in tasks:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        self.failed += [
            repr(one)
            for one in done
            if not isinstance(one, asyncio.CancelledError)
        ]

    async def meet(self, **hello: str) -> Stranger:
        """A connection to the server of now."""
        return await Stranger.meet(
            f"ws://127.0.0.1:{self.port}/socket/customer/shop", **hello
        )

    async def _live(self) -> None:
        token = ""
        while True:
            port = self.port
            try:
                if port is not None:
                    token = await self._visit(token, port)
            except (OSError, WebSocketException):
                self._fail(port, "the server did not answer")
            await asyncio.sleep(0.005)

    def _fail(self, port: int | None, how: str) -> None:
        # What fails because the server stops is no fault.
        if port == self.port:
            self.failed.append(how)

    async def _visit(self, token: str, port: int) -> str:
        async with await self.meet(**({"token": token} if token else {})) as it:
            if it.welcome["type"] != "welcome":
                self._fail(port, it.welcome["code"])
                return token
            token = it.welcome.get("token") or token
            there = await messages_of(it)
            if there != it.last or there < self.acked.get(token, 0):
                self._fail(port, f"{it.last} of {there} messages")
            self.reads += 1
            answer = await it.send(f"client-{secrets.token_hex(8)}", "Hello")
            if answer["type"] == "ack":
                self.acked[token] = answer["number"]
            else:
                self._fail(port, answer["code"])
        return token

    async def incomplete(self, stored: list[Stored]) -> list[str]:
        """Which of all conversations do not come back as they were."""
        counts = self.acked | {one.token: one.messages for one in stored}
        lost = []
        for token, count in counts.items():
            async with await self.meet(token=token) as it:
                await messages_of(it)
                if it.last < count:
                    lost.append(token)
        return lost


async def test_the_master_key_is_changed_under_load(setting: Setting) -> None:
    """Nobody notices; then the old one is refused, and all is there."""
    stored = await fill(setting, 3_000)
    load = Load()
    async with load.going_on():
        async with running(setting) as server:
            load.port = server.port
            await until(lambda: load.reads > 100)
            load.port = None
        change_master_key(setting)
        async with running(setting) as server:
            load.port = server.port
            before = load.reads
            await until(lambda: is_rotated(setting))
            await until(lambda: load.reads > before + 100)
            lost = await load.incomplete(stored[::100])
            load.port = None

    assert load.failed == []
    assert lost == []
    assert len(load.acked) == CUSTOMERS
    (line,) = said(setting, ROTATED)
    assert line["slots"] == 3_000 + CUSTOMERS + 1  # and the account
    assert slots(setting).keys() == {slots_of_new(setting)}
    name_only(setting, "master.key")
    with pytest.raises(NoServer, match="belongs to another master key"):
        await Server.start(setting)
    name_only(setting, "new.key")
    async with running(setting) as server:
        load.port = server.port
        assert await load.incomplete(stored[::10]) == []
    assert keys_that_open(setting) == 3_000 + CUSTOMERS
    # The audit log went over to the new key as well, and was never in doubt.
    assert main(["audit", "--settings", str(setting.file), "--verify"]) == 0
    assert "critical" not in setting.log.read_text()


def slots_of_new(setting: Setting) -> bytes:
    """The id of the new master key."""
    return named(MasterKey.load_file(setting.folder / "new.key")).key_id


def keys_that_open(setting: Setting) -> int:
    """Under the new master key alone; raises if one does not."""
    folder = DataFolder(setting.data)
    new = MasterKey.load_file(setting.folder / "new.key")
    with (
        closing(sqlite3.connect(folder.database)) as db,
        closing(Keyring.open(folder.keys, new, randomness=randbytes)) as keys,
    ):
        rows = db.execute("SELECT slot, account, id FROM conversation")
        return sum(
            keys.key(slot, account=account, conversation=id_).slot == slot
            for slot, account, id_ in rows
        )


async def test_a_kill_in_the_middle_is_made_good(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half is under the new key; the next start does the rest."""
    stored = await fill(setting, 20_000)
    change_master_key(setting)
    new = slots_of_new(setting)
    server = await Server.start(setting)
    await until(lambda: slots(setting)[new] > 1_000)
    await server.kill()

    half = slots(setting)
    both = setting.file.read_text()
    assert len(half) == 2
    assert said(setting, ROTATED) == []
    for alone in ("new.key", "master.key"):
        name_only(setting, alone)
        with pytest.raises(NoServer, match="is being changed"):
            await Server.start(setting)
    setting.file.write_text(both)
    async with running(setting) as server:
        load = Load()
        load.port = server.port
        assert await load.incomplete(stored[::50]) == []
        await until(lambda: is_rotated(setting))
        assert await load.incomplete(stored[7::50]) == []

    every = len(stored) + 1  # one is the account's
    assert slots(setting) == {new: every}
    assert keys_that_open(setting) == len(stored)
    # What the kill cut off in its last batch is counted by neither run.
    (line,) = said(setting, ROTATED)
    assert 0 < int(str(line["slots"])) <= every - half[new]
    assert main(["key", "status", "--settings", str(setting.file)]) == 0
    assert "      0 slots  the previous master key" in capsys.readouterr().out
    async with running(setting):
        pass
    assert said(setting, "nothing needs the previous master key: it can go")
