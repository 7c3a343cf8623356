"""Sessions that a back-end begins, and how long they wait."""

from __future__ import annotations

from typing import Any

import pytest

from server.errors import RefusalCode, Refused
from server.services.confiding import LINGER
from server.services.purging import LINGER as LEFT
from server.vault.token_refusal import TokenRefused
from tests.services.tellers import (
    DATA,
    by,
    confiding,
    conversation_of,
    curious,
    private,
    tell,
    visit,
)


async def test_a_session_is_created_for_somebody() -> None:
    """With an id, data and a token, which opens it once the page comes."""
    world = curious(controlled_creation=True)
    use = confiding(world)
    channel = use.creator("shop", by("shop"))

    session, token = await use.create(
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
    session, _ = await use.create(
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
    session, token = await use.create(
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
    _, token = await use.create(
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
    await use.create(use.creator("shop", by("shop")), {"customerId": "ada"})

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
        await use.create(channel, wish)

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
