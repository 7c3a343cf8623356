"""Accounts, channels and agents, as the settings name them."""

from __future__ import annotations

from typing import Any

import pytest

from server.config import Config, parse
from server.protocol.stored_forms import id_of
from server.tenants import declared_in, own_origins

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


def test_all_that_an_account_is_made_of_is_declared() -> None:
    """No channel and no agent of one is another's."""
    acme, other = declared_in(config())

    assert [id_of(form) for form in acme.all] == ["acme", "acme-shop", "maria"]
    assert [id_of(form) for form in other.all] == [
        "other",
        "other-shop",
        "otto",
    ]
    assert not acme.seed
    assert not acme.renews_secrets


def test_the_demo_makes_new_secrets_each_time() -> None:
    """Its passwords are printed at every start, and have to be right."""
    assert declared_in(config(demo=True))[0].renews_secrets


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
