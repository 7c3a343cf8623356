"""Tests of server/services/renewing.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import NotFound
from server.ids import ApplicationId, ChannelId, system_randomness, token_hash
from server.protocol.forms import ApplicationForm
from server.services.renewing import Renewing
from tests.services.offices import ACCOUNT, BOSS, SHOP, TEA, Office, office


def renewing(one: Office) -> Renewing:
    """What makes secrets there."""
    return Renewing(one.administering, system_randomness)


async def test_a_channels_secret_is_told_once(tmp_path: Path) -> None:
    """And is what the server works with from then on."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, SHOP)
        entry, secret = await renewing(one).channel_secret(BOSS, TEA, "shop")
        assert one.directory.channels[ChannelId("shop")].secret == secret
        assert entry.revision == 2
        assert not any(secret in row.body for row in await one.rows())


async def test_a_webhook_is_signed_with_the_old_secret_too(
    tmp_path: Path,
) -> None:
    """Until there is a third one."""
    form = ApplicationForm(id="bot", name="Bot", webhook="https://a.example")
    async with office(tmp_path) as one:
        await one.make(ACCOUNT)
        made = renewing(one)
        _, told = await made.new_application(BOSS, TEA, form)
        _, second = await made.webhook_secret(BOSS, TEA, "bot")
        bot = one.directory.applications[ApplicationId("bot")]
        assert bot.secrets == (second, told["secret"])
        _, third = await made.webhook_secret(BOSS, TEA, "bot")
        bot = one.directory.applications[ApplicationId("bot")]
        assert bot.secrets == (third, second)


async def test_an_application_that_brings_nothing_is_given_a_key(
    tmp_path: Path,
) -> None:
    """What is kept of it is a hash; the next one replaces it."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT)
        made = renewing(one)
        form = ApplicationForm(id="bot", name="Bot")
        _, told = await made.new_application(BOSS, TEA, form)
        bot = one.directory.applications[ApplicationId("bot")]
        assert bot.key_hash == token_hash(told["key"])
        _, key = await made.application_key(BOSS, TEA, "bot")
        bot = one.directory.applications[ApplicationId("bot")]
        assert bot.key_hash == token_hash(key)


async def test_what_is_not_there_has_no_secret(tmp_path: Path) -> None:
    """Nor is it made one."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT)
        with pytest.raises(NotFound):
            await renewing(one).channel_secret(BOSS, TEA, "shop")
