"""What the API and the duties to people cost: reading, searching, erasing.

Two servers: one with many live conversations, whose data map is asked for,
and one with texts, customers and one long conversation for all the rest.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from benchmarks.figures import Figure, median, percentile, ratio
from benchmarks.load_client import Customer, in_turns, now, timed_text
from benchmarks.server_process import (
    ACCOUNT,
    CHANNEL,
    Server,
    Setting,
    fresh_setting,
    running,
)
from benchmarks.stored import fill

MIB = 2**20
#: Callers, each with a key of its own: one alone is soon told to slow down.
KEYS = 40
AT_ONCE = 8
#: Requests whose time is taken, and people who are erased.
READS = 2_000
ERASURES = 30
#: Conversations of the store have one message or two: three for two of them.
TEXTS_IN_TWO = 3
#: Seconds between two looks at an erasure, and how many are enough.
GLANCE = 0.005
GLANCES = 10_000
OURS = f"/api/v1/accounts/{ACCOUNT}"
SCOPES = ["channels:read", "customers:write", "customers:read"]


@dataclass(slots=True)
class Office:
    """The API of a server under test.

    Attributes:
        server: It.
        operator: Calls by the local socket, where nobody is asked who it is.
        network: Calls by the port.
        keys: Of programs that may call by the port.
    """

    server: Server
    operator: aiohttp.ClientSession
    network: aiohttp.ClientSession
    keys: list[str] = field(default_factory=list, repr=False)

    async def done(self, method: str, path: str, body: Any = None) -> Any:
        """What the operator is answered.

        Raises:
            aiohttp.ClientResponseError: It was refused.
        """
        async with self.operator.request(method, path, json=body) as answer:
            answer.raise_for_status()
            if answer.content_type == "application/json":
                return await answer.json()
            return await answer.read()

    async def called(self, key: str, path: str, body: Any = None) -> Any:
        """What whoever bears ``key`` is answered.

        Raises:
            aiohttp.ClientResponseError: It was refused.
        """
        async with self.network.request(
            "GET" if body is None else "POST",
            f"http://127.0.0.1:{self.server.port}{path}",
            json=body,
            headers={"authorization": f"Bearer {key}"},
        ) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def make_keys(self) -> None:
        """Have a key for each of ``KEYS`` programs."""
        for number in range(KEYS):
            key = f"load-{number}"
            made = await self.done(
                "POST",
                f"{OURS}/keys",
                {"id": key, "name": key, "scopes": SCOPES},
            )
            self.keys.append(made["key"])


@asynccontextmanager
async def opened(setting: Setting) -> AsyncIterator[Office]:
    """A server on ``setting``, and who calls its API."""
    async with (
        running(setting) as server,
        aiohttp.ClientSession(
            "http://operator",
            connector=aiohttp.UnixConnector(str(setting.data / "admin.sock")),
        ) as operator,
        aiohttp.ClientSession() as network,
    ):
        yield Office(server, operator, network)


async def measure(
    *, conversations: int, texts: int, messages: int, customers: int
) -> dict[str, Figure]:
    """Ask for the map of ``conversations``, then for all the rest.

    Args:
        conversations: That live when the map is made.
        texts: That are searched.
        messages: Of the conversation that is exported.
        customers: Who are known when the backup is made.
    """
    with fresh_setting() as setting:
        await fill(setting, conversations)
        async with opened(setting) as office:
            first, mapped = await _mapped(office)
    with fresh_setting() as setting:
        await fill(setting, max(2, texts * 2 // TEXTS_IN_TWO))
        async with opened(setting) as office:
            await office.make_keys()
            rest = await _reads(office)
            rest |= await _searched(office)
            rest |= await _exported(office, messages)
            people, made = await _customers(office, customers)
            rest |= made | await _backed_up(office)
            rest |= await _erased(office, people[:ERASURES])
    return {"first_call_ms": first * 1000, "map_s": mapped} | rest


async def _timed(office: Office, path: str, body: Any = None) -> float:
    began = now()
    await office.done("GET" if body is None else "POST", path, body)
    return now() - began


async def _mapped(office: Office) -> tuple[float, float]:
    first = await _timed(office, f"{OURS}/channels/{CHANNEL}")
    return first, await _timed(office, f"{OURS}/data-map")


async def _reads(office: Office) -> dict[str, Figure]:
    bearers = itertools.cycle(office.keys)
    times: list[float] = []

    async def one(key: str) -> None:
        began = now()
        await office.called(key, f"{OURS}/channels/{CHANNEL}")
        times.append(now() - began)

    cpu, began = office.server.cpu_seconds(), now()
    await in_turns(one, itertools.islice(bearers, READS), AT_ONCE)
    took, spent = now() - began, office.server.cpu_seconds() - cpu
    return {
        "reads_per_s": ratio(READS, took),
        "read_p50_ms": median(times) * 1000,
        "read_p99_ms": percentile(times, 99) * 1000,
        "cpu_ms_per_read": ratio(spent * 1000, READS),
    }


async def _searched(office: Office) -> dict[str, Figure]:
    """Words that stand nowhere, so that every text is looked at."""
    looked, after, began = 0, "", now()
    cpu = office.server.cpu_seconds()
    while looked == 0 or after:
        found = await office.done(
            "POST",
            f"{OURS}/privacy/search",
            {"text": "stands nowhere", "after": after},
        )
        looked += found["looked"]
        after = found.get("after") or ""
    return {
        "searched": looked,
        "search_s": now() - began,
        "search_cpu_s": office.server.cpu_seconds() - cpu,
    }


async def _exported(office: Office, messages: int) -> dict[str, Figure]:
    customer = Customer()
    await customer.arrive(office.server.port)
    await customer.say_all([timed_text(now())] * messages)
    cpu, began = office.server.cpu_seconds(), now()
    prepared = await office.done(
        "POST",
        f"{OURS}/privacy/exports",
        {"conversation": customer.conversation},
    )
    sealed = await office.done(
        "GET", f"{OURS}/privacy/exports/{prepared['id']}"
    )
    return {
        "exported": messages,
        "export_s": now() - began,
        "export_cpu_s": office.server.cpu_seconds() - cpu,
        "export_mib": len(sealed) / MIB,
    }


async def _customers(
    office: Office, count: int
) -> tuple[list[str], dict[str, Figure]]:
    bearers = itertools.cycle(office.keys)

    async def one(number: int) -> str:
        made = await office.called(
            next(bearers),
            f"{OURS}/customers",
            {
                "channel": CHANNEL,
                "platform_key": f"customer-{number}",
                "name": f"Customer {number}",
            },
        )
        return str(made["id"])

    began = now()
    made = await in_turns(one, range(count), AT_ONCE)
    return made, {
        "customers": count,
        "customers_made_per_s": ratio(count, now() - began),
    }


async def _backed_up(office: Office) -> dict[str, Figure]:
    began = now()
    sealed = await office.done("POST", "/api/v1/server/backups")
    return {"backup_s": now() - began, "backup_mib": len(sealed) / MIB}


async def _erased(office: Office, people: list[str]) -> dict[str, Figure]:
    """One after the other, from the order to the receipt."""
    times: list[float] = []
    for person in people:
        began = now()
        job = await office.done(
            "POST", f"{OURS}/privacy/erasures", {"customer": person}
        )
        path = f"{OURS}/privacy/erasures/{job['id']}"
        for _ in range(GLANCES):
            if (await office.done("GET", path)).get("receipt"):
                break
            await asyncio.sleep(GLANCE)
        else:
            raise RuntimeError("somebody was not erased")
        times.append(now() - began)
    return {
        "erased": len(times),
        "erasure_p50_ms": median(times) * 1000,
        "erasure_max_ms": max(times) * 1000,
    }
