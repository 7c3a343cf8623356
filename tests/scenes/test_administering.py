"""A scene: an account is set up, changed and removed while the server runs."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.domain.permission import operator
from server.domain.resource import ResourceKind
from server.errors import NotFound
from server.ids import AccountId
from server.protocol.forms import (
    AccountForm,
    AgentForm,
    ChannelForm,
    CredentialForm,
    Form,
    QueueForm,
)
from server.protocol.stored_forms import KINDS
from server.store.group import Group
from tests.scenes.sites import (
    PASSWORD,
    Site,
    conversation_of,
    password_hash,
    say,
    taken,
)
from tests.scenes.test_api import ask
from tests.strangers_client import Stranger

TEA = AccountId("tea")
BOSS = operator("test")


@asynccontextmanager
async def empty(data: Path) -> AsyncIterator[Site]:
    """A server whose settings name no account."""
    site = Site(data, account=[])
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


async def create(site: Site, *forms: Form) -> None:
    """Make ``forms``, which belong to the account of tea."""
    office = site.server._parts.office
    for form in forms:
        await office.administering.create(
            BOSS, KINDS[type(form)], account=TEA, form=form
        )


def agent(name: str) -> AgentForm:
    """An agent with the password of all scenes."""
    return AgentForm(
        name=name, display_name=name.title(), password_hash=password_hash()
    )


SHOP = ChannelForm(id="shop", name="Tea")
ACCOUNT = AccountForm(id="tea", name="Tea")


async def test_an_account_is_set_up_and_outlives_a_restart(
    tmp_path: Path,
) -> None:
    """Nothing has to stand in the settings."""
    async with empty(tmp_path / "data") as site:
        await create(site, ACCOUNT, SHOP, agent("maria"))
        async with await site.customer() as customer, await site.agent() as she:
            await say(customer, "client-0001", "Is there green tea?")
            about = await taken(she, customer)
            await she.send("agent-0001", "There is.", **about)
            await customer.hear("message")
    async with empty(tmp_path / "data") as site:
        async with (
            await site.back(customer) as again,
            await site.agent() as she,
        ):
            await say(again, "client-0002", "Thanks")
            told = await she.hear("list")
            assert len(told["mine"]) == 1
        directory = site.server._parts.directory
        assert directory.channels["shop"].name == "Tea"  # type: ignore[index]


async def test_two_starts_with_the_same_settings_write_nothing(
    tmp_path: Path,
) -> None:
    """Else every restart would be a change."""
    site = Site(tmp_path / "data")
    await site.start()
    before = await site.server._opened.history.resources.all()
    await site.restart()
    after = await site.server._opened.history.resources.all()
    await site.stop()

    assert before == after
    assert {row.revision for row in after} == {1}
    assert all(row.declared for row in after)


async def test_a_change_acts_with_the_next_visitor(tmp_path: Path) -> None:
    """A closed channel lets nobody new in, and those go on who are here."""
    async with empty(tmp_path / "data") as site:
        await create(site, ACCOUNT, SHOP)
        async with await site.customer() as customer:
            await say(customer, "client-0001", "Hello?")
            await site.server._parts.office.administering.replace(
                BOSS,
                ResourceKind.CHANNEL,
                account=TEA,
                form=ChannelForm(id="shop", name="Tea house", active=False),
            )
            refused = await site.customer()
            assert refused.welcome["code"] == "session_unknown"
            await say(customer, "client-0002", "Still here")
            async with await site.back(customer) as again:
                await say(again, "client-0003", "Here as well")


async def test_a_removed_agent_is_out_at_once(tmp_path: Path) -> None:
    """And whoever they were talking to waits for another."""
    async with empty(tmp_path / "data") as site:
        await create(site, ACCOUNT, SHOP, agent("maria"), agent("jonas"))
        office = site.server._parts.office
        async with (
            await site.customer() as customer,
            await site.agent() as she,
            await site.agent("jonas") as he,
        ):
            await say(customer, "client-0001", "Hello?")
            await he.hear("listed")
            await taken(she, customer)
            await he.hear("unlisted")
            await office.administering.remove(
                BOSS, ResourceKind.AGENT, account=TEA, id="maria"
            )
            assert await she.closed() == 4503
            await he.hear("listed")
            await taken(he, customer)
            back = await site.agent(token=she.welcome["token"])
            assert back.welcome["code"] == "bad_credentials"


async def test_a_queue_is_seen_by_its_agents_alone(tmp_path: Path) -> None:
    """The others do not even know that somebody waits."""
    async with empty(tmp_path / "data") as site:
        await create(
            site,
            ACCOUNT,
            agent("maria"),
            agent("jonas"),
            QueueForm(id="green", name="Green tea", agents=("maria",)),
            ChannelForm(id="shop", name="Tea", queue="green"),
        )
        async with await site.customer() as customer:
            await say(customer, "client-0001", "Hello?")
            async with await site.agent("jonas") as he:
                assert (await he.hear("list"))["waiting"] == []
                about = customer.welcome["summary"]["conversation"]
                await he.say("take", conversation=about, ref="ref-00001")
                refused = await he.hear("refused")
                assert refused["code"] == "conversation_unknown"
            async with await site.agent("maria") as she:
                assert len((await she.hear("list"))["waiting"]) == 1
                await taken(she, customer)


async def test_a_channel_goes_with_its_conversations(tmp_path: Path) -> None:
    """Its customers are told, and nothing of them is left."""
    async with empty(tmp_path / "data") as site:
        await create(site, ACCOUNT, SHOP)
        parts = site.server._parts
        async with await site.customer() as customer:
            await say(customer, "client-0001", "Hello?")
            await parts.office.administering.remove(
                BOSS, ResourceKind.CHANNEL, account=TEA, id="shop"
            )
            await customer.hear("gone")
        assert await site.server._opened.history.all_live() == []
        with pytest.raises(NotFound):
            parts.office.administering.get(ResourceKind.CHANNEL, TEA, "shop")


async def test_an_account_leaves_nothing_behind(tmp_path: Path) -> None:
    """No row, no key; and its name may be given again."""
    async with empty(tmp_path / "data") as site:
        await create(
            site,
            ACCOUNT,
            SHOP,
            agent("maria"),
            CredentialForm(id="sms", name="SMS", value="secret of the tea"),
        )
        parts, history = site.server._parts, site.server._opened.history
        async with await site.customer() as customer, await site.agent() as she:
            await say(customer, "client-0001", "Hello?")
            await parts.office.administering.remove(
                BOSS, ResourceKind.ACCOUNT, account=TEA, id="tea"
            )
            await customer.hear("gone")
            assert await she.closed() == 4503
        assert await history.resources.all() == []
        assert await history.resources.keys() == []
        assert await history.all_live() == []
        assert parts.directory.everything() == []
        await create(site, ACCOUNT, SHOP)


class Album:
    """Copies the data folder before each step of a removal, as a crash would.

    Attributes:
        copies: The folders, in order.
    """

    def __init__(self, site: Site) -> None:
        house = site.server._parts.house
        self._keys, self._records = house.keys, house.records
        self._writing = site.server._opened.history._writing
        self._data = site.data
        self.copies: list[Path] = []
        # Of the removal alone: what ends goes its usual way.
        removing = site.server._parts.office.removing
        removing._house = replace(house, keys=self, records=self)

    def __getattr__(self, name: str) -> Any:
        source = self._keys if hasattr(self._keys, name) else self._records
        return getattr(source, name)

    def _copy(self) -> None:
        copy = self._data.with_name(f"copy-{len(self.copies)}")
        shutil.copytree(
            self._data, copy, ignore=shutil.ignore_patterns("*.sock")
        )
        self.copies.append(copy)

    def shred(self, slots: Iterable[int]) -> None:
        self._copy()
        self._keys.shred(slots)

    async def write(self, decide: Callable[[Group], None]) -> None:
        async with self._writing:
            self._copy()
        await self._records.write(decide)


async def test_a_removal_that_is_broken_off_is_completed(
    tmp_path: Path,
) -> None:
    """At the next start, before the port opens, whatever step it was at."""
    async with empty(tmp_path / "data") as site:
        await create(site, ACCOUNT, SHOP, agent("maria"))
        async with await site.customer() as customer:
            await say(customer, "client-0001", "Hello?")
        album = Album(site)
        await site.server._parts.office.removing.account(TEA)
    unmarked, *marked = album.copies
    assert len(marked) >= 3

    async with empty(unmarked) as site:
        assert TEA in site.server._parts.directory.accounts
    for copy in marked:
        async with empty(copy) as site:
            history = site.server._opened.history
            assert await history.resources.all() == []
            assert await history.resources.keys() == []
            assert await history.all_live() == []
            assert site.server.health().conversations == 0
            await create(site, ACCOUNT, SHOP)


async def test_whoever_may_not_watch_any_more_hears_no_more(
    site: Site,
) -> None:
    """At once, though she watched it before; and again when she may again."""
    sue = {"name": "sue", "display_name": "Sue", "password": PASSWORD}
    boss, plain = {"roles": ["supervisor"]}, {"roles": ["agent"]}
    for kind, body in [
        ("agents", sue | boss),
        ("queues", {"id": "vip", "name": "V", "agents": ["maria"]}),
        ("channels", {"id": "vips", "name": "V", "queue": "vip"}),
    ]:
        where = f"/accounts/acme/{kind}"
        made = await ask(site, "POST", where, body=body, local=True)
        assert made[0] == 201, made
    place = f"ws://127.0.0.1:{site.server.port}/socket/customer/vips"
    customer = await Stranger.meet(place)
    await customer.send("client-0001", "for vips")
    about = {"conversation": conversation_of(customer)}
    watching = await site.agent("sue")
    await watching.say("watch", **about)
    await watching.hear("history")

    async def becomes(roles: dict[str, Any]) -> None:
        path = "/accounts/acme/agents/sue"
        body = {"display_name": "Sue"} | roles
        done = await ask(site, "PUT", path, body=body, local=True)
        assert done[0] == 200, done

    await becomes(plain)
    await customer.send("client-0002", "not for sue")
    await watching.say("ping")
    await watching.hear("pong")
    assert watching.texts() == ["for vips"]

    await becomes(boss)
    await watching.say("watch", **about)
    await watching.hear("history")
    await customer.send("client-0003", "for sue again")
    await watching.hear("message")
    assert watching.texts()[-1] == "for sue again"
