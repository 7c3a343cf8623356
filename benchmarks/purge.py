"""How punctually many sessions time out, and whether others notice.

Sessions of which context, cookies and private data are known come due evenly
over a minute, each a stored conversation with its key; meanwhile fifty
customers write twice a second. How long these wait for an ack is compared
with the twenty seconds before.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import sys
import time

from benchmarks import stored
from benchmarks.figures import Figure, percentile, ratio
from benchmarks.load_client import Customer, arrived, now, timed_text
from benchmarks.server_process import (
    PATIENCE,
    Server,
    Setting,
    fresh_setting,
    running,
)
from server.data_folder import DataFolder

CUSTOMERS = 50
#: Seconds from one message of a customer to the next.
PACE = 0.5
#: Seconds after the last deadline; what is left then is late for good.
GRACE = 8.0
SETTINGS = """
allowed_cookies = ["basket", "visitor"]
secret = "a secret of this benchmark and of nothing else"
"""


async def measure(*, sessions: int, within: int) -> dict[str, Figure]:
    """Have ``sessions`` time out ``within`` so many seconds."""
    with fresh_setting() as setting:
        # The channel's table is the last one of the settings.
        with setting.file.open("a", encoding="utf-8") as file:
            file.write(SETTINGS)
        await stored.fill(setting, sessions)
        command = [
            sys.executable,
            "-m",
            "benchmarks.purge_server",
            str(setting.file),
            str(sessions),
            str(within),
        ]
        async with running(setting, command) as server:
            seen = await _chatting(server, setting, within)
        return {**seen, **_purged(setting)}


async def _chatting(
    server: Server, setting: Setting, within: float
) -> dict[str, Figure]:
    plan = json.loads((setting.folder / "plan.json").read_text())
    resident = server.resident_bytes() / 2**20
    writers = await arrived(CUSTOMERS, server.port)
    begins = now() + plan["begins"] - time.time()
    quiet = await _written(writers, until=begins)
    cpu = server.cpu_seconds()
    loaded = await _written(writers, until=begins + within)
    cpu = server.cpu_seconds() - cpu
    await asyncio.sleep(GRACE)
    before, during = percentile(quiet, 99), percentile(loaded, 99)
    return {
        "sessions": plan["sessions"],
        "ack_p99_ratio": ratio(during, before),
        "ack_p99_before_ms": before * 1e3,
        "ack_p99_during_ms": during * 1e3,
        "ack_p50_before_ms": percentile(quiet, 50) * 1e3,
        "ack_p50_during_ms": percentile(loaded, 50) * 1e3,
        "acks_during": len(loaded),
        "resident_mib": resident,
        "server_cpu_share": ratio(cpu, within),
        "server_cpu_ms_per_session": ratio(cpu * 1e3, plan["sessions"]),
    }


async def _written(writers: list[Customer], *, until: float) -> list[float]:
    """Seconds from each message to its ack, of all of ``writers``."""
    waits: list[float] = []

    async def write(writer: Customer) -> None:
        await asyncio.sleep(PACE * random.random())
        while (at := now()) < until:
            await writer.say(timed_text(at))
            waits.append(now() - at)
            await asyncio.sleep(max(0.0, PACE - waits[-1]))

    async with asyncio.timeout(until - now() + PATIENCE):
        await asyncio.gather(*map(write, writers))
    return waits


def _purged(setting: Setting) -> dict[str, Figure]:
    result = json.loads((setting.folder / "purged.json").read_text())
    late = result["late"]
    return {
        "lateness_p50_s": percentile(late, 50),
        "lateness_p99_s": percentile(late, 99),
        "lateness_max_s": max(late, default=0.0),
        "early": sum(one < 0.0 for one in late),
        "left": result["left"] + _stored(setting) - CUSTOMERS,
        "kept": result["kept"],
    }


def _stored(setting: Setting) -> int:
    db = sqlite3.connect(DataFolder(setting.data).database)
    try:
        (count,) = db.execute("SELECT count(*) FROM conversation").fetchone()
    finally:
        db.close()
    return int(count)
