"""What is held is counted where it lies, and told to whom it concerns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from server.domain.conversation import EndedBy
from server.domain.record_types import RECORD_TYPES, Home
from server.ids import AccountId, ConversationId
from server.live.sessions import Session
from server.services import stocktaking
from server.services.recording import adopt
from server.services.stocktaking import Held, summed
from tests.services.test_erasing import KEY, filled
from tests.services.workshops import Workshop
from tests.store.samples import ACME

DAY = 86_400.0


def counts(held: list[Held]) -> dict[str, int]:
    """How many of each."""
    return {one.name: one.count for one in held}


def test_every_name_is_one_of_the_registry() -> None:
    """A record type that is renamed is renamed here, too."""
    names = {kind.name for kind in RECORD_TYPES}
    used = {
        value
        for name, value in vars(stocktaking).items()
        if name.isupper() and isinstance(value, str)
    }

    assert len(used) == 16
    assert used <= names


async def test_all_of_a_person_is_told(tmp_path: Path) -> None:
    """Their own records, and all of their conversations, live or kept."""
    async with Workshop(tmp_path, retention=30 * DAY) as shop:
        await shop.start()
        first = await filled(shop)
        second = await shop.session(KEY)
        await shop.say(second, "again")
        shop.ending.ask(second, by=EndedBy.CUSTOMER)
        await shop.history.write(lambda group: None)
        unsaid = await shop.session(KEY)
        assert first.customer is not None
        tell = shop.duties.stocktaking
        mine = await tell.of_customer(ACME, first.customer.id)
        seen = await tell.of_session(first)

    assert counts(mine) == {
        "customer private data": 2,
        "customer messages, web": 3,
        "conversation record": 3,
        "conversation key": 2,
        "session record": 2,
        "ids of ended sessions": 1,
        "attachments, web": 1,
        "customer messaging identities": 1,
        "consent and restriction records": 1,
        "privacy requests": 1,
    }
    assert seen == mine
    assert unsaid.slot is None


async def test_it_is_told_until_when(tmp_path: Path) -> None:
    """The deadline of the conversation; of a file its own, if it is sooner."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await shop.session()
        await shop.say(session, "hello")
        await shop.attach(session, b"file")
        now = shop.clock.now()
        held = await shop.duties.stocktaking.of_session(session)
        found = {one.name: one for one in held}

    assert found["customer messages, web"].dies_at == now + 1_800.0
    assert found["attachments, web"].dies_at == now + 1_800.0
    assert found["attachments, web"].home is Home.BLOBS
    assert found["conversation record"].oldest == now
    assert "the conversation" in found["conversation record"].dies


async def test_what_is_on_hold_has_no_date(tmp_path: Path) -> None:
    """Nobody knows when it is lifted."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await shop.session()
        await shop.say(session, "hello")
        await held(shop, session)
        shop.ending.ask(session, by=EndedBy.CUSTOMER)
        await shop.history.write(lambda group: None)
        found = await shop.duties.stocktaking.of_conversation(ACME, session.id)

    dates = {one.name: one.dies_at for one in found}
    assert dates["customer messages, web"] is None


async def test_what_is_in_memory_goes_with_the_session(tmp_path: Path) -> None:
    """Also where what was said is kept, or on hold."""
    async with Workshop(tmp_path, retention=30 * DAY) as shop:
        await shop.start()
        session = await shop.session()
        await shop.say(session, "hello")
        now = shop.clock.now()
        kept = await shop.duties.stocktaking.of_conversation(ACME, session.id)
        await held(shop, session)
        stays = await shop.duties.stocktaking.of_conversation(ACME, session.id)

    for found in (kept, stays):
        dates = {one.name: one.dies_at for one in found}
        assert dates["session record"] == now + 1_800.0
        assert dates["customer messages, web"] != now + 1_800.0


async def held(shop: Workshop, session: Session) -> None:
    """Put a conversation that goes on under a hold."""
    after = session.conversation.hold(is_held=True)
    await shop.history.write(
        lambda group: adopt(shop.house, session, after, group=group)
    )


async def test_a_destroyed_key_is_not_counted(tmp_path: Path) -> None:
    """Its slot is there, and zero; the rows may still be."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await shop.session()
        await shop.say(session, "hello")
        assert session.slot is not None
        shop.keys.shred([session.slot])

        found = await shop.duties.stocktaking.of_conversation(ACME, session.id)

    assert "conversation key" not in counts(found)
    assert counts(found)["customer messages, web"] == 1


async def test_what_is_not_there_and_what_is_theirs_is_one(
    tmp_path: Path,
) -> None:
    """Nobody learns of another account's by asking."""
    zenith = AccountId("zenith")
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        assert session.customer is not None
        tell = shop.duties.stocktaking

        for account, id_ in ((zenith, session.id), (ACME, "none")):
            which = ConversationId(id_)
            assert await tell.of_conversation(account, which) == []
        for account, who in ((zenith, session.customer.id), (ACME, "none")):
            assert await tell.of_customer(account, who) == []


@pytest.mark.parametrize("count", [0, 1])
def test_parts_of_one_type_are_one(count: int) -> None:
    """Together as many, since the oldest, until the last is gone."""
    one = Held(name="ending notices", count=2, oldest=5.0, dies_at=9.0)
    other = replace(one, count=count, oldest=3.0, dies_at=12.0)
    undated = replace(one, count=count, oldest=None, dies_at=None)

    both = replace(one, count=3, oldest=3.0, dies_at=12.0) if count else one
    none = replace(one, count=3, dies_at=None) if count else one
    assert summed([one, other]) == [both]
    assert summed([other, one]) == [both]
    assert summed([one, undated]) == [none]
    assert summed([replace(one, count=0)]) == []
