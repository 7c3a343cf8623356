"""What is kept after its end: closed, nobody's, and erased in time."""

from __future__ import annotations

import asyncio

import pytest

from server.domain.conversation import Phase
from server.errors import RefusalCode, Refused, Unavailable
from server.ids import AccountId, ConversationId
from server.services.ending import RETRY
from tests.services.worlds import INACTIVITY, Line, World, settle

DAY = 86_400.0
ACME = AccountId("acme")


async def closed(world: World) -> tuple[Line, ConversationId, str]:
    """A conversation that its customer has ended."""
    line, which, token = await world.conversation()
    await line.do("end")
    return line, ConversationId(which), token


async def test_what_is_kept_is_closed_and_nobody_s() -> None:
    """No session, no token, no list; rows and key stay as they were."""
    world = World(retention=DAY)
    customer, maria, name = await world.taken()
    which, now = ConversationId(name), world.clock.now()
    await customer.do("end")
    world.listing.tell()

    ended = customer.last("ended")
    assert ended["kept"]
    assert ended["kept_until"] == int((now + DAY) * 1000)
    assert customer.listener.farewell == 4504
    assert maria.last("ended") == ended
    assert maria.kinds[-1] == "unlisted"
    assert world.records.rows[which].phase is Phase.CLOSED
    assert world.records.rows[which].due_at == now + DAY
    assert len(world.records.lines[which]) == 1
    assert world.keys.taken == {0}
    assert world.journal == []
    assert len(world.house.sessions) == 0
    token = customer.last("welcome")["token"]
    late = await world.visit(token=token)
    assert late.last("refused")["code"] == "session_unknown"
    await maria.do("watch", conversation=name)
    assert maria.last("refused")["code"] == "conversation_unknown"


async def test_the_session_lets_go_of_what_lives_in_memory() -> None:
    """Context, cookies and private data die at the end, whatever is kept."""
    world = World(retention=DAY)
    line, which, _ = await world.conversation()
    session = world.session(which)
    session.cookies, session.private = {"a": "b"}, {"c": "d"}
    await line.do("end")

    kept = [session.cookies, session.private, session.slot, session.preview]
    assert kept == [None] * 4


async def test_it_is_erased_when_its_time_is_over_and_not_before() -> None:
    """By the path of all others."""
    world = World(retention=DAY)
    _, which, _ = await closed(world)

    await world.pass_(DAY - 1)
    assert world.ending.waiting == 0
    await world.pass_(1)
    await world.ending.erase_all()

    assert world.journal == ["shred", "erase", "checkpoint", "release"]
    assert world.records.rows == {}
    assert (world.keys.owners, world.keys.taken) == ({}, set())
    assert len(world.house.deadlines) == 0
    await world.ending.keeping.expire([which])


async def test_a_look_that_comes_too_early_erases_nothing() -> None:
    """The wheel is a hint; and what was hinted at is looked at again."""
    world = World(retention=DAY)
    _, which, _ = await closed(world)
    world.house.look_at(which, world.clock.now())
    await world.pass_(1)
    assert world.ending.waiting == 0
    await world.pass_(DAY)

    assert world.ending.waiting == 1


async def test_one_that_times_out_is_kept_from_its_deadline_on() -> None:
    """However late that is noticed."""
    world = World(retention=DAY)
    began_at = world.clock.now()
    line, which, _ = await world.conversation()
    await world.pass_(INACTIVITY + 7)

    row = world.records.rows[ConversationId(which)]
    assert row.phase is Phase.CLOSED
    assert row.ended_at == began_at + INACTIVITY
    assert row.due_at == began_at + INACTIVITY + DAY
    assert line.last("ended")["by"] == "inactivity"


async def test_both_sides_close_it_at_once() -> None:
    """The second end is no wish to have it erased."""
    world = World(retention=DAY)
    customer, maria, which = await world.taken()
    world.records.is_held = True
    await customer.push("end")
    await maria.push("end", conversation=which)
    world.records.is_held = False
    world.records.commit()
    await settle()

    assert world.records.rows[ConversationId(which)].phase is Phase.CLOSED
    assert len(customer.all("ended")) == 1
    assert maria.all("refused") == []


async def test_nothing_said_is_nothing_kept() -> None:
    """An open conversation has nothing that could be kept."""
    world = World(retention=DAY)
    line = await world.visit()
    await line.do("end")

    assert line.kinds[-1] == "gone"
    assert world.records.rows == {}


async def test_a_longer_retention_is_for_what_ends_from_then_on() -> None:
    """What the customer was told stays true."""
    world = World(retention=DAY)
    _, which, _ = await closed(world)
    until = world.records.rows[which].due_at
    world.terms = {"retention": 9 * DAY}
    await world.restart()

    await world.pass_(DAY)

    assert world.ending.waiting == 1
    assert world.records.rows[which].due_at == until


async def test_a_closed_one_is_no_orphan_after_a_restart() -> None:
    """It is watched as before, and erased when its time is over."""
    world = World(retention=DAY)
    _, which, _ = await closed(world)
    await world.restart()
    assert world.records.rows[which].phase is Phase.CLOSED

    await world.pass_(DAY)
    await world.ending.erase_all()

    assert world.records.rows == {}


async def test_what_is_overdue_at_the_start_is_erased_before_all_else() -> None:
    """Nobody meets it, not even a supervisor."""
    world = World(retention=DAY)
    await closed(world)
    world.clock.pass_(DAY)
    await world.restart()

    assert world.records.rows == {}
    assert world.keys.taken == set()


async def test_what_timed_out_while_down_is_kept_from_then_on() -> None:
    """As it would have been, had the server run."""
    world = World(retention=DAY)
    _, name, _ = await world.conversation()
    due_at = world.records.rows[ConversationId(name)].due_at
    world.clock.pass_(INACTIVITY + 100)
    await world.restart()

    row = world.records.rows[ConversationId(name)]
    assert (row.phase, row.ended_at) == (Phase.CLOSED, due_at)
    assert row.due_at == due_at + DAY
    world.clock.pass_(DAY - 200)
    await world.restart()
    assert len(world.records.rows) == 1
    await world.pass_(100)
    assert world.ending.waiting == 1


async def test_what_timed_out_too_long_ago_is_erased_at_the_start() -> None:
    """Down for longer than it would have been kept: it is over."""
    world = World(retention=DAY)
    await world.conversation()
    world.clock.pass_(INACTIVITY + DAY)
    await world.restart()

    assert world.records.rows == {}


async def test_a_disk_that_fails_is_asked_again() -> None:
    """What is due stays due."""
    world = World(retention=DAY)
    _, which, _ = await closed(world)
    for failing in ("read", "write"):
        world.records.failing = {failing}
        await world.pass_(DAY)
        assert world.ending.waiting == 0
        assert world.records.rows[which].phase is Phase.CLOSED
    world.records.failing = set()
    await world.pass_(RETRY)

    assert world.ending.waiting == 1


async def test_it_is_listed_and_read_by_its_account_alone() -> None:
    """Page by page; and reading leaves no session behind."""
    world = World(retention=DAY)
    ids = sorted([(await closed(world))[1] for _ in range(3)])
    first = await world.shelf.listed_kept(ACME, "", 2)
    second = await world.shelf.listed_kept(ACME, first[-1].id, 2)

    assert [one.id for one in [*first, *second]] == ids
    assert await world.shelf.listed_kept(AccountId("other"), "", 9) == []
    part = await world.shelf.part(ACME, ids[0], 0)
    assert [one.text for one in part.messages] == ["Hello?"]
    assert part.is_last
    assert len(world.house.sessions) == 0
    with pytest.raises(Refused):
        await world.shelf.part(AccountId("other"), ids[0], 0)


async def test_a_live_one_is_not_read_this_way() -> None:
    """Who takes part in it is seen by those whom it concerns."""
    world = World(retention=DAY)
    _, which, _ = await world.conversation()

    with pytest.raises(Refused):
        await world.shelf.part(ACME, ConversationId(which), 0)


async def test_it_is_erased_on_request_before_its_time() -> None:
    """Live or closed; twice is once; of another account it is unknown."""
    world = World(retention=DAY)
    _, one, _ = await closed(world)
    line, name, _ = await world.conversation()
    other = ConversationId(name)
    for which in (one, other):
        with pytest.raises(Refused) as refused:
            await world.shelf.erase(AccountId("other"), which)
        assert refused.value.code is RefusalCode.CONVERSATION_UNKNOWN
        await world.shelf.erase(ACME, which)
        await world.shelf.erase(ACME, which)
    await world.ending.erase_all()

    assert line.kinds[-2:] == ["ended", "gone"]
    assert "kept" not in line.last("ended")
    assert world.records.rows == {}
    with pytest.raises(Refused):
        await world.shelf.erase(ACME, one)


async def test_a_request_that_crosses_the_end_is_granted() -> None:
    """It was live when asked for, and closed when it came to it."""
    world = World(retention=DAY)
    line, name, _ = await world.conversation()
    world.records.is_held = True
    await line.push("end")
    asked = asyncio.ensure_future(world.shelf.erase(ACME, ConversationId(name)))
    await settle()
    world.records.is_held = False
    world.records.commit()
    await asked
    await world.ending.erase_all()

    assert world.records.rows == {}


async def test_a_request_that_the_disk_refuses_has_changed_nothing() -> None:
    """It may be repeated."""
    world = World(retention=DAY)
    _, which, _ = await world.conversation()
    world.records.failing = {"write"}
    with pytest.raises(Unavailable):
        await world.shelf.erase(ACME, ConversationId(which))

    assert world.session(which).conversation.phase is Phase.WAITING
