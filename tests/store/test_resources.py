"""Tests of server/store/resources.py."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from server.ids import AccountId, AgentId, ChannelId
from server.store import resources
from server.store.deeds import Deed
from server.store.group import Group
from server.store.history import History
from server.store.resources import AccountKeyRow, ResourceRow
from server.store.rows import SignInRow
from tests.store.samples import ACME, MARIA, conversation, keeping, running

OTHER = AccountId("other")
SHOP = ChannelId("shop")


def resource(
    id_: str = "shop", *, kind: str = "channel", account: AccountId = ACME
) -> ResourceRow:
    """A row as a service would make it."""
    return ResourceRow(
        kind=kind,
        account=account,
        id=id_,
        revision=1,
        declared=True,
        body="{}",
        sealed=b"sealed",
        created_at=1.0,
        changed_at=2.0,
    )


async def do(history: History, *deeds: Deed) -> None:
    """Have ``deeds`` committed."""
    await history.write(lambda group: group.do(*deeds))


async def test_a_resource_is_written_changed_and_deleted(
    tmp_path: Path,
) -> None:
    """One row a kind, account and id."""
    first = resource()
    second = replace(
        first, revision=2, declared=False, sealed=None, changed_at=3.0
    )
    async with running(tmp_path / "history.db") as history:
        await do(history, resources.kept(first))
        assert await history.resources.all() == [first]

        await do(history, resources.kept(second))
        assert await history.resources.all() == [second]

        await do(history, resources.dropped("channel", ACME, "shop"))
        assert await history.resources.all() == []


async def test_two_accounts_cannot_have_channels_of_one_name(
    tmp_path: Path,
) -> None:
    """Customers come by the channel alone; queues may be called the same."""
    async with running(tmp_path / "history.db") as history:
        for account in (ACME, OTHER):
            await do(
                history,
                resources.kept(resource("all", kind="queue", account=account)),
            )
    db = sqlite3.connect(tmp_path / "history.db")
    db.execute(*resources.kept(resource()))
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(*resources.kept(resource(account=OTHER)))
    db.close()


async def test_where_an_accounts_key_lies_is_kept(tmp_path: Path) -> None:
    """Until somebody says that it lies there no more."""
    async with running(tmp_path / "history.db") as history:
        row = AccountKeyRow(account=ACME, slot=7)
        await do(history, resources.key_kept(row))
        assert await history.resources.keys() == [row]

        await do(history, resources.key_dropped(ACME))
        assert await history.resources.keys() == []


async def test_an_agent_is_signed_out_everywhere(tmp_path: Path) -> None:
    """And no other agent with them."""
    rows = [
        SignInRow(hash=b"1" * 32, agent=MARIA, expires_at=9.0),
        SignInRow(hash=b"2" * 32, agent=AgentId("jonas"), expires_at=9.0),
    ]

    def keep(group: Group) -> None:
        for row in rows:
            group.keep_sign_in(row)

    async with running(tmp_path / "history.db") as history:
        await history.write(keep)
        await do(history, resources.signed_out(MARIA))

        assert await history.sign_in(b"1" * 32) is None
        assert await history.sign_in(b"2" * 32) == rows[1]


async def test_what_hangs_on_a_channel_is_found(tmp_path: Path) -> None:
    """Page by page, by id; another channel's are not among it."""
    sales = ChannelId("sales")
    rows = [conversation(number) for number in (1, 2, 3)]
    async with running(tmp_path / "history.db") as history:
        read = history.resources
        for row in [*rows, replace(conversation(4), channel=sales)]:
            await history.write(keeping(row))
        first = await read.conversations(ACME, SHOP, after="", limit=2)
        then = await read.conversations(ACME, SHOP, after=first[-1], limit=2)
        everything = await read.conversations(ACME, None, after="", limit=9)

        assert [*first, *then] == [row.id for row in rows]
        assert len(everything) == 4
        assert await read.has_data(ACME, SHOP)
        assert not await read.has_data(ACME, ChannelId("new"))
        assert not await read.has_data(OTHER, SHOP)


async def test_what_is_on_hold_is_found(tmp_path: Path) -> None:
    """On that channel, or on any."""
    async with running(tmp_path / "history.db") as history:
        read = history.resources
        await history.write(keeping(conversation()))
        assert not await read.has_held(ACME, SHOP)

        await history.write(keeping(replace(conversation(2), held=True)))
        assert await read.has_held(ACME, SHOP)
        assert await read.has_held(ACME, None)
        assert not await read.has_held(ACME, ChannelId("sales"))


async def test_an_account_is_cut_piece_by_piece(tmp_path: Path) -> None:
    """All of it but the mark of its removal; nothing of another's."""
    mark = resource("acme", kind="removal")
    theirs = resource("all", kind="queue", account=OTHER)
    async with running(tmp_path / "history.db") as history:
        ours = [resource(f"q{n}", kind="queue") for n in range(5)]
        await do(history, *map(resources.kept, [mark, theirs, *ours]))

        await do(history, *resources.cut(ACME, 2))
        assert len(await history.resources.all()) == 5
        assert await history.resources.is_left(ACME)

        await do(history, *resources.cut(ACME, 9))
        assert await history.resources.all() == [theirs, mark]
        assert not await history.resources.is_left(ACME)
