"""How soon many customers who were cut off at once hold everything again.

Each peer has said and heard one message when its other window writes more;
then all connections break in the same moment, and all peers come back at once
and ask for what they miss.
"""

from __future__ import annotations

import asyncio

from benchmarks.figures import Figure, doubled, missing, percentile
from benchmarks.load_client import Customer, arrived, in_turns, now, timed_text
from benchmarks.server_process import (
    Server,
    allow_many_sockets,
    fresh_setting,
    running,
)
from benchmarks.wire import Frame

#: What a peer holds when it is cut off.
HELD = 1


async def measure(*, peers: int, behind: int) -> dict[str, Figure]:
    """Cut ``peers`` off when they are ``behind`` messages behind."""
    allow_many_sockets()
    with fresh_setting() as setting:
        async with running(setting) as server:
            customers = await arrived(peers, server.port)

            async def fall_behind(customer: Customer) -> None:
                await customer.say_all([timed_text(now())] * (HELD + behind))

            await in_turns(fall_behind, customers)
            for customer in customers:
                customer.link.abort()
            await asyncio.wait([c.link.closed for c in customers])
            return await _resumed(server, customers, behind)


async def _resumed(
    server: Server, customers: list[Customer], behind: int
) -> dict[str, Figure]:
    cpu, began = server.cpu_seconds(), now()

    async def come_back(customer: Customer) -> tuple[float, list[int]]:
        numbers = await _caught_up(server.port, customer)
        return now() - began, numbers

    # All at once: what the listening queue does not hold, the kernel retries.
    back = await in_turns(come_back, customers, len(customers))
    waits = [wait for wait, _ in back]
    told = [numbers for _, numbers in back]
    return {
        "peers": len(customers),
        "behind": behind,
        "caught_up_s": max(waits),
        "caught_up_p50_s": percentile(waits, 50),
        "server_cpu_s": server.cpu_seconds() - cpu,
        "gaps": sum(
            missing([HELD, *numbers], up_to=HELD + behind) for numbers in told
        ),
        "doubled": sum(doubled([HELD, *numbers]) for numbers in told),
    }


async def _caught_up(port: int, customer: Customer) -> list[int]:
    told: list[int] = []

    def hear(frame: Frame) -> None:
        if frame["type"] == "history":
            told.extend(message["number"] for message in frame["messages"])
        elif frame["type"] == "message":
            told.append(frame["number"])

    await customer.arrive(port, last=HELD, hear=hear)
    while customer.link.latest["history"].get("more"):
        fetch = {"type": "fetch", "after": told[-1]}
        await customer.link.ask(fetch, "history")
    return told
