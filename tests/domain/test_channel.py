"""Accounts and channels are values: equal by what they say, never changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from server.domain.account import Account
from server.domain.channel import Channel
from server.ids import AccountId, ChannelId


def test_the_operators_settings_cannot_be_changed_while_it_runs() -> None:
    """An account or channel is what the settings said at the start."""
    account = Account(id=AccountId("acme"), name="Acme")
    channel = Channel(
        id=ChannelId("shop"),
        account=account.id,
        name="Acme",
        greeting="Hello",
        color="#0b6e4f",
        allowed_origins=("https://acme.example",),
        inactivity=1800.0,
        max_age=86_400.0,
    )

    with pytest.raises(FrozenInstanceError):
        account.name = "Other"  # type: ignore[misc]  # the point of the test
    with pytest.raises(FrozenInstanceError):
        channel.max_age = 1.0  # type: ignore[misc]  # the point of the test
