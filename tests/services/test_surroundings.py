"""Context and cookies: what is kept of them, who hears, and when they go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from server.domain.context import Arrival, Part
from server.services.surroundings import BURST
from tests.services.tellers import conversation_of, curious, visit
from tests.services.worlds import World

EVERYTHING: dict[str, Any] = {
    "page": {
        "url": "https://shop.example/tea?q=secret#top",
        "title": "Tea",
        "referrer": "https://search.example/?q=ada",
    },
    "language": "nb",
    "time_zone": "Europe/Oslo",
    "hints": {"model": "X1", "platform": "Linux"},
    "tags": {"reason": "late parcel"},
}
SEEN = {
    "address": "192.0.2.7",
    "place": {"country": "NO"},
    "device": {"browser": "Firefox", "version": "140"},
}


def known(world: World, conversation: str) -> dict[str, Any]:
    """What the session knows."""
    context = world.session(conversation).context
    return {} if context is None else context.as_map()


async def test_a_connection_tells_address_place_and_device() -> None:
    """Before the page has said anything."""
    world = curious()

    line = await visit(world)

    assert known(world, conversation_of(line)) == SEEN


async def test_a_page_tells_the_rest() -> None:
    """Addresses without query; hints over what was guessed."""
    world = curious()
    line = await visit(world)

    await line.do("context", **EVERYTHING)

    assert line.all("refused") == []
    assert known(world, conversation_of(line)) == SEEN | {
        "device": {
            "browser": "Firefox",
            "version": "140",
            "platform": "Linux",
            "model": "X1",
            "mobile": False,
        },
        "page": {
            "url": "https://shop.example/tea",
            "title": "Tea",
            "referrer": "https://search.example/",
        },
        "language": "nb",
        "time_zone": "Europe/Oslo",
        "tags": {"reason": "late parcel"},
    }


COLLECTED = {
    Part.ADDRESS: {"address"},
    Part.PLACE: {"place"},
    Part.DEVICE: {"device"},
    Part.PAGE: {"page"},
    Part.LANGUAGE: {"language", "time_zone"},
    Part.TAGS: {"tags"},
}


@pytest.mark.parametrize("part", Part)
async def test_each_part_can_be_switched_on_alone(part: Part) -> None:
    """What is not switched on does not come into the session."""
    world = curious(context={part})
    line = await visit(world)

    await line.do("context", **EVERYTHING)

    assert known(world, conversation_of(line)).keys() == COLLECTED[part]


async def test_a_channel_that_collects_nothing_keeps_nothing() -> None:
    """Whatever connection and page tell."""
    world = curious(context=frozenset(), allowed_cookies=frozenset())
    line = await visit(world)

    await line.do("context", **EVERYTHING, cookies={"basket": "7"})

    session = world.session(conversation_of(line))
    assert (session.context, session.cookies) == (None, None)


async def test_a_channel_may_want_queries() -> None:
    """The page's query is kept, and its fragment is not."""
    world = curious(page_query=True)
    line = await visit(world)

    await line.do("context", page=EVERYTHING["page"])

    page = known(world, conversation_of(line))["page"]
    assert page["url"] == "https://shop.example/tea?q=secret"


async def test_what_is_told_later_replaces_what_it_names() -> None:
    """A new page, and tags as a whole; the rest stays."""
    world = curious()
    line = await visit(world)
    await line.do("context", **EVERYTHING)
    await line.do("context", page={"url": "https://shop.example/cups"})
    await line.do("context", tags={"mood": "better"})

    told = known(world, conversation_of(line))

    assert told["page"] == {"url": "https://shop.example/cups"}
    assert told["tags"] == {"mood": "better"}
    assert told["language"] == "nb"


async def test_a_page_that_is_none_of_the_web_takes_the_old_one_away() -> None:
    """Nobody should be thought to be where they are not."""
    world = curious()
    line = await visit(world)
    await line.do("context", page={"url": "https://shop.example/"})

    await line.do("context", page={"url": "file:///home/ada/letter.html"})

    assert "page" not in known(world, conversation_of(line))


async def test_only_allowed_cookies_are_kept() -> None:
    """The server's list counts: a page can send whatever it likes."""
    world = curious()
    line = await visit(world)

    await line.do("context", cookies={"basket": "7", "login": "secret"})

    assert world.session(conversation_of(line)).cookies == {"basket": "7"}

    await line.do("context", cookies={"login": "secret"})

    assert world.session(conversation_of(line)).cookies is None


@pytest.mark.parametrize(
    "fields",
    [
        {"cookies": {f"c{n}": "x" for n in range(33)}},
        {"cookies": {"basket": "x" * 257}},
        {"cookies": {"n" * 65: "x"}},
        {"tags": {f"t{n}": "x" for n in range(33)}},
        {"page": {"url": "https://a.example/" + "x" * 2_048}},
        {"page": {}},
        {"hints": {"browser": "x" * 65}},
        {"language": ""},
        {"address": "192.0.2.1"},
    ],
)
async def test_what_is_too_large_is_no_frame(fields: dict[str, Any]) -> None:
    """Section 9 of the protocol; and nobody tells their own address."""
    line = await visit(curious())

    with pytest.raises(msgspec.ValidationError):
        await line.do("context", **fields)


async def test_a_later_connection_tells_anew() -> None:
    """The customer went from the telephone to the desk."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    token = line.last("welcome")["token"]

    await visit(
        world,
        Arrival(address="198.51.100.1", user_agent="Opera/99"),
        token=token,
    )

    assert known(world, conversation_of(line)) == {
        "address": "198.51.100.1",
        "device": {"browser": "Opera", "version": "99"},
    }


async def test_a_second_hello_still_tells_where_it_came_from() -> None:
    """The first was refused: nothing was used up by it."""
    world = curious()
    line = await visit(world, token="forged")
    assert line.last("refused")["code"] == "session_unknown"

    await line.greet()

    assert known(world, conversation_of(line)) == SEEN


async def test_agents_hear_of_changes_and_of_nothing_else() -> None:
    """After history, and when it changes; never cookies."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    about = conversation_of(line)
    maria = await world.shift()

    await maria.do("watch", conversation=about)

    kinds = [kind for kind in maria.kinds if kind != "listed"]
    assert kinds[-3:] == ["watching", "history", "context"]
    assert maria.last("context") == {
        "type": "context",
        "conversation": about,
        "context": SEEN,
    }
    maria.forget()

    await line.do("context", language="nb", cookies={"basket": "7"})
    await line.do("context", language="nb")

    assert [frame["context"] for frame in maria.all("context")] == [
        SEEN | {"language": "nb"}
    ]
    assert "basket" not in repr(maria.listener.frames)
    assert line.all("context") == []


async def test_nothing_is_told_of_whom_nothing_is_known() -> None:
    """As after a restart, until the page is back."""
    world = curious(context=frozenset())
    line = await visit(world)
    await line.say("client-0001", "Hello")
    maria = await world.shift()

    await maria.do("watch", conversation=conversation_of(line))

    assert maria.all("context") == []


async def test_a_page_that_tells_without_end_is_told_to_slow_down() -> None:
    """Each telling goes to every agent who watches."""
    world = curious()
    line = await visit(world)
    for n in range(int(BURST) + 1):
        await line.do("context", language=f"n{n}")

    assert [one["code"] for one in line.all("refused")] == ["too_fast"]
    assert known(world, conversation_of(line))["language"] == "n19"
    world.clock.pass_(1.0)
    await line.do("context", language="last")
    assert known(world, conversation_of(line))["language"] == "last"


def held(world: World) -> Iterable[object]:
    """What the sessions in memory know."""
    for session in world.house.sessions:
        yield from (session.context, session.cookies)


async def test_what_comes_after_the_end_is_not_kept() -> None:
    """A late frame must not bring back what was forgotten."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    session = world.session(conversation_of(line))

    await line.do("end")
    await world.ending.erase_all()
    await line.do("context", **EVERYTHING, cookies={"basket": "7"})

    assert (session.context, session.cookies) == (None, None)
    assert list(held(world)) == []


async def test_it_is_not_stored() -> None:
    """After a crash it is unknown, and the page tells it again."""
    world = curious()
    line = await visit(world)
    await line.do("context", **EVERYTHING, cookies={"basket": "7"})
    await line.say("client-0001", "Hello")
    token = line.last("welcome")["token"]
    world.start()

    back = await visit(world, arrival=None, token=token)

    session = world.session(conversation_of(back))
    assert (session.context, session.cookies) == (None, None)
    assert "192.0.2.7" not in repr(world.records.rows)
