"""Private data: three ways in, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.private_limits import PrivateDataRefused
from server.errors import RefusalCode, Refused, Unavailable
from server.live.recently_ended import KEPT
from server.services.confiding import BURST, CALLS_AT_ONCE, LINGER, Confiding
from server.services.events import surroundings_of
from server.services.purging import LINGER as LEFT
from server.vault.token_refusal import TokenRefused
from tests.services.tellers import (
    SHOP,
    change,
    conversation_of,
    curious,
    visit,
)
from tests.services.worlds import INACTIVITY, Line, World
from tests.vault.token_maker import OTHER, claims_with, sealed, signed

DATA = {"authenticated": True, "ContactID": "C-17"}


def confiding(world: World) -> Confiding:
    """The use case."""
    return Confiding(world.house, world.remembering)


def by(iss: str, **changes: Any) -> str:
    """A token that the back-end signs now."""
    return signed(claims=claims_with(iss=iss, **changes))


def sealed_for(iss: str, data: object = DATA, **changes: Any) -> str:
    """A token that the back-end seals now."""
    return sealed(claims=claims_with(iss=iss, data=data, **changes))


async def tell(
    world: World, token: str, value: object = DATA, *, is_patch: bool = False
) -> None:
    """Call as the back-end does."""
    use = confiding(world)
    use.keep(await use.grant(token), value, is_patch=is_patch)


async def refusal(world: World, token: str) -> RefusalCode:
    """Why a call is refused."""
    with pytest.raises(Refused) as caught:
        await tell(world, token)
    return caught.value.code


def private(world: World, line: Line) -> dict[str, Any] | None:
    """What is known of the customer, as an application is told."""
    session = world.session(conversation_of(line))
    told = surroundings_of(session)["customer_private_data"]
    return None if session.private is None else dict(told)


async def test_a_call_replaces_what_was_known() -> None:
    """The first and each later one, before anything is said and after."""
    world = curious()
    line = await visit(world)
    about = conversation_of(line)
    await tell(world, by(about))
    assert private(world, line) == DATA
    await line.say("client-0001", "Hello")

    await tell(world, by(about), {"authenticated": False})

    assert private(world, line) == {"authenticated": False}


async def test_a_patch_merges() -> None:
    """As RFC 7396 has it: null takes away."""
    world = curious()
    line = await visit(world)
    await tell(world, by(conversation_of(line)))

    await tell(
        world,
        by(conversation_of(line)),
        {"ContactID": None, "plan": "gold"},
        is_patch=True,
    )

    assert private(world, line) == {"authenticated": True, "plan": "gold"}


async def test_the_page_passes_on_what_it_cannot_read() -> None:
    """The sealed token means the same."""
    world = curious()
    line = await visit(world)

    await line.do("private", token=sealed_for(conversation_of(line)))

    assert line.all("refused") == []
    assert private(world, line) == DATA


async def test_a_session_is_created_for_somebody() -> None:
    """With an id, data and a token, which opens it once the page comes."""
    world = curious(controlled_creation=True)
    use = confiding(world)
    channel = use.creator("shop", by("shop"))

    session, token = use.create(
        channel, {"customerId": "ada", "privateData": DATA}
    )

    assert session.customer_id == "ada"
    line = await visit(world, token=token)
    assert conversation_of(line) == session.id
    assert private(world, line) == DATA
    ack = await line.say("client-0001", "Hello")
    assert ack["type"] == "ack"


async def test_a_created_session_may_be_told_of_before_it_is_visited() -> None:
    """The id that creation gives is the one that calls name."""
    world = curious()
    use = confiding(world)
    session, _ = use.create(
        use.creator("shop", by("shop")), {"customerId": "ada"}
    )
    assert session.private is None

    await tell(world, by(session.id))

    assert session.private == DATA


async def test_nobody_begins_a_session_by_themselves_if_it_is_controlled() -> (
    None
):
    """The same code as for a token that opens nothing, and where."""
    line = await visit(curious(controlled_creation=True))

    refused = line.last("refused")
    assert (refused["code"], refused["path"]) == ("session_unknown", "$.token")


async def test_who_does_not_come_is_forgotten() -> None:
    """After five minutes, not after one: the page may be on its way."""
    world = curious()
    use = confiding(world)
    session, token = use.create(
        use.creator("shop", by("shop")),
        {"customerId": "ada", "privateData": DATA},
    )

    await world.pass_(LINGER - 1.0)
    assert world.session(session.id) is session
    await world.pass_(2.0)

    assert len(world.house.sessions) == 0
    assert (session.private, session.customer_id) == (None, None)
    line = await visit(world, token=token)
    assert line.last("refused")["code"] == "session_unknown"


async def test_who_came_and_went_is_forgotten_as_others_are() -> None:
    """The longer time is for the first visit only."""
    world = curious()
    use = confiding(world)
    _, token = use.create(
        use.creator("shop", by("shop")), {"customerId": "ada"}
    )
    line = await visit(world, token=token)
    await world.pass_(LINGER + 1.0)
    assert len(world.house.sessions) == 1

    line.leave()
    await world.pass_(LEFT + 1.0)

    assert len(world.house.sessions) == 0


async def test_a_short_lived_channel_does_not_wait_longer() -> None:
    """Its inactivity time counts for created sessions, too."""
    world = curious(inactivity=30.0)
    use = confiding(world)
    use.create(use.creator("shop", by("shop")), {"customerId": "ada"})

    await world.pass_(31.0)

    assert len(world.house.sessions) == 0


@pytest.mark.parametrize(
    "wish",
    [
        [],
        None,
        {},
        {"customerId": ""},
        {"customerId": 7},
        {"customerId": "x" * 129},
        {"customerId": "a\nb"},
        {"customerId": "ada", "customer": "bob"},
        {"customerId": "ada", "privateData": [1]},
        {"customerId": "ada", "privateData": {"a": "x" * 65_536}},
    ],
)
async def test_a_wish_that_makes_no_sense_creates_nothing(wish: Any) -> None:
    """Misspelt is not left out."""
    world = curious()
    use = confiding(world)
    channel = use.creator("shop", by("shop"))

    with pytest.raises(Refused) as caught:
        use.create(channel, wish)

    assert caught.value.code is RefusalCode.MALFORMED
    assert len(world.house.sessions) == 0


@pytest.mark.parametrize(
    ("channel", "token"),
    [
        ("shop", by("elsewhere")),
        ("elsewhere", by("elsewhere")),
        ("nowhere", by("nowhere")),
        ("shop", by("shop", iat=None)),
        ("shop", "no.such.token"),
    ],
)
async def test_only_the_channels_back_end_creates_sessions(
    channel: str, token: str
) -> None:
    """A channel without a secret has none; all are refused alike."""
    with pytest.raises(TokenRefused):
        confiding(curious()).creator(channel, token)


async def test_unknown_and_bad_are_not_told_apart() -> None:
    """Nor is a session of a channel without a secret."""
    world = curious()
    about = conversation_of(await visit(world))
    elsewhere = await world.customer("elsewhere").greet()
    other = elsewhere["summary"]["conversation"]

    said = {
        await refusal(world, token)
        for token in (
            by("A" * 22),
            by(other),
            by("shop"),
            by(about, iat=1),
            by(about, iat=None),
            signed(claims=claims_with(iss=about), key=OTHER.text().encode()),
            "x",
        )
    }

    assert said == {RefusalCode.BAD_CREDENTIALS}


async def test_tokens_without_a_time_need_a_switch() -> None:
    """For back-ends whose library sets none."""
    world = curious(accepts_tokens_without_iat=True)
    line = await visit(world)

    await tell(world, by(conversation_of(line), iat=None))

    assert private(world, line) == DATA


async def test_an_end_is_told_to_who_may_know() -> None:
    """For a while; then it is as if it had never been. To others, never."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    about = conversation_of(line)
    await tell(world, by(about))
    bad = signed(claims=claims_with(iss=about), key=OTHER.text().encode())
    await line.do("end")

    assert await refusal(world, by(about)) is RefusalCode.CONVERSATION_ENDED
    await world.ending.erase_all()
    assert await refusal(world, by(about)) is RefusalCode.CONVERSATION_ENDED
    assert await refusal(world, bad) is RefusalCode.BAD_CREDENTIALS

    world.clock.pass_(KEPT)
    late = by(about, iat=int(world.clock.now()))
    assert await refusal(world, late) is RefusalCode.BAD_CREDENTIALS


async def test_what_ends_while_the_body_is_read_takes_nothing() -> None:
    """A session that was forgotten stays so."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    use = confiding(world)
    grant = await use.grant(by(conversation_of(line)))
    await line.do("end")
    await world.ending.erase_all()

    with pytest.raises(Refused) as caught:
        use.keep(grant, DATA, is_patch=False)

    assert caught.value.code is RefusalCode.CONVERSATION_ENDED
    assert grant.session.private is None


async def test_a_session_only_the_store_knows_is_found() -> None:
    """But not brought back for whoever merely claims its id."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    about = conversation_of(line)
    world.start()
    change(world, secret=None)
    bad = signed(claims=claims_with(iss=about), key=OTHER.text().encode())

    assert await refusal(world, bad) is RefusalCode.BAD_CREDENTIALS
    assert len(world.house.sessions) == 0


async def test_a_restart_loses_them_and_says_so() -> None:
    """Until they are sent again."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    about = conversation_of(line)
    secret = world.house.channels[SHOP].secret
    await tell(world, by(about))
    assert not world.session(about).private_was_lost
    world.start()
    change(world, secret=secret)

    await world.remembering.session(world_id(world))
    assert world.session(about).private is None
    assert world.session(about).private_was_lost
    await tell(world, by(about))

    assert world.session(about).private == DATA
    assert not world.session(about).private_was_lost


def world_id(world: World) -> Any:
    """The id of the only conversation."""
    return next(iter(world.records.rows))


async def test_a_store_that_does_not_answer_is_not_a_bad_token() -> None:
    """The back-end may try again."""
    world = curious()
    world.records.failing.add("read")

    with pytest.raises(Unavailable):
        await confiding(world).grant(by("A" * 22))


async def test_data_that_may_not_be_kept_changes_nothing() -> None:
    """Neither by call nor sealed."""
    world = curious()
    line = await visit(world)
    about = conversation_of(line)
    await tell(world, by(about, iat=int(world.clock.now()) - 5))

    with pytest.raises(PrivateDataRefused):
        await tell(world, by(about), ["no object"])
    await line.do("private", token=sealed_for(about, data="no object"))
    await line.do("private", token=sealed_for(about, data=None))

    assert [one["code"] for one in line.all("refused")] == ["malformed"] * 2
    assert private(world, line) == DATA


async def test_a_sealed_token_is_for_one_session_and_one_secret() -> None:
    """A customer cannot bring that of another, nor make one."""
    world = curious()
    line, other = await visit(world), await visit(world)

    for token in (
        sealed_for(conversation_of(other)),
        sealed_for(conversation_of(line), iat=1),
        by(conversation_of(line)),
        "nothing",
    ):
        await line.do("private", token=token, ref="r")

    said = {(one["code"], one["ref"]) for one in line.all("refused")}
    assert said == {("bad_credentials", "r")}
    assert private(world, line) is None


async def test_without_a_secret_nothing_sealed_is_taken() -> None:
    """The channel has not agreed on one."""
    world = curious(secret=None)
    line = await visit(world)

    await line.do("private", token=sealed_for(conversation_of(line)))

    assert line.last("refused")["code"] == "bad_credentials"


async def test_an_old_sealed_token_cannot_undo_a_call() -> None:
    """The page still has it: signed out must stay signed out."""
    world = curious()
    line = await visit(world)
    about = conversation_of(line)
    now = int(world.clock.now())
    old = sealed_for(about, iat=now)
    await line.do("private", token=old)
    await line.do("private", token=old)
    assert line.all("refused") == []  # passed on again after a reconnect

    await tell(world, by(about, iat=now), {"authenticated": False})
    await line.do("private", token=old)

    assert line.last("refused")["code"] == "bad_credentials"
    assert private(world, line) == {"authenticated": False}

    await line.do("private", token=sealed_for(about, iat=now + 1))
    assert private(world, line) == DATA
    await line.do("private", token=old)
    assert len(line.all("refused")) == 2


async def test_nobody_but_the_application_is_told() -> None:
    """Not the page, not the agent, in no frame."""
    world = curious()
    use = confiding(world)
    canary = "canary-4711"
    _, token = use.create(
        use.creator("shop", by("shop")),
        {"customerId": canary, "privateData": {"name": canary}},
    )
    line = await visit(world, token=token)
    await line.say("client-0001", "Hello")
    about = conversation_of(line)
    await line.do("private", token=sealed_for(about, {"name": canary}))
    maria = await world.shift()
    await maria.do("take", conversation=about)
    await line.do("context", language="nb")

    assert world.session(about).private == {"name": canary}
    assert canary not in repr(line.listener.frames)
    assert canary not in repr(maria.listener.frames)


async def test_a_session_is_not_told_of_without_end() -> None:
    """By whichever way; others are not held up."""
    world = curious()
    line, other = await visit(world), await visit(world)
    about = conversation_of(line)
    for _ in range(int(BURST)):
        await tell(world, by(about))

    assert await refusal(world, by(about)) is RefusalCode.TOO_FAST
    await line.do("private", token=sealed_for(about))
    assert line.last("refused")["code"] == "too_fast"
    await tell(world, by(conversation_of(other)))
    world.clock.pass_(1.0)
    await tell(world, by(about))


async def test_an_address_does_not_call_without_end() -> None:
    """Whatever it calls with."""
    use = confiding(curious())
    for _ in range(int(CALLS_AT_ONCE)):
        use.heed("192.0.2.1")

    with pytest.raises(Refused) as caught:
        use.heed("192.0.2.1")
    use.heed("192.0.2.2")

    assert caught.value.code is RefusalCode.TOO_FAST
    assert caught.value.retry_after is not None


async def test_an_inactive_session_takes_them_along() -> None:
    """By the wheel, when its time is over."""
    world = curious()
    line = await visit(world)
    await line.say("client-0001", "Hello")
    about = conversation_of(line)
    await tell(world, by(about))
    session = world.session(about)
    line.leave()

    await world.pass_(INACTIVITY + 1.0)
    await world.ending.erase_all()

    assert len(world.house.sessions) == 0
    assert session.private is None
