"""How fast conversations end, and whether anything is left of them.

Fifty customers at a time end conversations of twenty messages; each waits for
its ``gone``. Then the server is killed, so that nothing tidies up behind it,
and every file of it is searched for what was said, for what opened it, and
for the very bytes that stood in those files before the end.
"""

from __future__ import annotations

import asyncio
import secrets

from benchmarks.canaries import count_in, stored_canaries
from benchmarks.figures import Figure, percentile, ratio
from benchmarks.load_client import (
    LENGTH,
    Customer,
    arrived,
    in_turns,
    now,
)
from benchmarks.server_process import Server, Setting, fresh_setting

MESSAGES = 20
AT_ONCE = 50


async def measure(*, conversations: int) -> dict[str, Figure]:
    """End ``conversations``, then search for their remains."""
    with fresh_setting() as setting:
        server = await Server.start(setting)
        try:
            return await _ended(server, setting, conversations)
        finally:
            await server.kill()


async def _ended(
    server: Server, setting: Setting, conversations: int
) -> dict[str, Figure]:
    customers = await arrived(conversations, server.port)
    said = await in_turns(_talk, customers, AT_ONCE)
    words = {text.encode() for texts in said for text in texts}
    # The end of a token is its secret part; an id may stand in a log.
    words |= {(customer.token or "")[-32:].encode() for customer in customers}
    stored = await asyncio.to_thread(stored_canaries, setting.data)
    before = await asyncio.to_thread(count_in, setting.folder, stored)
    readable = await asyncio.to_thread(count_in, setting.folder, words)

    cpu, began = server.cpu_seconds(), now()
    took = await in_turns(_end, customers, AT_ONCE)
    lasted = now() - began
    cpu = server.cpu_seconds() - cpu

    await server.kill()
    found = await asyncio.to_thread(count_in, setting.folder, stored | words)
    return {
        "conversations": conversations,
        "ends_per_s": ratio(conversations, lasted),
        "gone_p50_ms": percentile(took, 50) * 1e3,
        "gone_p99_ms": percentile(took, 99) * 1e3,
        "server_cpu_ms_per_end": ratio(cpu * 1e3, conversations),
        "searched_for": len(stored | words),
        "found_before": before,
        "readable_before": readable,
        "found": found,
    }


async def _talk(customer: Customer) -> list[str]:
    texts = [secrets.token_hex(LENGTH // 2) for _ in range(MESSAGES)]
    await customer.say_all(texts)
    return texts


async def _end(customer: Customer) -> float:
    began = now()
    await customer.link.ask({"type": "end"}, "gone")
    return now() - began
