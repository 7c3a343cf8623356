"""Kills a server again and again while its application fails half the time.

``python -m tools.handover_kills`` has customers write to the real server,
whose application refuses every other event, or takes it and hangs up before
it says so. The server is killed at random moments. In the end every message
that was acknowledged must have come, after the start of its conversation and
in its order; repeats are allowed, and told by the event's id.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from dataclasses import dataclass, field

import uvloop

from benchmarks.figures import Figure, as_json, machine
from benchmarks.load_client import new_client_id, now, timed_text
from benchmarks.receiver import OK, Receiver, Reply, Request
from benchmarks.server_process import Server, Setting, fresh_setting
from tools.kills import Writer

#: Seconds a server may work before it is killed, at least and at most.
LIFE = (0.3, 1.5)
#: Messages a customer has on the way at once.
WINDOW = 2
#: Seconds after which the whole run is given up.
LONGEST = 900.0
PAUSE = 0.1
REFUSED: Reply = (500, "", b"")


@dataclass(slots=True)
class Application:
    """The one that fails half of the time.

    Attributes:
        taken: The newest number taken of each conversation; 0: the start.
        events: How many were taken, repeats not counted.
        refused: How many were answered with an error, or not at all.
        repeats: How many came again after they had been taken.
        out_of_order: How many came after a gap.
    """

    chance: random.Random
    taken: dict[str, int] = field(default_factory=dict)
    events: int = 0
    refused: int = 0
    repeats: int = 0
    out_of_order: int = 0

    def take(self, request: Request) -> Reply | None:
        """Take an event, or refuse it, or take it and hang up."""
        event = request.event
        if event["type"] not in {"session.started", "message"}:
            return OK
        fate = self.chance.random()
        if fate < 0.25:  # noqa: PLR2004 - with the next one: half of them
            self.refused += 1
            return REFUSED
        self._note(event["conversation"], event.get("message", {}))
        if fate < 0.5:  # noqa: PLR2004
            self.refused += 1
            return None
        return OK

    def _note(self, conversation: str, message: dict[str, int]) -> None:
        number = message.get("number", 0)
        before = self.taken.get(conversation, -1)
        if number <= before:
            self.repeats += 1
            return
        self.events += 1
        self.out_of_order += number != before + 1
        self.taken[conversation] = number


class Talker(Writer):
    """A customer who writes so many messages, through crashes."""

    def __init__(self, messages: int) -> None:
        super().__init__()
        self._left = messages

    def _fill(self) -> None:
        pending = self.journal.pending
        while self._left and len(pending) < WINDOW:
            self._left -= 1
            own, text = new_client_id(), timed_text(now())
            pending[own] = text
            self.customer.link.send({"type": "send", "id": own, "text": text})

    @property
    def is_done(self) -> bool:
        """Whether everything it had to say is acknowledged."""
        return not self._left and not self.journal.pending

    def lost(self, application: Application) -> int:
        """How many acknowledged messages the application never got."""
        last = max(self.journal.acked.values(), default=0)
        return last - application.taken.get(self.customer.conversation, 0)


async def survive(
    *, kills: int, customers: int, messages: int, seed: int
) -> dict[str, Figure]:
    """Kill a server ``kills`` times; returns what its application missed.

    Args:
        kills: How often.
        customers: How many write, each in a conversation of their own.
        messages: How many each of them writes.
        seed: Decides the moments of the kills, and what fails.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    application = Application(chance)
    talkers = [Talker(messages) for _ in range(customers)]
    async with Receiver(application.take) as receiver:
        with fresh_setting(webhook=receiver.url) as setting:
            for kill in range(kills):
                await _one_life(setting, talkers, chance.uniform(*LIFE))
                print(f"killed {kill + 1} of {kills}", file=sys.stderr)
            await _last_life(setting, talkers, application)
    return {
        "kills": kills,
        "events": application.events,
        "acked": sum(len(one.journal.acked) for one in talkers),
        "refused": application.refused,
        "repeats": application.repeats,
        "lost": sum(max(0, one.lost(application)) for one in talkers),
        "out_of_order": application.out_of_order,
        "faults": sum(one.journal.faults for one in talkers),
    }


async def _one_life(
    setting: Setting, talkers: list[Talker], seconds: float
) -> None:
    server = await Server.start(setting)
    writing = [asyncio.create_task(one.write(server.port)) for one in talkers]
    try:
        await asyncio.sleep(seconds)
    finally:
        await server.kill()
        await asyncio.gather(*writing)


async def _last_life(
    setting: Setting, talkers: list[Talker], application: Application
) -> None:
    server = await Server.start(setting)
    writing = [asyncio.create_task(one.write(server.port)) for one in talkers]
    try:
        for _ in range(int(LONGEST / PAUSE)):
            if all(
                one.is_done and one.lost(application) <= 0 for one in talkers
            ):
                break
            await asyncio.sleep(PAUSE)
    finally:
        await server.stop()
        await asyncio.gather(*writing)


async def _bounded(asked: argparse.Namespace) -> dict[str, Figure]:
    async with asyncio.timeout(LONGEST):
        return await survive(
            kills=asked.kills,
            customers=asked.customers,
            messages=asked.messages,
            seed=asked.seed,
        )


def main() -> None:
    """Run what was asked for; exits with 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tools.handover_kills")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--messages", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    result = uvloop.run(_bounded(parser.parse_args()))
    print(as_json(result | machine()))
    if any(result[name] for name in ("lost", "out_of_order", "faults")):
        sys.exit(1)


if __name__ == "__main__":
    main()
