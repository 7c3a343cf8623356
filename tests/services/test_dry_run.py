"""A dry run counts what new rules would hide, and shows nothing of it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from server.domain.audit import ActorKind, AuditEvent
from server.domain.message import Author
from server.domain.permission import Principal, PrincipalKind
from server.domain.redaction_rules import Kind
from server.errors import Misconfigured, Refused, Unavailable
from server.ids import AccountId
from server.services.audit import NoAudit
from server.services.dry_run import DryReport, DryRun, Reach
from tests.domain.rules import CARD, IBAN, own, rule
from tests.services.worlds import World

ACME = AccountId("acme")
ADA = Principal(
    kind=PrincipalKind.PERSON, id="ada", account=ACME, scopes=frozenset()
)
RULES = [rule(), rule(Kind.IBAN), own("tea", roles=frozenset({Author.AGENT}))]


class Noting(NoAudit):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[AuditEvent, ActorKind, str]] = []

    def note(
        self,
        event: AuditEvent,
        *,
        by: ActorKind = ActorKind.SERVER,
        actor: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        assert not subject + detail
        self.told.append((event, by, actor))


async def talk(world: World, *texts: str) -> str:
    """A customer of ``acme`` says ``texts``."""
    line, which, _ = await world.conversation()
    for number, text in enumerate(texts):
        await line.say(f"client-1{number:03}", text)
    return which


async def run(world: World, **limits: int) -> DryReport:
    """Try ``RULES`` on what is said to ``acme``."""
    return await DryRun(world.house, **limits).dry_run(ACME, RULES, by=ADA)


async def test_it_counts_messages_and_conversations(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By rule; each rule is named, nothing that was said is."""
    caplog.set_level(logging.DEBUG)
    world = World()
    await talk(world, f"{CARD} and {CARD}", CARD, "no tea")
    await talk(world, f"{CARD} or {IBAN}")
    await talk(world, "4111 1111", "1111 1111")

    report = await run(world)

    assert report == DryReport(
        messages=9,
        conversations=3,
        unreadable=0,
        is_complete=True,
        rules=(
            Reach("cards", 4, 3),
            Reach("iban", 1, 1),
            Reach("pattern", 0, 0),
        ),
    )
    assert "4111" not in repr(report) + caplog.text


async def test_nothing_is_changed() -> None:
    """Not what is kept, nor what is remembered for the next message."""
    world = World()
    which = await talk(world, "4111 1111")
    before = dict(world.records.rows), dict(world.records.lines)
    session = world.session(which)

    await run(world)

    assert (dict(world.records.rows), dict(world.records.lines)) == before
    assert session.carries == {}
    assert list(world.house.metrics.redactions.values()) == []


async def test_another_accounts_and_ended_ones_are_not_read() -> None:
    """Whose they are is what is stored, not what is asked."""
    world = World()
    which = await talk(world, CARD)
    world.records.rows[world.session(which).id] = replace(
        world.records.rows[world.session(which).id],
        account=AccountId("zenith"),
    )

    assert (await run(world)).messages == 0


async def test_what_cannot_be_read_is_left_out() -> None:
    """Erased while it was read: its key is gone."""
    world = World()
    await talk(world, CARD)
    await talk(world, CARD)
    for id_, row in world.records.rows.items():
        world.records.rows[id_] = replace(row, slot=99)

    report = await run(world)

    assert (report.unreadable, report.messages) == (2, 0)
    world.records.failing.add("read")
    with pytest.raises(Unavailable):
        await run(world)


async def test_it_ends_somewhere() -> None:
    """And says that it has not seen all."""
    world = World()
    await talk(world, CARD)
    await talk(world, CARD, CARD)

    report = await run(world, most_messages=3)
    assert (report.messages, report.is_complete) == (3, False)
    assert (await run(world, most_messages=5)).is_complete
    report = await run(world, most_conversations=1)
    assert (report.conversations, report.is_complete) == (1, False)


async def test_one_at_a_time_written_down_and_given_up_at_will() -> None:
    """A second is told to wait; one that is cancelled makes room."""
    world = World()
    world.house.audit = noting = Noting()
    await talk(world, CARD)
    use = DryRun(world.house)
    running = asyncio.create_task(use.dry_run(ACME, RULES, by=ADA))
    await asyncio.sleep(0)

    with pytest.raises(Refused) as refused:
        await use.dry_run(ACME, RULES, by=ADA)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert refused.value.retry_after
    assert (await use.dry_run(ACME, RULES, by=ADA)).messages == 2
    with pytest.raises(Misconfigured):
        await use.dry_run(ACME, [own("(")], by=ADA)
    told = (AuditEvent.RULES_TRIED, ActorKind.AGENT, "ada")
    assert noting.told == [told, told]


async def test_others_are_heard_meanwhile() -> None:
    """Between any two messages."""
    world = World()
    await talk(world, *([CARD] * 20))
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await run(world)
    counting.cancel()

    assert turns >= 20
