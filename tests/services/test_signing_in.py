"""Signing in, coming back with a token, and signing out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

import pytest

from server.domain.agent import Agent
from server.ids import AgentId
from server.services.signing_in import (
    GOOD_FOR,
    MOST_WAITING,
    ROUND,
    SigningIn,
)
from server.vault.passwords import password_matches
from tests.services.worlds import PASSWORD, World, settle


@pytest.mark.parametrize(
    "hello",
    [
        {"name": "maria", "password": "wrong"},
        {"name": "nobody", "password": PASSWORD},
        {"name": "Maria", "password": PASSWORD},
        {"name": "maria"},
        {"client": "nothing at all"},
        {"token": "A" * 43},
    ],
)
async def test_what_is_wrong_is_refused_alike(hello: dict[str, str]) -> None:
    """Nobody learns which names exist."""
    line = await World().shift(**hello)

    assert line.kinds == ["refused"]
    assert line.last("refused")["code"] == "bad_credentials"
    assert "path" not in line.last("refused")


async def test_an_unknown_name_costs_as_much_as_a_known_one() -> None:
    """A password is hashed against something, so time tells nothing."""
    world = World()

    await world.shift(name="nobody", password=PASSWORD)

    made = world.signing_in._nobody
    assert made is not None
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not password_matches(PASSWORD, made)


async def test_the_token_opens_as_the_password_did() -> None:
    """Also after a restart; what is kept of it is a hash."""
    world = World()
    line = await world.shift()
    token = line.last("welcome")["token"]
    world.start()

    back = await world.shift(token=token)

    assert line.kinds == ["welcome", "list"]
    assert back.last("welcome")["name"] == "Maria"
    assert "token" not in back.last("welcome")
    (row,) = world.records.sign_ins.values()
    assert token.encode() not in row.hash
    assert len(row.hash) == 32


async def test_what_has_expired_is_forgotten() -> None:
    """An hour later nothing of it is stored, though nobody asked for it."""
    world = World()
    await world.shift()
    forgetting = asyncio.create_task(SigningIn(world.house).run())
    await world.pass_(GOOD_FOR - 1.0)
    assert len(world.records.sign_ins) == 1

    world.clock.pass_(ROUND + 1.0)
    await settle()

    assert world.records.sign_ins == {}
    forgetting.cancel()


async def test_a_token_expires() -> None:
    """Twelve hours, not a second more."""
    world = World()
    token = (await world.shift()).last("welcome")["token"]
    world.clock.pass_(GOOD_FOR - 0.5)
    assert (await world.shift(token=token)).kinds[0] == "welcome"

    world.clock.pass_(0.5)

    late = await world.shift(token=token)
    assert late.last("refused")["code"] == "bad_credentials"


async def test_the_token_of_a_removed_agent_opens_nothing() -> None:
    """Who was taken out of the settings is out."""
    world = World()
    token = (await world.shift()).last("welcome")["token"]
    agents = dict(world.house.agents)
    del agents[AgentId("maria")]
    world.house = replace(world.house, agents=agents)
    world.signing_in._house = world.house

    answer = await world.shift(token=token)

    assert answer.last("refused")["code"] == "bad_credentials"


async def test_signing_out_closes_every_connection_of_that_token() -> None:
    """And no other; the token opens nothing from then on."""
    world = World()
    maria = await world.shift()
    token = maria.last("welcome")["token"]
    second = await world.shift(token=token)
    elsewhere = await world.shift()
    jonas = await world.shift("jonas")

    await maria.do("sign_out")

    lines = (maria, second, elsewhere, jonas)
    codes = [line.listener.farewell for line in lines]
    assert codes == [4503, 4503, None, None]
    answer = await world.shift(token=token)
    assert answer.last("refused")["code"] == "bad_credentials"


async def test_too_many_at_once_are_asked_to_wait() -> None:
    """A flood of passwords fills a short queue and nothing else."""
    world = World()
    world.signing_in._waiting = MOST_WAITING

    refused = (await world.shift()).last("refused")
    world.signing_in._waiting = 0

    assert (refused["code"], refused["retry_after"]) == ("too_fast", 1)
    assert (await world.shift()).kinds[0] == "welcome"
    assert world.signing_in._waiting == 0


async def test_a_token_that_was_not_written_down_is_not_given() -> None:
    """Else a restart would sign the agent out without a word."""
    world = World()
    world.records.failing = {"write"}

    line = await world.shift()

    assert line.kinds == ["refused"]
    assert line.last("refused")["code"] == "unavailable"


async def test_an_agent_whose_list_failed_is_told_nothing_live() -> None:
    """A hello that fails half way leaves nobody behind."""
    world = World()
    maria = await world.shift()
    token = maria.last("welcome")["token"]
    late = await world.shift(token="A" * 43)
    for reads_left in (0, 1):  # that of the token, then that of the list
        world.records.reads_left = reads_left
        assert (await late.greet(token=token))["code"] == "unavailable"
    world.records.reads_left = None

    await late.greet(token=token)
    late.forget()
    await world.conversation()
    world.listing.tell()

    assert late.kinds == ["listed"]


async def test_a_list_that_fails_once_is_asked_for_again() -> None:
    """The agent hears what changes, as before, and then the list."""
    world = World()
    maria = await world.shift()
    world.records.failing = {"read"}
    await maria.do("list", ref="again")
    world.records.failing = set()
    await world.conversation()
    world.listing.tell()

    assert maria.last("refused")["ref"] == "again"
    assert maria.kinds[-1] == "listed"
    await maria.do("list")
    assert len(maria.last("list")["waiting"]) == 1


@pytest.mark.parametrize("becomes", ["removed", "another password"])
async def test_whoever_is_removed_meanwhile_does_not_come_in(
    becomes: str,
) -> None:
    """While the password was tried; no token of it is kept."""
    world = World()
    coming = asyncio.create_task(world.shift())
    await settle()
    agents = cast("dict[AgentId, Agent]", world.house.agents)
    maria = agents.pop(AgentId("maria"))
    if becomes == "another password":
        agents[maria.id] = replace(maria, password_hash="$argon2id$another")

    line = await coming

    assert line.kinds == ["refused"]
    assert world.records.sign_ins == {}
