"""How fast customers' messages are stored, acknowledged and delivered.

Each customer sends the next message after the ack of the last one. Ten agents
watch, so each message is delivered once; each text carries the time it was
sent. Everybody keeps count: what was acknowledged and never delivered is
lost, what was delivered twice is doubled.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import Figure, doubled, median, percentile, ratio
from benchmarks.load_client import (
    Customer,
    all_signed_in,
    arrived,
    new_client_id,
    now,
    time_in,
    timed_text,
)
from benchmarks.server_process import (
    Server,
    fresh_setting,
    running,
    sync_seconds,
)
from benchmarks.wire import JSON, MSGPACK, Frame, Link, Speech

AGENTS = 10
#: Seconds given to what is still on its way when the time is up.
DRAIN = 5.0
PAUSE = 0.05
#: A server of forty lines to be compared with.
NODE_PEER = Path(__file__).with_name("node_peer.mjs")
#: What is shown of it.
COMPARED = (
    "messages_per_s",
    "ack_p50_ms",
    "ack_p99_ms",
    "server_cpu_ms_per_message",
    "lost",
    "resident_mib",
    "disk_sync_p50_ms",
)


@dataclass(slots=True)
class Tally:
    """What was sent, acknowledged and delivered.

    Attributes:
        until: When customers stop sending, on the scale of ``now``.
        acks: Seconds from each send to its ack.
        deliveries: Seconds from each send to an agent.
        acked: The ids of acknowledged messages.
        delivered: The ids of delivered ones, as often as they came.
        refused: Codes of refusals and how often each came.
        quiet: How many customers have stopped.
    """

    until: float
    acks: list[float] = field(default_factory=list)
    deliveries: list[float] = field(default_factory=list)
    acked: list[str] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    quiet: int = 0

    def hear_as_agent(self, frame: Frame) -> None:
        """Note a message that an agent got."""
        if frame["type"] == "message":
            self.deliveries.append(now() - time_in(frame["text"]))
            self.delivered.append(frame["id"])

    def lost(self) -> int:
        """How many acknowledged messages no agent got."""
        return len(set(self.acked) - set(self.delivered))

    def is_settled(self, customers: int) -> bool:
        """Whether nothing is on its way any more."""
        return self.quiet == customers and not self.lost()


class Sender:
    """A customer who keeps sending until the time is up."""

    def __init__(self, link: Link, tally: Tally) -> None:
        self._link = link
        self._tally = tally
        self._sent_at = 0.0
        link.hear = self.hear

    def hear(self, frame: Frame) -> None:
        """Send the next message after an ack; stop after a refusal."""
        kind = frame["type"]
        if kind == "ack":
            tally, at = self._tally, now()
            tally.acks.append(at - self._sent_at)
            tally.acked.append(frame["id"])
            if at < tally.until:
                self.send()
            else:
                tally.quiet += 1
        elif kind == "refused":
            self._tally.refused[frame["code"]] += 1
            self._tally.quiet += 1

    def send(self) -> None:
        """Send one message."""
        self._sent_at = at = now()
        text = timed_text(at)
        frame = {"type": "send", "id": new_client_id(), "text": text}
        self._link.send(frame)


async def measure(
    *, customers: int, seconds: int, versus_node: str = ""
) -> dict[str, Figure]:
    """Have ``customers`` write for ``seconds``; see docs/performance.md.

    Args:
        customers: How many, each in a conversation of their own.
        seconds: For how long.
        versus_node: A folder in which npm has installed ``ws`` and
            ``better-sqlite3``; then a server made of these is measured too,
            with the same load and the same durability, right after ours.
    """
    ours = await _measure(customers, seconds, speech=MSGPACK)
    if not versus_node:
        return ours
    command = ("node", str(NODE_PEER), versus_node)
    node = await _measure(customers, seconds, speech=JSON, command=command)
    mine, theirs = ours["messages_per_s"], node["messages_per_s"]
    return {
        **ours,
        **{f"node_{name}": node[name] for name in COMPARED},
        "versus_node": ratio(float(mine or 0), float(theirs or 0)),
    }


async def _measure(
    customers: int,
    seconds: int,
    *,
    speech: Speech,
    command: Sequence[str] = (),
) -> dict[str, Figure]:
    with fresh_setting(agents=AGENTS) as setting:
        sync = median(sync_seconds(setting.folder))
        async with running(setting, command) as server:
            tally = Tally(until=0.0)
            agents = await all_signed_in(
                server.port, setting, tally.hear_as_agent, speech
            )
            writers = await arrived(customers, server.port, speech)
            for turn, writer in enumerate(writers):
                await _taken(writer, agents[turn % AGENTS])
            result = await _load(server, writers, tally, seconds)
            return {**result, "disk_sync_p50_ms": sync * 1e3}


async def _taken(writer: Customer, agent: Link) -> None:
    # The first message makes the conversation visible to agents.
    await writer.say("Hello")
    take = {"type": "take", "conversation": writer.conversation}
    await agent.ask(take, "history")


async def _load(
    server: Server, writers: list[Customer], tally: Tally, seconds: float
) -> dict[str, Figure]:
    cpu, own, began = server.cpu_seconds(), time.process_time(), now()
    tally.until = began + seconds
    for writer in writers:
        Sender(writer.link, tally).send()
    await asyncio.sleep(seconds)
    cpu, own = server.cpu_seconds() - cpu, time.process_time() - own
    took, acked = now() - began, len(tally.acked)
    for _ in range(int(DRAIN / PAUSE)):
        if tally.is_settled(len(writers)):
            break
        await asyncio.sleep(PAUSE)
    return {
        "customers": len(writers),
        "messages_per_s": ratio(acked, took),
        "ack_p50_ms": percentile(tally.acks, 50) * 1e3,
        "ack_p99_ms": percentile(tally.acks, 99) * 1e3,
        "delivery_p50_ms": percentile(tally.deliveries, 50) * 1e3,
        "delivery_p99_ms": percentile(tally.deliveries, 99) * 1e3,
        "server_cpu_ms_per_message": ratio(cpu * 1e3, acked),
        "server_cpu_share": ratio(cpu, took),
        "load_cpu_share": ratio(own, took),
        "acked": len(tally.acked),
        "lost": tally.lost(),
        "doubled": doubled(tally.delivered),
        "refused": tally.refused.total(),
        "unanswered": len(writers) - tally.quiet,
        "resident_mib": server.resident_bytes() / 2**20,
        "durability": "D2",
    }
