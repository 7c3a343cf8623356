"""Tests of server/services/administering.py."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from server.domain.permission import AgentRole
from server.domain.resource import ResourceKind
from server.errors import Conflict, ConflictCode, Invalid, NotFound
from server.ids import AccountId, AgentId, ChannelId
from server.protocol.forms import (
    AccountForm,
    ChannelForm,
    CredentialForm,
    Form,
    QueueForm,
)
from server.store.rows import SignInRow
from tests.services.offices import (
    ACCOUNT,
    BOSS,
    SHOP,
    TEA,
    Office,
    agent,
    office,
    person,
)

SECRET = "0123456789abcdef" * 2


async def replace(one: Office, form: Form, revision: int | None = None) -> None:
    """Have the operator replace the channel ``form``."""
    await one.administering.replace(
        BOSS,
        ResourceKind.CHANNEL,
        account=TEA,
        form=form,
        if_revision=revision,
    )


async def remove(one: Office, kind: ResourceKind, id_: str) -> None:
    """Have the operator remove it."""
    await one.administering.remove(BOSS, kind, account=TEA, id=id_)


async def test_what_is_made_is_known_and_stored(tmp_path: Path) -> None:
    """At once, and with the first revision."""
    async with office(tmp_path) as one:
        made = await one.make(ACCOUNT, SHOP)
        assert [entry.revision for entry in made] == [1, 1]
        assert ChannelId("shop") in one.directory.channels
        assert len(await one.rows()) == 2
        page = one.administering.page
        assert [
            entry.id
            for entry in page(ResourceKind.CHANNEL, TEA, after="", limit=9)
        ] == ["shop"]
        assert page(ResourceKind.CHANNEL, TEA, after="shop", limit=9) == []
        accounts = one.administering.accounts(after="", limit=9)
        assert [entry.id for entry in accounts] == ["tea"]


@pytest.mark.parametrize("account", ["tea", "other"])
async def test_a_name_is_given_once(tmp_path: Path, account: str) -> None:
    """A channel's in all accounts together."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, SHOP)
        other = AccountForm(id="other", name="Other")
        await one.administering.create(
            BOSS, ResourceKind.ACCOUNT, account=AccountId("other"), form=other
        )
        with pytest.raises(Conflict) as refused:
            await one.administering.create(
                BOSS,
                ResourceKind.CHANNEL,
                account=AccountId(account),
                form=SHOP,
            )
        assert refused.value.code is ConflictCode.EXISTS


async def test_an_account_that_is_not_there_has_nothing(
    tmp_path: Path,
) -> None:
    """Nor is it given anything."""
    async with office(tmp_path) as one:
        with pytest.raises(NotFound):
            await one.make(SHOP)
        with pytest.raises(NotFound):
            await replace(one, SHOP)
        with pytest.raises(NotFound):
            await remove(one, ResourceKind.CHANNEL, "shop")


async def test_a_form_that_leaves_its_secret_out_keeps_it(
    tmp_path: Path,
) -> None:
    """Who reads a form and writes it back has not seen it."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, msgspec.structs.replace(SHOP, secret=SECRET))
        await replace(one, ChannelForm(id="shop", name="Tea"))
        channel = one.directory.channels[ChannelId("shop")]
        assert (channel.name, channel.secret) == ("Tea", SECRET)


async def test_only_what_was_seen_is_replaced(tmp_path: Path) -> None:
    """Of two who change the same, the second is told."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, SHOP)
        await replace(one, ChannelForm(id="shop", name="Tea"), 1)
        with pytest.raises(Conflict) as refused:
            await replace(one, ChannelForm(id="shop", name="Coffee"), 1)
        assert refused.value.code is ConflictCode.CHANGED
        await replace(one, ChannelForm(id="shop", name="Tea"), 2)
        entry = one.administering.get(ResourceKind.CHANNEL, TEA, "shop")
        assert entry.revision == 2  # for nothing has changed


async def test_what_the_file_declares_is_the_files(tmp_path: Path) -> None:
    """It would be as the file says again with the next start."""
    async with office(tmp_path) as one:
        await one.settle(SHOP)
        for change in (
            replace(one, ChannelForm(id="shop", name="Tea")),
            remove(one, ResourceKind.CHANNEL, "shop"),
            remove(one, ResourceKind.ACCOUNT, "tea"),
        ):
            with pytest.raises(Conflict) as refused:
                await change
            assert refused.value.code is ConflictCode.DECLARED


async def test_what_cannot_work_is_not_kept(tmp_path: Path) -> None:
    """Neither new nor in place of what works."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, SHOP)
        with pytest.raises(Invalid) as refused:
            await replace(one, ChannelForm(id="shop", name="T", queue="none"))
        assert refused.value.path == "$.queue"
        assert one.directory.channels[ChannelId("shop")].name == "Shop"


@pytest.mark.parametrize("change", ["password", "removal"])
async def test_an_agent_with_another_password_is_signed_out(
    tmp_path: Path, change: str
) -> None:
    """As one who is removed; another name changes nothing."""
    row = SignInRow(hash=b"1" * 32, agent=AgentId("maria"), expires_at=9e9)
    kind = ResourceKind.AGENT
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, agent("maria"))
        await one.history.write(lambda group: group.keep_sign_in(row))
        renamed = msgspec.structs.replace(agent("maria"), display_name="Mia")
        await one.administering.replace(BOSS, kind, account=TEA, form=renamed)
        assert await one.history.sign_in(row.hash) is not None
        if change == "password":
            await one.administering.replace(
                BOSS, kind, account=TEA, form=agent("maria", password="two")
            )
        else:
            await remove(one, kind, "maria")
        assert await one.history.sign_in(row.hash) is None


async def test_channels_and_accounts_go_with_all_they_have(
    tmp_path: Path,
) -> None:
    """That is another file's work; everything else is a row."""
    async with office(tmp_path) as one:
        await one.make(
            ACCOUNT, SHOP, CredentialForm(id="sms", name="SMS", value="x")
        )
        await remove(one, ResourceKind.CREDENTIAL, "sms")
        await remove(one, ResourceKind.CHANNEL, "shop")
        await remove(one, ResourceKind.ACCOUNT, "tea")
        assert one.gone.removed == ["channel shop", "account tea"]
        assert one.ids(ResourceKind.CREDENTIAL) == []


async def test_the_last_administrator_stays(tmp_path: Path) -> None:
    """As far as the account's own people go; the operator may."""
    me = person("maria", AgentRole.ADMINISTRATOR)
    kind = ResourceKind.AGENT
    async with office(tmp_path) as one:
        await one.make(ACCOUNT, agent("maria", "administrator"))
        service = one.administering
        for change in (
            service.replace(me, kind, account=TEA, form=agent("maria")),
            service.remove(me, kind, account=TEA, id="maria"),
        ):
            with pytest.raises(Conflict) as refused:
                await change
            assert refused.value.code is ConflictCode.IN_USE
        await one.make(agent("jonas", "administrator"))
        await service.remove(me, kind, account=TEA, id="maria")
        await remove(one, kind, "jonas")


@pytest.mark.parametrize(
    ("kind", "id_"),
    [
        (ResourceKind.QUEUE, "all"),
        (ResourceKind.AGENT, "maria"),
    ],
)
async def test_what_is_named_elsewhere_stays(
    tmp_path: Path, kind: ResourceKind, id_: str
) -> None:
    """Until nothing names it."""
    async with office(tmp_path) as one:
        await one.make(
            ACCOUNT,
            agent("maria"),
            QueueForm(id="all", name="All", agents=("maria",)),
            ChannelForm(id="shop", name="Shop", queue="all"),
        )
        with pytest.raises(Conflict) as refused:
            await remove(one, kind, id_)
        assert refused.value.code is ConflictCode.IN_USE


async def test_who_goes_away_leaves_nothing_half_done(tmp_path: Path) -> None:
    """What is on its way to the disk gets into the directory as well."""
    async with office(tmp_path) as one:
        await one.make(ACCOUNT)
        asked = asyncio.ensure_future(one.make(SHOP))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked.cancel()
        await one.make(agent("maria"))  # waits for its turn
        stored = {row.id for row in await one.rows()}
        assert stored == {"tea", "shop", "maria"}
        assert ChannelId("shop") in one.directory.channels
