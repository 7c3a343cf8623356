"""The whole server: how it refuses to start, and how it stops."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.app import Server
from server.clock import SystemClock
from server.data_folder import DataFolder
from server.errors import Misconfigured
from server.store.connection import VERSION
from server.vault.passwords import hash_password
from tests.scenes.sites import Site, configured, settings

ROOT = Path(__file__).parent.parent


async def used_folder(tmp_path: Path) -> Path:
    """A data folder with a conversation in it, left in order."""
    data = tmp_path / "data"
    site = Site(data)
    await site.start()
    async with await site.customer() as customer:
        await customer.send("client-0001", "a secret word")
    await site.stop()
    return data


def toml(data: Path, **more: Any) -> str:
    """The settings as a file; JSON's values are TOML's, but for null."""
    made = settings(data, **more)
    (account,) = made.pop("account")
    limits = made.pop("limits")
    lines = [f"{name} = {json.dumps(value)}" for name, value in made.items()]
    lines += ["[limits]"]
    lines += [f"{name} = {value}" for name, value in limits.items()]
    lines += ["[[account]]"]
    tables = {k: v for k, v in account.items() if isinstance(v, list)}
    lines += [f"{k} = {json.dumps(account[k])}" for k in ("id", "name")]
    for name, rows in tables.items():
        for row in rows:
            lines += [f"[[account.{name}]]"]
            lines += [f"{k} = {json.dumps(v)}" for k, v in row.items()]
    return "\n".join(lines)


async def run(data: Path, **more: Any) -> tuple[int, list[str]]:
    """``run.py`` on ``data``: exit code and lines, as an operator sees it."""
    file = data.parent / "settings.toml"
    file.write_text(toml(data, **more))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("run.py", "--settings", str(file)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(20):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode().splitlines()


def lose_keys(folder: DataFolder) -> None:
    """Somebody deleted the key file."""
    folder.keys.unlink()


def lose_master_key(folder: DataFolder) -> None:
    """Somebody deleted the master key."""
    folder.master_key_file.unlink()


def change_master_key(folder: DataFolder) -> None:
    """Somebody brought back the wrong one."""
    wrong = base64.b64encode(bytes(range(7, 39))).decode()
    folder.master_key_file.write_text(wrong)


def publish_master_key(folder: DataFolder) -> None:
    """Somebody let everybody read it."""
    folder.master_key_file.chmod(0o644)


def damage_database(folder: DataFolder) -> None:
    """A disk gave back something else."""
    folder.database.write_bytes(b"something else" * 1000)


def grow_schema(folder: DataFolder) -> None:
    """A newer Dayfly has been here."""
    with closing(sqlite3.connect(folder.database)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")


def cut_keys(folder: DataFolder) -> None:
    """A copy of the key file broke off."""
    folder.keys.write_bytes(folder.keys.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("mishap", "code", "said"),
    [
        (lose_keys, 2, "bring it back"),
        (lose_master_key, 2, "bring it back"),
        (change_master_key, 2, "master key"),
        (publish_master_key, 2, "master.key"),
        (damage_database, 1, "damaged or not a database"),
        (grow_schema, 2, "newer Dayfly"),
        (cut_keys, 1, "conversation.keys"),
    ],
)
async def test_what_is_wrong_with_the_folder_is_said_in_a_line(
    tmp_path: Path, mishap: Callable[[DataFolder], None], code: int, said: str
) -> None:
    """Exit code 2 if the operator can mend it, 1 if it is broken."""
    data = await used_folder(tmp_path)
    mishap(DataFolder(data))

    exit_code, lines = await run(data)

    assert exit_code == code
    (line,) = lines
    assert line.startswith("dayfly: ")
    assert said in line


async def test_a_folder_has_one_server(tmp_path: Path) -> None:
    """The second would take the first one's keys for orphans."""
    site = Site(tmp_path / "data")
    await site.start()
    try:
        exit_code, lines = await run(site.data)
    finally:
        await site.stop()

    assert exit_code == 2
    assert len(lines) == 1
    assert "in use by another" in lines[0]


async def test_a_port_has_one_server(tmp_path: Path) -> None:
    """And the folder is not touched before that is known."""
    data = tmp_path / "data"
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        exit_code, lines = await run(data, port=port)

    assert exit_code == 2
    assert len(lines) == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in lines[0]
    assert not data.exists()


async def test_a_password_of_the_books_is_refused(tmp_path: Path) -> None:
    """An agent whose password everybody tries first may not start it."""
    weak = hash_password("password", lambda n: b"\7" * n)
    made = settings(tmp_path / "data")
    made["account"][0]["agent"][0]["password_hash"] = weak
    config = configured(tmp_path / "data", account=made["account"])

    with pytest.raises(Misconfigured, match="agent maria has a password"):
        async with Server(config):
            pass


async def test_a_start_that_failed_leaves_nothing_locked(
    tmp_path: Path,
) -> None:
    """Once mended, the same process can start it."""
    data = await used_folder(tmp_path)
    folder = DataFolder(data)
    key = folder.master_key_file.read_text()
    change_master_key(folder)
    site = Site(data)
    with pytest.raises(Misconfigured):
        await site.start()

    folder.master_key_file.write_text(key)
    await site.start()

    assert site.server.health().conversations == 1
    await site.stop()


class BrokenClock(SystemClock):
    """A clock by which nobody can wait."""

    async def sleep(self, seconds: float) -> None:
        raise RuntimeError


async def test_a_part_that_fails_stops_the_server(tmp_path: Path) -> None:
    """Better none than one that, say, does not purge any more."""
    server = Server(configured(tmp_path / "data"), clock=BrokenClock())
    async with server:
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(server.run_until(asyncio.Event()), 5)


async def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """And stopping is no failure."""
    server = Server(configured(tmp_path / "data"))
    stop = asyncio.Event()
    async with server:
        serving = asyncio.ensure_future(server.run_until(stop))
        health = server.health()
        stop.set()
        await asyncio.wait_for(serving, 5)

    assert health.status.value == "ok"
    assert (health.sessions, health.conversations) == (0, 0)


async def test_what_waits_for_the_disk_is_finished_first(
    tmp_path: Path,
) -> None:
    """A sign-in under way when the server stops is still written down."""
    site = Site(tmp_path / "data")
    await site.start()
    house = site.server._parts.house
    (part,) = (t for t in site.server._tasks if t.get_name() == "listing")

    async def last_errand() -> None:
        await asyncio.wait({part})  # it is among the last to be stopped
        await house.records.write(lambda group: group.drop_sign_in(b"no one"))

    errand = house.errands.run(last_errand())

    before = SystemClock().elapsed()
    await site.stop()

    assert errand.done()
    assert not errand.cancelled()
    assert SystemClock().elapsed() - before < 1.5
