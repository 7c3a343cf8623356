"""What a silent customer costs in memory.

Measured twice: customers who only said hello (nothing of theirs is stored),
and, with a fresh server, customers who wrote one message each.
"""

from __future__ import annotations

import asyncio

from benchmarks.figures import Figure, ratio
from benchmarks.load_client import Customer, arrived, in_turns, timed_text
from benchmarks.server_process import (
    Server,
    allow_many_sockets,
    fresh_setting,
    running,
)

#: Not signed in, but in the settings: a start looks at their passwords.
AGENTS = 10
MIB = 2**20
KIB = 2**10
#: Sockets this process and the server need beside the customers'.
SPARE = 200
#: Seconds in which a server that has just been busy finishes its work.
SETTLING = 1.0


async def measure(*, sessions: int) -> dict[str, Figure]:
    """Resident memory per session of ``sessions`` silent customers."""
    sessions = min(sessions, allow_many_sockets() - SPARE)
    base, silent = await _grown(sessions, speaking=False)
    _, spoken = await _grown(sessions, speaking=True)
    return {
        "sessions": sessions,
        "base_mib": base / MIB,
        "kib_per_session": ratio(silent / KIB, sessions),
        "kib_per_session_with_message": ratio(spoken / KIB, sessions),
    }


async def _grown(sessions: int, *, speaking: bool) -> tuple[int, int]:
    with fresh_setting(agents=AGENTS) as setting:
        async with running(setting) as server:
            # One customer comes and stays first: what the first connection
            # loads belongs to the base, not to a session.
            first = await arrived(1, server.port)
            await first[0].say(timed_text(0.0))
            base = await _settled(server)
            customers = await arrived(sessions, server.port)
            if speaking:
                await in_turns(_speak, customers)
            grown = await _settled(server) - base
            gone = sum(c.link.closed.done() for c in customers)
            if gone:
                raise RuntimeError(f"{gone} of {sessions} were cut off")
            return base, grown


async def _speak(customer: Customer) -> None:
    await customer.say(timed_text(0.0))


async def _settled(server: Server) -> int:
    await asyncio.sleep(SETTLING)
    return server.resident_bytes()
