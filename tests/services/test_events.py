"""What applications are told of the customer, and until when."""

from __future__ import annotations

from server.domain.context import Context
from tests.services.programs import ProgramWorld


async def test_a_message_carries_all_three_kinds_of_data() -> None:
    """Context, cookies and private data, as they are when it is handed."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    session = world.session(which)
    session.context = Context(language="en")
    session.cookies = {"cart": "7"}
    session.private = {"tier": "gold"}
    session.customer_id = "c-17"
    await line.say("client-0002", "And now?")

    told = world.program.events[-1]
    assert told["context"]["language"] == "en"
    assert told["cookies"] == {"cart": "7"}
    assert told["customer_private_data"] == {"tier": "gold"}
    assert told["customer_id"] == "c-17"


async def test_the_end_says_what_was_purged_and_carries_none_of_it() -> None:
    """Only that there was something."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    session = world.session(which)
    session.cookies = {"cart": "canary-7"}
    session.private = {"tier": "canary-8"}
    session.customer_id = "canary-9"
    await line.do("end")
    await world.erase()

    told = world.program.events[-1]
    assert told["purged"] == {
        "messages": 1,
        "context": False,
        "cookies": True,
        "private_data": True,
    }
    assert "canary" not in str(told)


async def test_what_is_handed_in_the_grace_has_all_of_it() -> None:
    """The last messages get out with what belongs to them."""
    world = ProgramWorld()
    line, which, _ = await world.conversation()
    world.session(which).private = {"tier": "gold"}
    world.program.is_held = True
    await line.say("client-0002", "Two")
    await line.say("client-0003", "Three")
    await line.do("end")
    world.program.release()
    for _ in range(3):
        await world.later(0.1)

    assert world.program.kinds[-1] == "3"
    last = world.program.events[-1]
    assert last["customer_private_data"] == {"tier": "gold"}
