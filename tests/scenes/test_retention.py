"""A scene: a channel keeps its conversations, holds them, and mails them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from server.data_folder import DataFolder
from server.domain.conversation import NEVER
from server.domain.permission import operator
from server.ids import AccountId, ConversationId
from server.live.deadlines import TICK
from server.services.ending import Ending
from tests.fakes import FakeClock
from tests.gateway.test_mail import Mailbox, serving
from tests.scenes.sites import (
    INACTIVITY,
    Site,
    conversation_of,
    settings,
    taken,
)
from tests.strangers_client import Stranger

DAY = 86_400.0
ACME = AccountId("acme")
CANARY = "canary-6Yk2pQ"
OPERATOR = operator("a test")


def keeping_site(data: Path, **terms: Any) -> Site:
    """A site whose channel keeps conversations for a day."""
    account = settings(data)["account"][0]
    channel = {"id": "shop", "name": "Acme", "retention_days": 1} | terms
    account = account | {"channel": [channel]}
    more = {"account": [account]}
    return Site(data, FakeClock(), **more)


@pytest.fixture
async def kept_site(tmp_path: Path) -> AsyncIterator[Site]:
    """One that runs."""
    site = keeping_site(tmp_path / "data")
    await site.start()
    yield site
    await site.stop()


def clock_of(site: Site) -> FakeClock:
    """The clock that moves when told."""
    assert site.clock is not None
    return site.clock


async def by_and_by(
    site: Site, is_so: Callable[[], bool], *, step: float = TICK
) -> None:
    """Let time go on, tick by tick, until it is so."""
    async with asyncio.timeout(10):
        while not is_so():
            clock_of(site).pass_(step)
            await asyncio.sleep(0.001)


def stored(site: Site) -> int:
    """Conversations and operational keys there are."""
    return site.server.health().conversations


async def closed(site: Site) -> tuple[Stranger, ConversationId]:
    """A customer whose conversation has ended, and is kept."""
    customer = await site.customer()
    await customer.send("client-0001", CANARY)
    await customer.say("end")
    ended = await customer.hear("ended")
    assert ended["kept"]
    assert await customer.closed() == 4504
    return customer, ConversationId(conversation_of(customer))


async def test_it_is_kept_through_restarts_and_erased_in_time(
    kept_site: Site,
) -> None:
    """Nobody can come back to it; and after its day nothing is left."""
    site = kept_site
    before = stored(site)
    customer, which = await closed(site)
    kept = stored(site)
    assert kept == before + 1
    await site.restart()
    async with await site.customer(token=customer.token) as late:
        assert late.welcome["code"] == "session_unknown"
    async with await site.agent() as maria:
        await maria.hear("list")
        await maria.say("watch", conversation=which)
        assert (await maria.hear("refused"))["code"] == "conversation_unknown"
    part = await site.server._parts.kept.part(ACME, which, 0)
    assert [one.text for one in part.messages] == [CANARY]
    clock_of(site).pass_(DAY - 60)
    await by_and_by(site, lambda: stored(site) == before, step=1.0)
    await site.stop()

    folder = DataFolder(site.data)
    for file in (folder.database, folder.keys):
        assert CANARY.encode() not in file.read_bytes()
    await site.start()
    assert await site.server._parts.kept.listed_kept(ACME, "", 9) == []


async def test_a_crash_leaves_what_is_kept_where_it_was(
    kept_site: Site, tmp_path: Path
) -> None:
    """What lies on the disk at any moment is all that there has to be."""
    before = stored(kept_site)
    _, which = await closed(kept_site)
    left = tmp_path / "left"
    sockets = shutil.ignore_patterns("*.sock")
    shutil.copytree(kept_site.data, left, ignore=sockets)
    after = keeping_site(left)
    await after.start()
    try:
        part = await after.server._parts.kept.part(ACME, which, 0)
        assert [one.text for one in part.messages] == [CANARY]
        clock_of(after).pass_(DAY - 60)
        await by_and_by(after, lambda: stored(after) == before, step=1.0)
    finally:
        await after.stop()


async def test_what_is_overdue_is_gone_before_the_port_opens(
    kept_site: Site,
) -> None:
    """Down for two days, and one was to be kept."""
    site = kept_site
    before = stored(site)
    _, which = await closed(site)
    await site.stop()
    clock_of(site).pass_(2 * DAY)
    await site.start()

    assert stored(site) == before
    assert await site.server._opened.history.conversation(which) is None


async def test_a_crash_while_a_kept_one_is_erased_is_made_good(
    kept_site: Site,
) -> None:
    """Its end was marked, and then the power went: the start finishes it."""
    site = kept_site
    before = stored(site)
    _, which = await closed(site)
    ending: Ending = site.server._parts.ending
    wake = site.server._parts.house.wake_ending
    site.server._parts.house.wake_ending = asyncio.Event()
    clock_of(site).pass_(DAY)
    await ending.keeping.expire([which])
    row = await site.server._opened.history.conversation(which)
    assert row is not None
    assert row.phase.value == "ending"
    site.server._parts.house.wake_ending = wake
    await site.restart()

    assert stored(site) == before


async def test_a_hold_outlives_the_timeout_and_a_restart(
    timeless_site: Site,
) -> None:
    """Lifted after all that, it is erased at once."""
    site = timeless_site
    before = stored(site)
    async with await site.customer() as customer, await site.agent() as maria:
        await customer.send("client-0001", CANARY)
        await taken(maria, customer)
        which = ConversationId(conversation_of(customer))
        await site.server._parts.holding.hold(ACME, which, by=OPERATOR)
    await site.stop()
    clock_of(site).pass_(INACTIVITY + 90 * DAY)
    await site.start()
    (held,) = await site.server._parts.kept.listed_kept(ACME, "", 9)
    assert (held.id, held.is_held, held.erase_at) == (which, True, NEVER)
    await site.restart()
    assert stored(site) == before + 1

    await site.server._parts.holding.lift(ACME, which, by=OPERATOR)
    await by_and_by(site, lambda: stored(site) == before)


async def test_a_transcript_is_mailed_before_it_is_erased(
    tmp_path: Path,
) -> None:
    """By a real server; and after that nothing is left here."""
    mailbox = Mailbox()
    async with serving(mailbox) as server:
        account = settings(tmp_path)["account"][0]
        channel = {
            "id": "shop",
            "name": "Acme",
            "transcript": "email",
            "transcript_to": "records@example.org",
        }
        site = Site(
            tmp_path / "data",
            FakeClock(),
            account=[account | {"channel": [channel]}],
            smtp={
                "host": server.host,
                "port": server.port,
                "security": "none",
                "from": "dayfly@chat.example",
            },
        )
        await site.start()
        before = stored(site)
        customer, _ = await closed(site)
        await by_and_by(site, lambda: stored(site) == before)
        await site.stop()

    (mail,) = mailbox.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert CANARY in body.get_content()
    assert customer.token.encode() not in mail.as_bytes()
    assert CANARY.encode() not in DataFolder(site.data).database.read_bytes()
