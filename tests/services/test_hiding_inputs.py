"""Each text that a peer may tell is hidden in, or known to be a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import msgspec
import pytest

from server.domain.message import Author
from server.domain.private_limits import (
    MOST_BYTES,
    PrivateDataFault,
    PrivateDataRefused,
)
from server.domain.redaction import Redaction
from server.ids import AccountId
from server.protocol.client_frames import CLIENT_FRAMES, Answer, RaiseEvent
from server.protocol.parts import Role
from server.services.house import House
from tests.domain.rules import CARD, own, rule
from tests.services.programs import ProgramWorld
from tests.services.tellers import (
    by,
    confiding,
    conversation_of,
    curious,
    private,
    sealed_for,
    tell,
    visit,
)
from tests.services.worlds import World, settle

LEFT = "[hidden]"
#: What programs know things by, and who comes in with what. A text that is
#: neither here nor below is one that nobody has thought about.
NAMES = {
    "answer": {"attachment", "conversation", "id"},
    "context": set(),
    "delivered": {"conversation"},
    "end": {"conversation", "ref"},
    "event": {"conversation", "name", "ref"},
    "event_taken": {"name"},
    "fetch": {"conversation", "ref"},
    "forget": {"ref"},
    "hand_over": {"conversation", "ref"},
    "hello": {
        *("client", "epoch", "language", "name", "password", "ref", "token"),
    },
    "holdings": {"ref"},
    "list": {"ref"},
    "ping": set(),
    "private": {"ref"},
    "read": {"conversation"},
    "release": {"conversation", "ref"},
    "send": {"attachment", "conversation", "id", "terms"},
    "sign_out": set(),
    "stay": {"ref"},
    "take": {"conversation", "ref"},
    "taken": {"conversation"},
    "typing": {"conversation"},
    "unwatch": {"conversation"},
    "watch": {"conversation", "epoch", "ref"},
    "withdraw": {"purpose", "ref"},
}
#: What is hidden in; a test below, or in ``test_hiding``, for each.
HIDDEN = {
    "answer": {"rich", "text"},
    "context": {
        *("cookies", "hints", "language", "page", "tags", "time_zone"),
    },
    "event": {"data"},
    "private": {"token"},
    "send": {"postback", "text"},
}


def texts_of(frame: type[msgspec.Struct]) -> set[str]:
    """The fields of ``frame`` in which there is text, at any depth."""
    return {
        field.name
        for field in msgspec.structs.fields(frame)
        if str in set(_kinds(field.type))
    }


def _kinds(kind: Any) -> Iterator[Any]:
    if get_origin(kind) is None:
        yield kind
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            for field in msgspec.structs.fields(kind):
                yield from _kinds(field.type)
        if hasattr(kind, "__value__"):
            yield from _kinds(kind.__value__)
    for inner in get_args(kind):
        yield from _kinds(inner)


@pytest.mark.parametrize("role", Role)
def test_every_text_that_peers_tell_has_been_thought_about(role: Role) -> None:
    """A new one is put through ``hiding``, or said to be a name."""
    for name, frame in CLIENT_FRAMES[role].items():
        known = NAMES[name] | HIDDEN.get(name, set())
        assert texts_of(frame) <= known, name


def careful(house: House, **settings: Any) -> None:
    """Have cards hidden in what is told to ``acme``."""
    house.redactions = {AccountId("acme"): Redaction([rule(**settings)])}


def known(world: World, conversation: str) -> dict[str, Any]:
    """What the session knows of its customer's surroundings."""
    context = world.session(conversation).context
    assert context is not None
    return context.as_map()


async def test_what_a_page_tells_of_itself_is_hidden() -> None:
    """Title, addresses, language, hints, tags and cookies; keys stay."""
    world = curious(page_query=True)
    careful(world.house)
    line = await visit(world)

    await line.do(
        "context",
        page={
            "url": f"https://shop.example/pay/{CARD.replace(' ', '-')}/done",
            "title": f"Paid with {CARD}",
            "referrer": f"https://pay.example/{CARD.replace(' ', '')}",
        },
        language=CARD,
        time_zone=CARD,
        hints={
            "browser": CARD, "version": CARD, "platform": CARD, "model": CARD,
        },
        tags={"card": CARD, CARD: "yes"},
        cookies={"basket": f"card={CARD}", "visitor": "7"},
    )  # fmt: skip

    which = conversation_of(line)
    told = known(world, which)
    assert told["page"] == {
        "url": f"https://shop.example/pay/{LEFT}/done",
        "title": f"Paid with {LEFT}",
        "referrer": f"https://pay.example/{LEFT}",
    }
    assert (told["language"], told["time_zone"]) == (LEFT, LEFT)
    told["device"].pop("mobile")
    assert set(told["device"].values()) == {LEFT}
    assert told["tags"] == {"card": LEFT, CARD: "yes"}
    assert world.session(which).cookies == {
        "basket": f"card={LEFT}",
        "visitor": "7",
    }


@pytest.mark.parametrize(
    ("address", "left"),
    [
        (CARD.replace(" ", "%20"), LEFT),
        (f"?card={CARD.replace(' ', '+')}&a=b", f"?card={LEFT}&a=b"),
        ("%34" + CARD[1:].replace(" ", "") + "/%C3%A4%25", f"{LEFT}/ä%25"),
        ("%C3%A4+b%20c?q=4111", "%C3%A4+b%20c?q=4111"),
    ],
)
async def test_an_address_is_read_as_what_its_escapes_stand_for(
    address: str, left: str
) -> None:
    """And stays as it is if there is nothing to hide."""
    world = curious(page_query=True)
    careful(world.house)
    line = await visit(world)

    await line.do("context", page={"url": f"https://shop.example/{address}"})

    page = known(world, conversation_of(line))["page"]
    assert page == {"url": f"https://shop.example/{left}"}


async def test_an_address_stays_short() -> None:
    """What is put in may be longer than what is taken out."""
    world = curious()
    world.house.redactions = {
        AccountId("acme"): Redaction([own("a", replacement="-" * 100)])
    }
    line = await visit(world)

    await line.do("context", page={"url": "https://x.test/" + "a" * 100})

    url = known(world, conversation_of(line))["page"]["url"]
    assert len(url) == 2_048


async def test_private_data_are_hidden_in_however_they_come() -> None:
    """By call, by patch, sealed, and with a session's creation."""
    world = curious()
    careful(world.house, roles=frozenset({Author.APPLICATION}))
    line = await visit(world)
    about = conversation_of(line)
    data = {"card": CARD, "past": [{CARD: CARD}, 4111111111111111, None]}
    left = {"card": LEFT, "past": [{CARD: LEFT}, 4111111111111111, None]}

    await tell(world, by(about), data)
    assert private(world, line) == left
    await tell(world, by(about), {"note": f"({CARD})"}, is_patch=True)
    assert private(world, line) == left | {"note": f"({LEFT})"}

    other = await visit(world)
    await other.do("private", token=sealed_for(conversation_of(other), data))
    assert private(world, other) == left

    use = confiding(world)
    session, _ = await use.create(
        use.creator("shop", by("shop")),
        {"customerId": "ada", "privateData": data},
    )
    assert session.private == left
    counted = world.house.metrics.redactions.values()
    # The two of the first call were looked at once more with the patch.
    assert [count.value for count in counted] == [7]


async def test_private_data_stay_small() -> None:
    """A rule that puts in more than it takes out does not get round that."""
    world = curious()
    world.house.redactions = {
        AccountId("acme"): Redaction([own("a", replacement="-" * 100)])
    }
    line = await visit(world)
    before = len(world.house.sessions)
    many = {"x": "a" * 400, "y": "a" * 400}
    assert MOST_BYTES < 800 * 100

    with pytest.raises(PrivateDataRefused) as refused:
        await tell(world, by(conversation_of(line)), many)

    assert refused.value.fault is PrivateDataFault.TOO_LARGE
    assert private(world, line) is None
    use = confiding(world)
    with pytest.raises(PrivateDataRefused):
        await use.create(
            use.creator("shop", by("shop")),
            {"customerId": "ada", "privateData": many},
        )
    assert len(world.house.sessions) == before


async def test_what_an_application_tells_the_page_is_hidden() -> None:
    """Values, not their names; nothing is told where there is nothing."""
    world = ProgramWorld()
    careful(world.house)
    line, which, _ = await world.conversation()
    me = world.applications[0]
    session = await world.applying.find(me, which)

    for data in ({"card": CARD, CARD: "1"}, None):
        frame = RaiseEvent(conversation=which, name="paid", data=data)
        await world.applying.done(me, session, frame)
    await settle()

    told = [frame.get("data") for frame in line.all("event")]
    assert told == [{"card": LEFT, CARD: "1"}, None]


async def test_an_ack_says_what_is_kept_where_it_differs() -> None:
    """To customer, agent and application, and again to who asks again."""
    world = World()
    careful(world.house)
    customer, maria, which = await world.taken()

    ack = await customer.say("client-0002", f" my card: {CARD}")
    assert ack["text"] == f"my card: {LEFT}"
    ack = await customer.say("client-0002", f" my card: {CARD}")
    assert (ack["text"], ack["repeat"]) == (f"my card: {LEFT}", True)
    ack = await customer.say("client-0003", " nothing to hide ")
    assert "text" not in ack
    await maria.do("send", conversation=which, id="agent-0001", text=CARD)
    assert maria.last("ack")["text"] == LEFT


async def test_what_an_application_was_refused_begins_no_number() -> None:
    """Half of it is remembered when it is numbered, not when it comes.

    Else the undoing of what another has said, for which the disk had no room,
    takes it back, and the other half is told.
    """
    world = ProgramWorld()
    careful(world.house)
    line, which, _ = await world.conversation()
    me = world.applications[0]
    session = world.session(which)

    world.kept.failing.add("write")
    halves = ("4111 1111", "1111 1111")
    for number, half in enumerate(halves):
        frame = Answer(conversation=which, id=f"answer-0{number}", text=half)
        world.applying.carry_out(me, session, frame, listener=line.listener)
        if number == 0:
            assert session.carries == {}
            await settle()
            assert session.carries == {}
            world.kept.failing.clear()
            world.applying.carry_out(me, session, frame, listener=line.listener)
    await settle()

    told = [one["text"] for one in line.all("message")][-2:]
    assert told == ["4111 1111", LEFT]
