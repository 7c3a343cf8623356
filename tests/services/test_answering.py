"""An agent's connection: watching, taking, answering, giving back."""

from __future__ import annotations

import asyncio

import pytest

from server.services import answering
from tests.services.programs import ProgramWorld
from tests.services.worlds import Line, World, settle

NOBODYS = "A" * 22


async def test_a_take_also_watches_from_the_beginning() -> None:
    """The agent is told everything; the customer learns who it is."""
    world = World()

    customer, maria, _ = await world.taken()

    assert maria.kinds[-2:] == ["watching", "history"]
    assert maria.last("watching")["summary"]["mine"]
    assert [m["text"] for m in maria.last("history")["messages"]] == ["Hello?"]
    state = customer.last("state")
    assert (state["phase"], state["agent"]) == ("active", "Maria")


async def test_the_agents_answer_carries_the_display_name() -> None:
    """Agent and customer then see the same two messages."""
    world = World()
    customer, maria, which = await world.taken()

    ack = await maria.say("agent-0001", "Yes?", conversation=which)

    assert ack["number"] == 2
    heard = customer.last("message")
    assert (heard["author"], heard["name"]) == ("agent", "Maria")
    assert maria.all("message") == []


async def test_of_two_who_take_one_gets_it() -> None:
    """The second is told ``taken``, at the same moment or later."""
    world = World()
    _, which, _ = await world.conversation()
    maria, jonas = await world.shift(), await world.shift("jonas")
    world.records.is_held = True
    takes = [
        asyncio.ensure_future(line.push("take", conversation=which))
        for line in (maria, jonas)
    ]
    await settle()
    world.records.is_held = False
    world.records.commit()
    await asyncio.gather(*takes)

    await jonas.do("take", conversation=which, ref="late")

    assert maria.kinds[-1] == "history"
    assert [f["code"] for f in jonas.all("refused")] == ["taken"] * 2
    assert jonas.last("refused")["ref"] == "late"
    assert world.session(which).conversation.agent == "maria"


async def test_taking_twice_is_taking_once() -> None:
    """A resent frame does no harm."""
    world = World()
    _, maria, which = await world.taken()

    await maria.do("take", conversation=which)

    assert maria.all("refused") == []


async def test_what_is_given_back_waits_again() -> None:
    """And the next one can take it, who sees what was said."""
    world = World()
    customer, maria, which = await world.taken()
    jonas = await world.shift("jonas")

    await maria.do("release", conversation=which)
    await jonas.do("take", conversation=which)

    assert [f["phase"] for f in customer.all("state")] == [
        "waiting",
        "active",
        "waiting",
        "active",
    ]
    answer = await maria.say("agent-0001", "Still me", conversation=which)
    assert answer["code"] == "not_yours"


@pytest.mark.parametrize("kind", ["release", "end"])
async def test_only_who_has_it_may(kind: str) -> None:
    """Neither give back nor end what another agent has."""
    world = World()
    _, _, which = await world.taken()
    jonas = await world.shift("jonas")

    await jonas.do(kind, conversation=which)

    assert jonas.last("refused")["code"] == "not_yours"


async def test_who_does_not_watch_may_still_answer() -> None:
    """Having it is enough; the ack comes all the same."""
    world = World()
    customer, maria, which = await world.taken()
    await maria.do("unwatch", conversation=which)

    ack = await maria.say("agent-0001", "From afar", conversation=which)
    await customer.say("client-0002", "Unheard")

    assert ack["number"] == 2
    assert maria.all("message") == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("watch", {}),
        ("take", {}),
        ("release", {}),
        ("end", {}),
        ("fetch", {"after": 0}),
        ("send", {"id": "agent-0001", "text": "x"}),
        ("typing", {"on": True}),
        ("delivered", {"number": 1}),
        ("read", {"number": 1}),
    ],
)
async def test_what_an_agent_may_not_see_does_not_exist(
    kind: str, fields: dict[str, object]
) -> None:
    """Another account's, one with nothing said, and none: the same answer."""
    world = World()
    _, which, _ = await world.conversation()
    begun = await world.visit()
    open_one = begun.last("welcome")["summary"]["conversation"]
    otto, maria = await world.shift("otto"), await world.shift()

    await otto.do(kind, conversation=which, **fields)
    await maria.do(kind, conversation=open_one, **fields)
    await maria.do(kind, conversation=NOBODYS, **fields)

    refusals = otto.all("refused") + maria.all("refused")
    assert len(refusals) == 3
    assert {frame["code"] for frame in refusals} == {"conversation_unknown"}
    assert {frame["path"] for frame in refusals} == {"$.conversation"}
    assert world.session(which).conversation.phase.value == "waiting"


async def test_fetching_needs_watching() -> None:
    """Who does not watch is not told page by page either."""
    world = World()
    _, which, _ = await world.conversation()
    maria = await world.shift()

    await maria.do("fetch", conversation=which, after=0)
    await maria.do("watch", conversation=which, last=0)
    await maria.do("fetch", conversation=which, after=0)

    assert maria.last("refused")["code"] == "conversation_unknown"
    assert len(maria.all("history")) == 2


async def many(world: World, maria: Line, most: int) -> list[str]:
    """Conversations, of which ``maria`` watches the first ``most``."""
    found = [(await world.conversation())[1] for _ in range(most + 1)]
    for which in found[:most]:
        await maria.push("watch", conversation=which)
    return found


@pytest.mark.parametrize("retention", [0.0, 60.0])
async def test_an_agent_watches_so_many(retention: float) -> None:
    """One more is refused and not taken; what ends makes room."""
    world = World(retention=retention)
    maria = await world.shift()
    found = await many(world, maria, answering.MOST_WATCHED)

    await maria.do("watch", conversation=found[-1])
    await maria.do("take", conversation=found[-1])

    assert [f["code"] for f in maria.all("refused")] == ["too_many"] * 2
    assert world.session(found[-1]).conversation.agent is None
    await maria.do("end", conversation=found[0])
    await world.ending.erase_all()
    await maria.do("take", conversation=found[-1])
    assert world.session(found[-1]).conversation.agent == "maria"


async def test_any_agent_may_end_what_waits() -> None:
    """The customer hears by whom."""
    world = World()
    customer, which, _ = await world.conversation()
    jonas = await world.shift("jonas")

    await jonas.do("end", conversation=which)

    assert customer.last("ended")["by"] == "agent"


async def test_who_leaves_while_taking_leaves_nothing_behind() -> None:
    """The conversation is taken, nobody watches, and nothing breaks."""
    world = World()
    _, which, _ = await world.conversation()
    maria = await world.shift()
    world.records.is_held = True
    taking = asyncio.ensure_future(maria.push("take", conversation=which))
    await settle()
    taking.cancel()
    await settle()
    maria.leave()

    world.records.commit()
    await settle()

    assert taking.cancelled()
    assert len(world.session(which).seats) == 1
    assert (
        world.house.presence.of(world.session(which).conversation.account) == ()
    )


async def test_what_ended_is_told_to_who_watches_and_takes_no_more() -> None:
    """``ended``, ``gone``, and the agent's connection stays open."""
    world = World()
    customer, maria, which = await world.taken()

    await customer.do("end")
    refused = await maria.say("agent-0001", "Wait", conversation=which)
    await world.ending.erase_all()

    assert refused["code"] == "conversation_ended"
    assert maria.kinds[-1] == "gone"
    assert maria.listener.farewell is None


async def test_what_the_application_has_no_agent_can_watch() -> None:
    """Its id opens nothing until it is handed over."""
    world = ProgramWorld(starts_with_application=True)
    _, which, _ = await world.conversation()
    maria = await world.shift()

    await maria.do("watch", conversation=which, ref="peep")

    assert maria.last("refused")["code"] == "conversation_unknown"
    assert maria.all("watching", "history") == []
