"""Which use cases have something written down, and counted."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from server.domain.audit import ActorKind, AuditEvent
from server.services.confiding import Confiding
from server.services.handing import Fate, Outcome
from server.services.purging import TRUSTED
from server.services.uploading import NotTaken, Uploading
from server.vault.token_refusal import TokenRefused
from tests.services.programs import ProgramWorld
from tests.services.test_ending import running, until
from tests.services.worlds import INACTIVITY, World

Noted = tuple[AuditEvent, ActorKind, str, str]


@dataclass
class Notebook:
    """An audit log that is only a list.

    Attributes:
        notes: What was noted: event, kind of actor, actor and detail.
        subjects: The conversations of those that have one.
    """

    notes: list[Noted] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)

    def note(
        self,
        event: AuditEvent,
        *,
        by: ActorKind = ActorKind.SERVER,
        actor: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        self.notes.append((event, by, actor, detail))
        if subject:
            self.subjects.append(subject)


def observed(world: World) -> Notebook:
    """What ``world`` notes from now on."""
    notebook = Notebook()
    world.house.audit = notebook
    return notebook


async def test_what_agents_do_to_conversations_is_noted() -> None:
    """Taking and ending; not writing, watching and giving back."""
    world = World()
    notebook = observed(world)
    _, maria, which = await world.taken()
    await maria.say("agent-0001", "Hello", conversation=which)
    await maria.do("release", conversation=which)
    async with running(world.ending.run()):
        await maria.do("end", conversation=which)
        await until(lambda: bool(maria.all("gone")))

    assert notebook.notes == [
        (AuditEvent.SIGNED_IN, ActorKind.AGENT, "maria", ""),
        (AuditEvent.TAKEN, ActorKind.AGENT, "maria", ""),
        (AuditEvent.ENDED, ActorKind.AGENT, "maria", ""),
    ]
    assert notebook.subjects == [which, which]
    metrics = world.house.metrics
    assert metrics.messages["customer"].value == 1
    assert metrics.messages["agent"].value == 1
    assert metrics.begun.value == metrics.erased.value == 1
    assert metrics.ended["agent"].value == 1


async def test_what_customers_do_is_counted_and_not_noted() -> None:
    """A customer is nobody's actor; an empty visit is no conversation."""
    world = World()
    notebook = observed(world)
    async with running(world.ending.run()):
        empty = await world.visit()
        await empty.do("end")
        customer, _, _ = await world.conversation()
        await customer.do("end")
        await until(lambda: bool(customer.all("gone")))

    assert notebook.notes == []
    ended = world.house.metrics.ended
    assert {by: count.value for by, count in ended.items()} == {"customer": 1}


async def test_who_could_not_sign_in_is_noted_without_what_was_typed() -> None:
    """The name only of an agent there is."""
    world = World()
    notebook = observed(world)
    await world.shift(name="maria", password="wrong")
    await world.shift(name="nobody", password="wrong")
    await world.shift(token="unknown")

    failed = AuditEvent.SIGN_IN_FAILED, ActorKind.AGENT
    assert notebook.notes == [
        (*failed, "maria", "password"),
        (*failed, "", "name"),
        (*failed, "", "token"),
    ]
    assert world.house.metrics.sign_ins["failed"].value == 3


async def test_a_token_of_an_agent_who_left_opens_nothing() -> None:
    """Nor does its use go unnoted."""
    world = World()
    maria = await world.shift()
    token = maria.last("welcome")["token"]
    await maria.do("sign_out")
    notebook = observed(world)

    await world.shift(token=token)

    assert [event for event, *_ in notebook.notes] == [
        AuditEvent.SIGN_IN_FAILED
    ]


async def test_a_purge_that_halts_and_goes_on_is_noted() -> None:
    """Once each, with by how much the clock is wrong."""
    world = World()
    notebook = observed(world)
    world.clock.jump(2 * TRUSTED)
    await world.pass_(1)
    await world.pass_(1)
    world.clock.jump(-2 * TRUSTED)
    await world.pass_(1)

    assert notebook.notes == [
        (AuditEvent.PURGE_HALTED, ActorKind.SERVER, "", "7200"),
        (AuditEvent.PURGE_RESUMED, ActorKind.SERVER, "", "0"),
    ]


async def test_erasing_that_fails_and_recovers_is_noted() -> None:
    """Once each, however often it was tried."""
    world = World()
    customer, _, _ = await world.conversation()
    notebook = observed(world)
    world.keys.failing.add("shred")
    async with running(world.ending.run()):
        await customer.do("end")
        await until(lambda: world.ending.is_failing)
        for _ in range(3):
            world.clock.pass_(1)
            await until(lambda: world.clock.sleepers > 0)
        assert world.ending.oldest == 3
        world.keys.failing.clear()
        world.clock.pass_(1)
        await until(lambda: bool(customer.all("gone")))

    assert [note[0] for note in notebook.notes] == [
        AuditEvent.ERASING_FAILING,
        AuditEvent.ERASING_RECOVERED,
    ]
    assert world.ending.oldest == 0
    assert world.house.metrics.erasing_seconds.total == 4


async def test_how_late_a_purge_was_is_counted() -> None:
    """From the deadline to the look that found it."""
    world = World()
    await world.conversation()

    await world.pass_(INACTIVITY + 3)

    spread = world.house.metrics.purge_lateness
    assert sum(spread.counts) == 1
    assert spread.total == pytest.approx(3, abs=0.01)
    assert world.house.metrics.ended["inactivity"].value == 1


def test_files_are_counted_and_refusals_noted() -> None:
    """Why, and not which."""
    world = World()
    notebook = observed(world)
    uploading = Uploading(world.house, counts=None, files=None)  # type: ignore[arg-type]

    uploading.count(None)
    uploading.count(NotTaken.TOO_LARGE)

    uploads = world.house.metrics.uploads
    assert uploads["taken"].value == uploads["too_large"].value == 1
    assert notebook.notes == [
        (AuditEvent.ATTACHMENT_REFUSED, ActorKind.SERVER, "", "too_large")
    ]


async def test_an_application_that_is_disabled_is_noted() -> None:
    """By its id; and what became of each event is counted."""
    world = ProgramWorld()
    notebook = observed(world)
    world.program.fates.append(Outcome(Fate.GONE))
    await world.conversation()
    await world.later()

    assert notebook.notes == [
        (AuditEvent.APPLICATION_DISABLED, ActorKind.APPLICATION, "bot", "")
    ]
    assert world.house.metrics.handovers["gone"].value == 1


async def test_tokens_that_open_nothing_are_noted() -> None:
    """Why, and neither whose nor what was in them."""
    world = World()
    notebook = observed(world)
    confiding = Confiding(world.house, world.remembering)

    with pytest.raises(TokenRefused):
        await confiding.grant("not.a.token")
    with pytest.raises(TokenRefused):
        confiding.creator("shop", "not.a.token")

    assert [note[0] for note in notebook.notes] == 2 * [
        AuditEvent.TOKEN_REFUSED
    ]
    assert world.house.metrics.tokens_refused.value == 2
