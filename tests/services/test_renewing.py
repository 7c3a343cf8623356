"""Tests of server/services/renewing.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import NotFound
from server.ids import ApplicationId, ChannelId, system_randomness, token_hash
from server.protocol.forms import ApplicationForm
from server.services.renewing import Renewing
from server.vault.webhook_secret import WebhookSecret
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
    first = WebhookSecret.generate(system_randomness).text()
    form = ApplicationForm(
        id="bot", name="Bot", webhook="https://a.example", secrets=(first,)
    )
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, form)
        made = renewing(one)
        _, second = await made.webhook_secret(BOSS, TEA, "bot")
        bot = one.directory.applications[ApplicationId("bot")]
        assert bot.secrets == (second, first)
        _, third = await made.webhook_secret(BOSS, TEA, "bot")
        bot = one.directory.applications[ApplicationId("bot")]
        assert bot.secrets == (third, second)


async def test_a_new_key_replaces_the_one_before(tmp_path: Path) -> None:
    """What is kept of it is a hash."""
    form = ApplicationForm(id="bot", name="Bot", key_hash="0" * 64)
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, form)
        made = renewing(one)
        _, key = await made.application_key(BOSS, TEA, "bot")
        bot = one.directory.applications[ApplicationId("bot")]
        assert bot.key_hash == token_hash(key)


async def test_what_is_not_there_has_no_secret(tmp_path: Path) -> None:
    """Nor is it made one."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT)
        with pytest.raises(NotFound):
            await renewing(one).channel_secret(BOSS, TEA, "shop")
