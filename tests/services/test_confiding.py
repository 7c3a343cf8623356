"""Private data by call: what is kept, refused, lost and told."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.private_limits import PrivateDataRefused
from server.errors import RefusalCode, Refused, Unavailable
from server.live.recently_ended import KEPT
from server.services.confiding import BURST, CALLS_AT_ONCE
from tests.services.tellers import (
    DATA,
    SHOP,
    by,
    change,
    confiding,
    conversation_of,
    curious,
    private,
    refusal,
    sealed_for,
    tell,
    visit,
)
from tests.services.worlds import INACTIVITY, World
from tests.vault.token_maker import OTHER, claims_with, signed


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


async def test_nobody_but_the_application_is_told() -> None:
    """Not the page, not the agent, in no frame."""
    world = curious()
    use = confiding(world)
    canary = "canary-4711"
    _, token = await use.create(
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
