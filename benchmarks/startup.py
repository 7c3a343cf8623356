"""How long a start takes: from the process's birth to the first welcome.

Once with an empty data folder and once with many live conversations, of which
the last one made is then asked for: a server that answers fast because it has
not read anything yet would not know it.
"""

from __future__ import annotations

from benchmarks.figures import Figure
from benchmarks.load_client import Customer, now
from benchmarks.server_process import Server, Setting, fresh_setting
from benchmarks.stored import EPOCH, Stored, fill

MIB = 2**20
#: Each has a password hash, and a start may want to look at all of them.
AGENTS = 10


async def measure(*, conversations: int) -> dict[str, Figure]:
    """Start with nothing, then with ``conversations``."""
    with fresh_setting() as setting:
        empty, _ = await _started(setting, None)
    with fresh_setting(agents=AGENTS) as setting:
        staffed, _ = await _started(setting, None)
    with fresh_setting() as setting:
        began = now()
        stored = await fill(setting, conversations)
        filling = now() - began
        loaded, resident = await _started(setting, stored[-1])
        size = sum(
            path.stat().st_size
            for path in setting.data.rglob("*")
            if path.is_file()
        )
    return {
        "conversations": conversations,
        "empty_s": empty,
        "loaded_s": loaded,
        "empty_ten_agents_s": staffed,
        "resident_mib": resident / MIB,
        "on_disk_mib": size / MIB,
        "filling_s": filling,
    }


async def _started(
    setting: Setting, stored: Stored | None
) -> tuple[float, int]:
    customer = Customer()
    if stored is not None:
        customer.token, customer.epoch = stored.token, EPOCH
    began = now()
    server = await Server.start(setting)
    try:
        await customer.arrive(server.port)
        took, resident = now() - began, server.resident_bytes()
        messages = customer.link.latest["history"]["messages"]
        if stored is not None and len(messages) != stored.messages:
            raise RuntimeError("the server does not know what was stored")
        return took, resident
    finally:
        await server.stop()
