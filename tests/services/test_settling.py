"""Tests of server/services/settling.py: the file, and what is stored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from server.domain.resource import ResourceKind
from server.errors import Misconfigured
from server.ids import AccountId, AgentId, ChannelId
from server.protocol.forms import (
    AccountForm,
    ApplicationForm,
    ChannelForm,
    RuleForm,
)
from server.services.settling import Declared
from server.store.rows import SignInRow
from tests.fakes import FakeKeys
from tests.services.offices import SHOP, TEA, agent, office
from tests.store.samples import conversation, keeping

RULE = RuleForm(id="cards", rule="cards")


async def test_what_the_file_declares_is_stored_and_known(
    tmp_path: Path,
) -> None:
    """Secrets are sealed, and open again at the next start."""
    keys = FakeKeys()
    shop = ChannelForm(id="shop", name="Shop", secret="secret of the shop")
    async with office(tmp_path, keys) as first:
        await first.settle(shop, agent("maria"), RULE)
        rows = await first.rows()
        assert all(row.declared for row in rows)
        assert not any("secret of" in row.body for row in rows)
    async with office(tmp_path, keys) as second:
        await second.settle()
        channel = second.directory.channels[ChannelId("shop")]
        assert channel.secret == "secret of the shop"
        assert AgentId("maria") in second.directory.agents
        assert TEA in second.directory.redactions


async def test_the_same_file_writes_nothing_twice(tmp_path: Path) -> None:
    """Not even the time of a change."""
    keys = FakeKeys()
    async with office(tmp_path, keys) as first:
        await first.settle(SHOP, agent("maria"))
        before = await first.rows()
    async with office(tmp_path, keys) as second:
        second.clock.pass_(60)
        await second.settle(SHOP, agent("maria"))
        assert await second.rows() == before


async def test_the_file_rules_what_it_names(tmp_path: Path) -> None:
    """What it has changed is changed; what the API added stays."""
    keys = FakeKeys()
    async with office(tmp_path, keys) as first:
        await first.settle(SHOP)
        await first.make(agent("jonas"))
    async with office(tmp_path, keys) as second:
        await second.settle(ChannelForm(id="shop", name="Tea"))
        entry = second.directory.entry(ResourceKind.CHANNEL, TEA, "shop")
        assert entry is not None
        assert (entry.form.name, entry.revision) == ("Tea", 2)  # type: ignore[attr-defined]
        assert second.ids(ResourceKind.AGENT) == ["jonas"]


async def test_a_seed_is_taken_once(tmp_path: Path) -> None:
    """From then on the file has no say."""
    keys = FakeKeys()
    async with office(tmp_path, keys) as first:
        await first.settle(SHOP, seed=True)
        assert not any(row.declared for row in await first.rows())
    async with office(tmp_path, keys) as second:
        await second.settle(
            ChannelForm(id="shop", name="Other"), agent("maria"), seed=True
        )
        shop = second.directory.channels[ChannelId("shop")]
        assert shop.name == "Shop"
        assert second.directory.agents == {}


async def test_the_demos_secrets_are_those_of_this_run(tmp_path: Path) -> None:
    """Its passwords are printed at every start; all else stays as changed.

    Who has signed in stays signed in: a server that was killed and started
    again costs nobody anything.
    """
    keys = FakeKeys()
    row = SignInRow(hash=b"1" * 32, agent=AgentId("maria"), expires_at=9e9)
    async with office(tmp_path, keys) as first:
        await first.settle(agent("maria"), seed=True, renews=True)
        await first.history.write(lambda group: group.keep_sign_in(row))
    async with office(tmp_path, keys) as second:
        renamed = agent("maria", password="two")
        await second.settle(renamed, agent("jonas"), seed=True, renews=True)
        maria = second.directory.agents[AgentId("maria")]
        assert maria.password_hash == "$argon2id$two"
        assert second.ids(ResourceKind.AGENT) == ["maria"]
        assert await second.history.sign_in(row.hash) == row


async def test_what_the_file_names_no_more_goes(tmp_path: Path) -> None:
    """Agents are signed out by it."""
    keys = FakeKeys()
    bot = ApplicationForm(id="bot", name="Bot", key_hash="ab" * 32)
    row = SignInRow(hash=b"1" * 32, agent=AgentId("maria"), expires_at=9e9)
    async with office(tmp_path, keys) as first:
        await first.settle(SHOP, agent("maria"), RULE, bot)
        await first.history.write(lambda group: group.keep_sign_in(row))
    async with office(tmp_path, keys) as second:
        await second.settle(agent("jonas"))
        assert second.ids(ResourceKind.AGENT) == ["jonas"]
        assert second.directory.channels == {}
        assert second.directory.redactions == {}
        assert second.directory.applications == {}
        assert await second.history.sign_in(row.hash) is None


async def test_a_channel_with_conversations_is_closed_instead(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing that people said goes by a slip of the pen."""
    keys = FakeKeys()
    async with office(tmp_path, keys) as first:
        await first.settle(SHOP, agent("maria"))
        said = replace(conversation(), account=TEA)
        await first.history.write(keeping(said))
    async with office(tmp_path, keys) as second:
        await second.settle(agent("maria"))
        entry = second.directory.entry(ResourceKind.CHANNEL, TEA, "shop")
        assert entry is not None
        assert not entry.declared
        assert not second.directory.channels[ChannelId("shop")].is_active
        assert "name no more is closed" in caplog.text


async def test_an_account_that_is_not_named_is_left_as_it_was(
    tmp_path: Path,
) -> None:
    """And is the API's from then on."""
    keys = FakeKeys()
    async with office(tmp_path, keys) as first:
        await first.settle(SHOP)
    async with office(tmp_path, keys) as second:
        await second.settle()
        assert list(second.directory.accounts) == [TEA]
        assert not any(row.declared for row in await second.rows())
    async with office(tmp_path, keys) as third:
        before = await third.rows()
        await third.settle()
        assert await third.rows() == before


async def test_a_name_that_is_another_accounts_is_refused(
    tmp_path: Path,
) -> None:
    """Customers come by the channel alone; nothing is written."""
    keys = FakeKeys()
    other = Declared(
        account=AccountForm(id="coffee", name="Coffee"), forms=(SHOP,)
    )
    async with office(tmp_path, keys) as first:
        await first.settle(SHOP)
        before = await first.rows()
        with pytest.raises(Misconfigured, match="channel shop"):
            await first.settling.settle([other])
        assert await first.rows() == before
        assert AccountId("coffee") not in first.keys
