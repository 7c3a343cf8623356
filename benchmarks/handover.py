"""How fast customers' messages are handed to an application's webhook.

Customers write as in ``messages``, each the next message after the ack of the
last; a receiver on loopback answers every event with 200. Every message that
was acknowledged must come, and those of a conversation in their order.
"""

from __future__ import annotations

import asyncio
import time

from benchmarks.figures import Figure, percentile, ratio
from benchmarks.load_client import arrived, now, time_in
from benchmarks.messages import Sender, Tally
from benchmarks.receiver import OK, Receiver, Reply, Request
from benchmarks.server_process import Server, fresh_setting, running

#: Seconds given to what is still on its way when the time is up.
DRAIN = 20.0
PAUSE = 0.05


class Taken:
    """What the receiver was sent.

    Attributes:
        ids: Of the messages, by the customer's own id.
        out_of_order: Messages that came before an earlier one.
        repeats: Messages that came again.
        delays: Seconds from each send to its arrival.
    """

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.out_of_order = 0
        self.repeats = 0
        self.delays: list[float] = []
        self._last: dict[str, int] = {}

    def take(self, request: Request) -> Reply:
        """Note one event."""
        event = request.event
        if event["type"] != "message":
            return OK
        message, which = event["message"], event["conversation"]
        last = self._last.get(which, 0)
        if message["id"] in self.ids:
            self.repeats += 1
        elif message["number"] <= last:
            self.out_of_order += 1
        else:
            self._last[which] = message["number"]
            self.delays.append(now() - time_in(message["text"]))
        self.ids.add(message["id"])
        return OK


async def measure(*, customers: int, seconds: int) -> dict[str, Figure]:
    """Have ``customers`` write for ``seconds``, and count what arrives."""
    taken = Taken()
    async with Receiver(taken.take) as receiver:
        with fresh_setting(webhook=receiver.url) as setting:
            async with running(setting) as server:
                return await _load(server, customers, seconds, taken)


async def _load(
    server: Server, customers: int, seconds: float, taken: Taken
) -> dict[str, Figure]:
    writers = await arrived(customers, server.port)
    tally = Tally(until=0.0)
    cpu, own, began = server.cpu_seconds(), time.process_time(), now()
    tally.until = began + seconds
    for writer in writers:
        Sender(writer.link, tally).send()
    await asyncio.sleep(seconds)
    in_time = len(taken.ids)
    for _ in range(int(DRAIN / PAUSE)):
        if tally.quiet == customers and taken.ids.issuperset(tally.acked):
            break
        await asyncio.sleep(PAUSE)
    cpu, own = server.cpu_seconds() - cpu, time.process_time() - own
    took = now() - began
    return {
        "customers": customers,
        "messages_per_s": ratio(len(taken.ids), took),
        "cpu_ms_per_message": ratio(cpu * 1e3, len(taken.ids)),
        "lost": len(set(tally.acked) - taken.ids),
        "out_of_order": taken.out_of_order,
        "repeats": taken.repeats,
        "handed": len(taken.ids),
        "handed_in_time": in_time,
        "delay_p50_ms": percentile(taken.delays, 50) * 1e3,
        "delay_p99_ms": percentile(taken.delays, 99) * 1e3,
        "refused": tally.refused.total(),
        "load_cpu_share": ratio(own, took),
    }
