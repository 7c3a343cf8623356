"""Accounts, channels and agents, as the settings name them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from server.config import Config, RuleForm, parse
from server.domain.message import Author
from server.ids import AccountId, AgentId, ChannelId
from server.tenants import (
    agents_of,
    channels_of,
    own_origins,
    redactions_of,
)

PHC = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"


def config(**more: Any) -> Config:
    """Two accounts, one channel and one agent each."""
    accounts = [
        {
            "id": account,
            "name": account.title(),
            "channel": [{"id": f"{account}-shop", "name": "Shop"}],
            "agent": [
                {"name": agent, "display_name": agent, "password_hash": PHC}
            ],
        }
        for account, agent in (("acme", "maria"), ("other", "otto"))
    ]
    return parse({"account": accounts, "public_url": None} | more, {})


def test_everything_belongs_to_its_account() -> None:
    """No channel and no agent of one is another's."""
    channels, agents = channels_of(config()), agents_of(config())

    assert {one.id: one.account for one in channels.values()} == {
        "acme-shop": "acme",
        "other-shop": "other",
    }
    assert {one.id: one.account for one in agents.values()} == {
        "maria": "acme",
        "otto": "other",
    }


def test_durations_are_seconds() -> None:
    """The settings have minutes and hours; the default is a day at most."""
    channel = channels_of(config())[ChannelId("acme-shop")]

    assert (channel.inactivity, channel.max_age) == (1800.0, 86_400.0)


def test_rules_belong_to_their_account() -> None:
    """As the settings have them; an account without any is left out."""
    given = config()
    redact = RuleForm(id="cards", rule="cards", action="mask", keep=4)
    acme = msgspec.structs.replace(given.account[0], redact=(redact,))
    given = msgspec.structs.replace(given, account=(acme, given.account[1]))

    redactions = redactions_of(given)

    assert list(redactions) == ["acme"]
    left = redactions[AccountId("acme")].redact(
        "4111 1111 1111 1111", Author.CUSTOMER
    )
    assert left.text == "•••• •••• •••• 1111"


def test_an_agents_hash_stays_out_of_sight() -> None:
    """Whoever has it can try passwords at leisure."""
    agent = agents_of(config())[AgentId("maria")]

    assert agent.password_hash == PHC
    assert PHC not in repr(agent)


@pytest.mark.parametrize(
    ("more", "origins"),
    [
        ({"public_url": "https://chat.test/"}, ("https://chat.test",)),
        (
            {"host": "127.0.0.1"},
            (
                "http://127.0.0.1:8420",
                "http://localhost:8420",
                "http://[::1]:8420",
            ),
        ),
        (
            {"host": "2001:db8::7", "trusted_proxies": ["10.0.0.1"]},
            ("http://[2001:db8::7]:8420",),
        ),
    ],
)
def test_own_origins_are_as_browsers_write_them(
    more: dict[str, Any], origins: tuple[str, ...]
) -> None:
    """The public address if there is one; else all names of this machine."""
    assert own_origins(config(**more), 8420) == origins


def test_a_usual_port_is_not_written() -> None:
    """Browsers leave it out, and origins are compared as text."""
    assert own_origins(config(), 80)[0] == "http://127.0.0.1"
