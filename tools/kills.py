"""Kills a working server again and again, and looks for what it lost.

``python -m tools.kills --kills 20`` starts the real server, has customers
write through real sockets as fast as they get acks, kills it with SIGKILL at
a random moment, starts it on the same folder, and so on. Each customer keeps
a journal of what was acknowledged and sends again, under the same id, what
was not. In the end every conversation is read from its beginning: each
acknowledged message must be there once, under the number of its ack.

Killing a process cannot show what a power cut does: what was written is in
the system's memory and survives. That fsync comes before the ack has tests of
its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

import uvloop

from benchmarks.figures import Figure, as_json, doubled, machine, missing
from benchmarks.load_client import (
    Customer,
    in_turns,
    new_client_id,
    now,
    timed_text,
)
from benchmarks.server_process import Server, Setting, fresh_setting
from benchmarks.wire import Cut, Frame, Refusal

#: Messages a customer has on their way at once: a kill then cuts through the
#: middle of a group commit, and not always through an idle moment.
WINDOW = 4
#: Seconds a server may work before it is killed, at least and at most.
LIFE = (0.1, 0.8)
#: Seconds after which the whole run is given up.
LONGEST = 600.0


@dataclass(slots=True)
class Journal:
    """What one customer was promised.

    Attributes:
        acked: Client ids and the number each was acknowledged under.
        pending: Client ids and texts still without an ack, oldest first.
        faults: Promises broken while writing: one id under two numbers, a
            conversation that is unknown or begins anew.
    """

    acked: dict[str, int] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)
    faults: int = 0

    def note(self, ack: Frame) -> None:
        """Keep what an ack says."""
        self.pending.pop(ack["id"], None)
        known = self.acked.setdefault(ack["id"], ack["number"])
        self.faults += known != ack["number"]

    def lost_in(self, told: Iterable[Frame]) -> int:
        """How many acknowledged messages are not in a history."""
        kept = {(message["id"], message["number"]) for message in told}
        return len(set(self.acked.items()) - kept)


class Writer:
    """A customer who writes through crashes."""

    def __init__(self) -> None:
        self.customer = Customer()
        self.journal = Journal()

    async def write(self, port: int) -> None:
        """Write until the connection is cut; never raises because of it."""
        with contextlib.suppress(Cut, OSError):
            await self._arrive(port)
            self._fill()
            await self.customer.link.closed

    async def _arrive(self, port: int) -> None:
        customer, journal = self.customer, self.journal
        last = max(journal.acked.values(), default=0)
        try:
            await customer.arrive(port, last=last, hear=self._hear)
        except Refusal:
            # Before the first ack nothing was promised, not even the token.
            journal.faults += bool(journal.acked)
            customer.token = None
            await customer.arrive(port, hear=self._hear)
        for own, text in journal.pending.items():
            customer.link.send({"type": "send", "id": own, "text": text})

    def _hear(self, frame: Frame) -> None:
        if frame["type"] == "ack":
            self.journal.note(frame)
            self._fill()
        elif frame["type"] == "resync":
            self.journal.faults += 1

    def _fill(self) -> None:
        pending = self.journal.pending
        while len(pending) < WINDOW:
            own, text = new_client_id(), timed_text(now())
            pending[own] = text
            self.customer.link.send({"type": "send", "id": own, "text": text})

    async def check(self, port: int) -> dict[str, int]:
        """Read the conversation from its beginning and count what is wrong."""
        journal, told = self.journal, []
        if journal.acked:
            await self.customer.arrive(port)
            told = await self.customer.history()
        return {
            "acked": len(journal.acked),
            "lost": journal.lost_in(told),
            "doubled": doubled(message["id"] for message in told),
            "gaps": missing(
                (message["number"] for message in told), up_to=len(told)
            ),
            "faults": journal.faults,
        }


async def survive(
    *, kills: int, customers: int, seed: int
) -> dict[str, Figure]:
    """Kill a server ``kills`` times under load; returns what was lost.

    Args:
        kills: How often.
        customers: How many write at the same time.
        seed: Decides the moments of the kills, as far as a machine that has
            other things to do lets it.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    writers = [Writer() for _ in range(customers)]
    with fresh_setting() as setting:
        for kill in range(kills):
            await _one_life(setting, writers, chance.uniform(*LIFE))
            print(f"killed {kill + 1} of {kills}", file=sys.stderr)
        server = await Server.start(setting)
        try:
            counts = await in_turns(lambda w: w.check(server.port), writers)
        finally:
            await server.stop()
    totals = {name: sum(c[name] for c in counts) for name in counts[0]}
    return {"kills": kills, "customers": customers, **totals}


async def _one_life(
    setting: Setting, writers: list[Writer], seconds: float
) -> None:
    server = await Server.start(setting)
    writing = [
        asyncio.create_task(writer.write(server.port)) for writer in writers
    ]
    try:
        await asyncio.sleep(seconds)
    finally:
        await server.kill()
        await asyncio.gather(*writing)


async def _bounded(asked: argparse.Namespace) -> dict[str, Figure]:
    async with asyncio.timeout(LONGEST):
        return await survive(
            kills=asked.kills, customers=asked.customers, seed=asked.seed
        )


def main() -> None:
    """Run what was asked for; exits with 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tools.kills")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--customers", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    result = uvloop.run(_bounded(parser.parse_args()))
    print(as_json(result | machine()))
    if any(result[name] for name in ("lost", "doubled", "gaps", "faults")):
        sys.exit(1)


if __name__ == "__main__":
    main()
