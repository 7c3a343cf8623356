"""Rotating: what is done in which order, and what when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from server.domain.audit import AuditEvent
from server.domain.conversation import Phase
from server.errors import Unavailable
from server.ids import AccountId, ConversationId
from server.services.rotating import BATCH, REST, RETRY, Owner, Rotating
from server.store.rows import LiveRow
from tests.fakes import FakeClock
from tests.services.test_ending import until


class Around:
    """Everything that rotating needs, in one.

    Attributes:
        did: What was asked of it, in order.
        left: What ``finish_rotation`` answers, one after the other.
        failing: How often the next one fails.
    """

    is_rotating = True

    def __init__(self, rows: int) -> None:
        self.did: list[str] = []
        self.owners: list[Owner] = []
        self.left = [0]
        self.failing = ""
        self._rows = rows
        self.clock = FakeClock()
        self.lasting: list[Owner] = []
        self.rotating = Rotating(
            self,
            self,
            auditing=self,
            anchors=self,
            clock=self.clock,
            lasting=self.lasting_keys,
        )

    async def lasting_keys(self) -> Sequence[Owner]:
        return self.lasting

    async def all_live(self) -> Sequence[LiveRow]:
        return [
            LiveRow(
                ConversationId(f"c{n}"), AccountId("a"), n, Phase.ACTIVE, 0, 0
            )
            for n in range(self._rows)
        ]

    def rewrap(self, owners: Sequence[Owner]) -> int:
        self._do(f"rewrap {len(owners)}")
        self.owners += owners
        return len(owners)

    def finish_rotation(self) -> int:
        self._do("finish")
        return self.left.pop(0)

    def forget_previous(self) -> None:
        self._do("forget")

    def note(self, event: AuditEvent, *, detail: str = "") -> None:
        self._do(f"note {event} {detail}")

    async def write(self) -> None:
        self._do("seal")

    def _do(self, what: str) -> None:
        if self.failing and what.startswith(self.failing):
            self.failing = ""
            raise Unavailable(what)
        self.did.append(what)

    async def go_on(self, seconds: float) -> None:
        """Let it work until it sleeps, and wake it ``seconds`` later."""
        await until(lambda: self.clock.sleepers)
        self.clock.pass_(seconds)


@asynccontextmanager
async def running(around: Around) -> AsyncIterator[None]:
    """Rotating, until the block ends."""
    task = asyncio.ensure_future(around.rotating.run())
    yield
    assert not task.done()
    task.cancel()
    await asyncio.wait({task})


LAST = ["seal", "finish", "forget"]


async def test_all_are_rewrapped_and_the_log_sealed_before_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In batches with a rest; then one line says how many; then it idles."""
    caplog.set_level("INFO")
    around = Around(BATCH + 3)
    noted = f"note master_key_rotated {BATCH + 3}"

    async with running(around):
        await around.go_on(REST)
        await around.go_on(REST)
        await until(lambda: noted in around.did)

    assert around.did == [f"rewrap {BATCH}", "rewrap 3", *LAST, noted]
    assert around.owners == [(n, "a", f"c{n}") for n in range(BATCH + 3)]
    (line,) = caplog.records
    assert line.msg == "master key rotated"
    assert vars(line)["slots"] == BATCH + 3


async def test_keys_that_outlive_conversations_are_rewrapped_too() -> None:
    """Or the previous master key would be needed for ever."""
    around = Around(1)
    around.lasting = [(7, "a", "account"), (8, "a", "customer:x")]

    async with running(around):
        await around.go_on(REST)
        await until(lambda: "forget" in around.did)

    assert around.owners == [(0, "a", "c0"), *around.lasting]


@pytest.mark.parametrize("step", ["rewrap", "seal", "finish"])
async def test_what_fails_is_begun_again(
    step: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A minute later, with the first; nothing is forgotten before."""
    around = Around(1)
    around.failing = step

    async with running(around):
        if step != "rewrap":
            await around.go_on(REST)
        await until(lambda: caplog.records)
        before = list(around.did)
        await around.go_on(RETRY)
        await around.go_on(REST)
        await until(lambda: "forget" in around.did)

    assert "forget" not in before
    assert around.did[len(before) :][:4] == ["rewrap 1", *LAST]
    assert "will be tried again" in caplog.messages[0]
    assert vars(caplog.records[0])["error"] == "Unavailable"


async def test_the_old_key_stays_while_it_is_needed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Until what does not open has ended; the operator is told."""
    around = Around(1)
    around.left = [2, 0]

    async with running(around):
        await around.go_on(REST)
        await until(lambda: caplog.records)
        assert "forget" not in around.did
        await around.go_on(RETRY)
        await around.go_on(REST)
        await until(lambda: "forget" in around.did)

    assert "is needed until some end" in caplog.messages[0]
    assert vars(caplog.records[0])["slots"] == 2


def test_it_is_due_while_keys_are_rotating() -> None:
    """The server starts it only then."""
    around = Around(0)

    assert around.rotating.is_due
