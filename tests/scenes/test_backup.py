"""A scene: backups while customers chat, and restores that are cut short."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from benchmarks.server_process import (
    NoServer,
    Server,
    Setting,
    fresh_setting,
    running,
)
from run import main
from server.data_folder import DataFolder
from tests.scenes.test_rotation import CUSTOMERS, Load, until
from tests.services.backups import filled

ROOT = Path(__file__).parents[2]


@pytest.fixture
def setting() -> Iterator[Setting]:
    """A folder for a server process."""
    with fresh_setting() as setting:
        yield setting


async def ran(*words: object) -> int:
    """The exit code of a command."""
    return await asyncio.to_thread(main, [str(word) for word in words])


async def test_backups_are_made_while_twenty_chat(setting: Setting) -> None:
    """Nobody notices, and none of their conversations is in one."""
    load = Load()
    files = [setting.folder / f"backup-{number}" for number in range(5)]
    async with load.going_on(), running(setting) as server:
        load.port = server.port
        await until(lambda: load.reads > 50)
        for file in files:
            before = load.reads
            made = await ran("backup", "--settings", setting.file, "--to", file)
            assert made == 0
            await until(partial(has_read, load, before + 20))
        load.port = None

    assert load.failed == []
    assert len(load.acked) == CUSTOMERS
    old = setting.folder / "old"
    setting.data.rename(old)
    words = ("restore", files[-1], "--settings", setting.file)
    assert await ran(*words, "--erased", old) == 0
    assert await ran("audit", "--settings", setting.file, "--verify") == 0
    async with running(setting) as server:
        load.port = server.port
        for token in load.acked:
            async with await load.meet(token=token) as it:
                assert it.welcome["type"] == "refused"
    assert load.failed == []


def has_read(load: Load, count: int) -> bool:
    """Whether so many came back and got everything."""
    return load.reads > count


def killed(words: list[object], when: Callable[[], bool]) -> None:
    """Start a command, and kill it as soon as it is so."""
    process = subprocess.Popen(
        [sys.executable, "run.py", *map(str, words)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    while not when() and process.poll() is None:
        pass
    process.kill()
    assert process.wait() == -signal.SIGKILL


def test_a_kill_leaves_no_half_that_is_taken_for_a_whole(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    """No backup of that name, and no folder that anybody starts with."""
    asyncio.run(filled(setting.data, customers=8_000))
    DataFolder(setting.data).master_key_file.replace(setting.key_file)
    file = setting.folder / "backup"
    parts = partial(setting.folder.glob, "backup.*.part")
    backup = ["backup", "--settings", setting.file, "--to", file]
    killed(backup, lambda: any(part.stat().st_size for part in parts()))

    assert not file.exists()
    assert main([str(word) for word in backup]) == 0
    assert len(list(parts())) == 1  # the killed one's
    shutil.rmtree(setting.data)
    restore = ["restore", file, "--settings", setting.file]
    unfinished = DataFolder(setting.data).restoring
    killed(restore, (unfinished / "history.db").exists)

    assert main([str(word) for word in restore]) == 2
    assert "not finished" in capsys.readouterr().err
    with pytest.raises(NoServer, match="was not finished"):
        asyncio.run(Server.start(setting))
    shutil.rmtree(setting.data)
    assert main([str(word) for word in restore]) == 0
