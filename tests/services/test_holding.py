"""Legal hold: nothing that is held is erased, and all of it is afterwards."""

from __future__ import annotations

import asyncio

import pytest

from server.domain.audit import ActorKind, AuditEvent
from server.domain.conversation import NEVER, Phase
from server.domain.permission import Principal, PrincipalKind
from server.errors import RefusalCode, Refused, Unavailable
from server.ids import AccountId, ConversationId
from server.services.holding import HoldReason
from tests.services.worlds import INACTIVITY, World, settle

ACME = AccountId("acme")
OFFICER = Principal(
    kind=PrincipalKind.PERSON, id="petra", account=ACME, scopes=frozenset()
)


class Log:
    """An audit log that remembers what it was told."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []

    def note(
        self,
        event: AuditEvent,
        *,
        by: ActorKind = ActorKind.SERVER,
        actor: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        self.rows.append((event, by, actor, subject, detail))


async def held() -> tuple[World, ConversationId]:
    """A world in which a live conversation is held."""
    world = World()
    _, name, _ = await world.conversation()
    which = ConversationId(name)
    await world.holding.hold(ACME, which, by=OFFICER)
    return world, which


async def test_a_held_one_that_times_out_is_closed() -> None:
    """However long ago; and nobody is told until when, for nobody knows."""
    world = World()
    line, name, _ = await world.conversation()
    which = ConversationId(name)
    await world.holding.hold(ACME, which, by=OFFICER)
    assert world.records.rows[which].held
    await world.pass_(INACTIVITY)
    await world.pass_(1e8)

    row = world.records.rows[which]
    assert (row.phase, row.due_at) == (Phase.CLOSED, NEVER)
    assert world.ending.waiting == len(world.house.deadlines) == 0
    assert line.last("ended")["kept"]
    assert "kept_until" not in line.last("ended")


async def test_lifting_erases_what_is_overdue_at_once() -> None:
    """It has been due since its end."""
    world, which = await held()
    await world.pass_(INACTIVITY)
    await world.holding.lift(ACME, which, by=OFFICER)

    await world.pass_(1)
    await world.ending.erase_all()

    assert world.records.rows == {}


async def test_lifting_leaves_what_is_not_due_for_its_time() -> None:
    """Its days are those from its end, hold or not."""
    world = World(retention=1000.0)
    line, name, _ = await world.conversation()
    which = ConversationId(name)
    await line.do("end")
    await world.holding.hold(ACME, which, by=OFFICER)
    await world.pass_(500)
    await world.holding.lift(ACME, which, by=OFFICER)

    await world.pass_(499)
    assert world.ending.waiting == 0
    await world.pass_(1)
    assert world.ending.waiting == 1


async def test_lifting_in_time_is_as_if_nothing_had_been() -> None:
    """A live one is erased at its end again."""
    world, which = await held()
    await world.holding.lift(ACME, which, by=OFFICER)
    await world.pass_(INACTIVITY)
    await world.ending.erase_all()

    assert world.records.rows == {}


async def test_what_is_held_is_erased_for_nobody() -> None:
    """Live or closed: it is on hold, and so says the refusal."""
    world, which = await held()
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            await world.shelf.erase(ACME, which)
        assert refused.value.code is RefusalCode.ON_HOLD
        await world.pass_(INACTIVITY)

    assert world.records.rows[which].phase is Phase.CLOSED


async def test_a_restart_keeps_what_is_held() -> None:
    """Timed out while down, and closed long ago: neither is erased."""
    world, which = await held()
    world.clock.pass_(INACTIVITY)
    await world.restart()
    assert world.records.rows[which].phase is Phase.CLOSED
    world.clock.pass_(1e8)
    await world.restart()

    assert world.records.rows[which].due_at == NEVER
    assert world.journal == []


async def test_a_damaged_one_that_is_held_is_not_erased() -> None:
    """Nobody can read it; that is no reason to lose it."""
    world, which = await held()
    world.start()
    world.keys.owners[0] = ("acme", "another")
    world.house.look_at(which, world.clock.now())
    await world.pass_(1)

    assert world.ending.waiting == 0
    assert which in world.records.rows
    with pytest.raises(Refused):
        await world.holding.lift(ACME, which, by=OFFICER)


@pytest.mark.parametrize("ends", [False, True])
async def test_another_account_s_is_unknown(ends: bool) -> None:  # noqa: FBT001
    """Like one that never was, whether it goes on or not."""
    world, which = await held()
    if ends:
        await world.pass_(INACTIVITY)
    for account, id_ in (("other", which), ("acme", "nobody")):
        with pytest.raises(Refused) as refused:
            await world.holding.lift(
                AccountId(account), ConversationId(id_), by=OFFICER
            )
        assert refused.value.code is RefusalCode.CONVERSATION_UNKNOWN

    assert world.records.rows[which].held


async def test_nothing_said_is_nothing_to_hold() -> None:
    """An open conversation is on no disk."""
    world = World()
    line = await world.visit()
    which = line.last("welcome")["summary"]["conversation"]

    with pytest.raises(Refused) as refused:
        await world.holding.hold(ACME, ConversationId(which), by=OFFICER)
    assert refused.value.code is RefusalCode.CONVERSATION_UNKNOWN


async def test_a_hold_that_crosses_the_end_is_set_on_what_is_closed() -> None:
    """It was live when asked for, and closed when it came to it."""
    world = World(retention=1000.0)
    line, name, _ = await world.conversation()
    world.records.is_held = True
    await line.push("end")
    which = ConversationId(name)
    asked = asyncio.ensure_future(world.holding.hold(ACME, which, by=OFFICER))
    await settle()
    world.records.is_held = False
    world.records.commit()
    after = await asked

    assert (after.phase, after.is_held) == (Phase.CLOSED, True)
    assert world.records.rows[which].due_at == NEVER


async def test_a_hold_that_comes_after_the_end_is_set_all_the_same() -> None:
    """The session it was asked of is over: the row is what counts."""
    world = World(retention=1000.0)
    line, name, _ = await world.conversation()
    which = ConversationId(name)
    world.records.is_held = True
    await line.push("end")
    asked = asyncio.ensure_future(world.holding.hold(ACME, which, by=OFFICER))
    await settle()
    late = world.records._queue.pop()
    world.records.commit()
    await settle()
    world.records.is_held = False
    world.records.put(late)
    await settle()

    assert (await asked).is_held
    assert world.records.rows[which].due_at == NEVER


async def test_who_did_it_and_why_is_written_down() -> None:
    """A constant, and nothing that anybody typed."""
    world, which = await held()
    log = world.house.audit = Log()
    await world.holding.hold(
        ACME, which, by=OFFICER, reason=HoldReason.LITIGATION
    )
    await world.holding.lift(ACME, which, by=OFFICER)
    world.records.failing = {"write"}
    with pytest.raises(Unavailable):
        await world.holding.hold(ACME, which, by=OFFICER)

    assert log.rows == [
        (
            AuditEvent.HOLD_SET,
            ActorKind.AGENT,
            "petra",
            which,
            "litigation",
        ),
        (AuditEvent.HOLD_LIFTED, ActorKind.AGENT, "petra", which, ""),
    ]
    assert not world.session(which).conversation.is_held
