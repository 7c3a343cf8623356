"""What is acknowledged is on disk, in order, once; the rest never was."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.worlds import Line, World, settle


def numbers(line: Line) -> list[tuple[str, int, bool]]:
    """The acks: id, number, and whether it was a repeat."""
    return [
        (ack["id"], ack["number"], ack.get("repeat", False))
        for ack in line.all("ack")
    ]


async def test_no_ack_before_the_commit() -> None:
    """As long as the disk takes its time nobody hears anything."""
    world = World()
    customer, maria, _ = await world.taken()
    world.records.is_held = True
    customer.forget()
    maria.forget()

    await customer.do("send", id="client-0002", text="Wait")
    heard_before = customer.kinds + maria.kinds
    world.records.commit()

    assert heard_before == []
    assert numbers(customer) == [("client-0002", 2, False)]
    assert maria.last("message")["number"] == 2
    assert len(world.records.lines[next(iter(world.records.rows))]) == 2


async def test_what_is_sent_in_a_row_is_numbered_in_that_order() -> None:
    """Sixteen at once, one group, no gap."""
    world = World()
    line = await world.visit()
    world.records.is_held = True

    for n in range(16):
        await line.push("send", id=f"client-{n:04}", text=f"{n}")
    world.records.commit()

    assert numbers(line) == [
        (f"client-{n:04}", n + 1, False) for n in range(16)
    ]
    assert world.records.commits == 1


async def test_a_repeat_gets_the_first_answer() -> None:
    """Whatever its text says, but with the one that is kept."""
    world = World()
    line, which, _ = await world.conversation()
    first = line.last("ack")
    world.clock.pass_(5)

    again = first | {"repeat": True}
    assert await line.say("client-0001", "Hello?") == again
    for text in ("Something else", "", "x" * 5000):
        assert await line.say("client-0001", text) == again | {"text": "Hello?"}

    assert len(world.records.lines[world.session(which).id]) == 1


async def test_a_repeat_from_another_tab_or_after_a_restart() -> None:
    """The id belongs to the conversation, not to the connection."""
    world = World()
    line, _, token = await world.conversation()
    first = line.last("ack")
    tab = await world.visit(token=token)
    assert await tab.say("client-0001", "Hello?") == first | {"repeat": True}

    world.start()
    back = await world.visit(token=token)

    assert await back.say("client-0001", "Hello?") == first | {"repeat": True}
    assert (await back.say("client-0002", "New"))["number"] == 2


async def test_a_repeat_while_the_first_is_still_queued() -> None:
    """Both are answered, with one number; the second is the repeat."""
    world = World()
    line, which, _ = await world.conversation()
    world.records.is_held = True
    line.forget()

    for _ in range(2):
        await line.push("send", id="client-0002", text="Twice")
    world.records.commit()
    await settle()

    assert numbers(line) == [
        ("client-0002", 2, False),
        ("client-0002", 2, True),
    ]
    assert len(world.records.lines[world.session(which).id]) == 2


async def test_a_repeat_that_cannot_be_read_is_told_so() -> None:
    """Silence would have the sender wait for nothing."""
    world = World()
    line, _, _ = await world.conversation()
    world.records.failing = {"read"}

    assert (await line.say("client-0001", ""))["code"] == "unavailable"


async def test_a_group_that_fails_takes_everything_back() -> None:
    """Number, key and id are as before, and the next message is the first."""
    world = World()
    line = await world.visit()
    which = line.last("welcome")["summary"]["conversation"]
    world.records.failing = {"write"}

    refused = await line.say("client-0001", "Lost")

    session = world.session(which)
    assert (refused["code"], refused["retry"]) == ("unavailable", True)
    assert (session.slot, session.accepted) == (None, {})
    assert session.conversation.phase.value == "open"
    assert world.keys.taken == set()
    world.records.failing.clear()
    assert (await line.say("client-0001", "Kept"))["number"] == 1
    assert world.records.rows[session.id].last_number == 1


async def test_a_failed_group_fails_all_that_is_in_it() -> None:
    """Two conversations share the disk's answer, and both begin again."""
    world = World()
    one, two = await world.visit(), await world.visit()
    world.records.is_held = True
    for line in (one, two):
        for n in (1, 2):
            await line.push("send", id=f"client-{n:04}", text="x")
    world.records.failing = {"write"}
    world.records.commit()
    world.records.failing.clear()

    for line in (one, two):
        codes = [frame["code"] for frame in line.all("refused")]
        assert codes == ["unavailable"] * 2
        await line.push("send", id="client-0002", text="x")
    world.records.commit()
    assert [numbers(line)[0][1] for line in (one, two)] == [1, 1]


async def test_a_repeat_of_what_was_not_kept_is_not_kept_either() -> None:
    """Its text was not looked at: it must not be stored without one."""
    world = World()
    line, which, _ = await world.conversation()
    world.records.is_held = True
    await line.push("send", id="client-0002", text="Lost")
    world.records.put(Midway(line))
    world.records.failing = {"write"}
    world.records.commit()
    world.records.failing.clear()
    world.records.commit()
    await settle()

    assert line.last("refused")["code"] == "unavailable"
    assert len(world.records.lines[world.session(which).id]) == 1


class Midway:
    """Sends the repeat at the moment when the first is numbered."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def prepare(self, group: object) -> None:
        coroutine = self._line.push("send", id="client-0002", text="")
        with contextlib.suppress(StopIteration):  # it waits for nothing
            coroutine.send(None)

    def committed(self) -> None:
        """Of no interest."""

    def failed(self, error: Exception) -> None:
        """Of no interest."""


async def test_what_cannot_be_sealed_is_not_begun() -> None:
    """A key that is not to be had leaves neither row nor slot taken."""
    world = World()
    line = await world.visit()
    world.keys.failing = {"key"}

    refused = await line.say("client-0001", "Hello?")
    world.keys.failing = set()

    assert refused["code"] == "unavailable"
    assert (world.records.rows, world.keys.taken) == ({}, set())
    assert (await line.say("client-0001", "Hello?"))["number"] == 1


async def test_a_full_queue_is_told_to_the_sender() -> None:
    """Nothing was kept; the same frame may succeed later."""
    world = World()
    line, _, _ = await world.conversation()
    world.records.failing = {"put"}

    refused = await line.say("client-0002", "Full")

    assert (refused["code"], refused["ref"]) == ("unavailable", "client-0002")


async def test_two_customers_never_share_a_key() -> None:
    """What one conversation's key sealed the other's cannot open."""
    world = World()
    _, one, _ = await world.conversation()
    _, two, _ = await world.conversation()

    slots = {world.session(one).slot, world.session(two).slot}
    sealed = [rows[0].sealed for rows in world.records.lines.values()]

    assert len(slots) == 2
    assert all(b"Hello?" not in envelope for envelope in sealed)


async def test_the_end_leaves_those_queued_behind_it_unsaid() -> None:
    """What is sent before is kept, what is sent after is refused."""
    world = World()
    line, which, _ = await world.conversation()
    world.records.is_held = True
    line.forget()

    await line.push("send", id="client-0002", text="Before")
    await line.push("end")
    await line.push("send", id="client-0003", text="After")
    world.records.commit()
    await settle()

    assert numbers(line) == [("client-0002", 2, False)]
    assert line.last("refused")["code"] == "conversation_ended"
    assert line.last("refused")["ref"] == "client-0003"
    assert line.last("ended")["by"] == "customer"
    assert len(world.records.lines[world.session(which).id]) == 2


async def test_an_end_that_the_disk_refuses_is_no_end() -> None:
    """The one who asked is told, and can go on or ask again."""
    world = World()
    line, _, _ = await world.conversation()
    world.records.failing = {"write"}

    await line.do("end", ref="my-end")
    world.records.failing.clear()

    refused = line.last("refused")
    assert (refused["code"], refused["ref"]) == ("unavailable", "my-end")
    assert (await line.say("client-0002", "Still here"))["number"] == 2
    assert line.all("ended") == []


IDS = [f"client-{n:04}" for n in range(4)]
STEPS = st.lists(
    st.one_of(
        st.sampled_from(IDS).map(lambda id_: ("send", id_)),
        st.sampled_from([("commit", ""), ("fail", ""), ("restart", "")]),
    ),
    max_size=30,
)


@settings(max_examples=60)
@given(STEPS)
async def test_whatever_happens_ids_and_numbers_match(
    steps: list[tuple[str, str]],
) -> None:
    """No gap, no double, and an ack never changes, in any order of things."""
    world = World()
    line, _, token = await world.conversation()
    world.records.is_held = True
    acked = {"client-0001": 1}
    for step, id_ in [*steps, ("commit", "")]:
        if step == "send":
            await line.push("send", id=id_, text=id_)
        elif step == "restart":
            world.records.failing = {"write"}
            world.records.commit()
            world.start()
            line = await world.visit(token=token)
        else:
            world.records.failing = {"write"} if step == "fail" else set()
            world.records.commit()
        world.records.failing = set()
        await settle()
        for ack in line.all("ack"):
            assert acked.setdefault(ack["id"], ack["number"]) == ack["number"]

    rows = next(iter(world.records.lines.values()))
    kept = {row.client_id: row.number for row in rows}
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert len(kept) == len(rows)
    assert kept == acked
