"""The data map names every record type, and how much of it there is."""

from __future__ import annotations

from pathlib import Path

from server.domain.conversation import EndedBy
from server.domain.record_types import RECORD_TYPES
from server.ids import AccountId
from server.services.data_map import FRESH, DataMap
from server.store.stock import Tally
from tests.services.workshops import Workshop
from tests.store.samples import ACME

ZENITH = AccountId("zenith")


def counts(made: DataMap) -> dict[str, int]:
    """How many there are of what there is any of."""
    return {
        one.kind.name: one.tally.count
        for one in made.places
        if one.tally and one.tally.count
    }


def tally(made: DataMap, name: str) -> Tally:
    """What is told of one record type."""
    [found] = [one.tally for one in made.places if one.kind.name == name]
    assert found is not None
    return found


async def test_every_record_type_is_on_it(tmp_path: Path) -> None:
    """In the order of the registry; who adds one has to say how to count."""
    async with Workshop(tmp_path) as shop:
        await shop.start()

        made = await shop.mapping.data_map(None)

        assert tuple(one.kind for one in made.places) == RECORD_TYPES
        uncounted = [one.kind.name for one in made.places if one.tally is None]
        assert uncounted == ["log records"]
        assert made.overdue == 0


async def test_it_counts_what_there_is(tmp_path: Path) -> None:
    """Of the account; another's sees nothing of it."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await shop.session("anna")
        await shop.say(session, "hello")
        await shop.attach(session, b"file")
        session.cookies = {"basket": "3"}
        gone = await shop.session()
        shop.ending.ask(gone, by=EndedBy.CUSTOMER)
        await shop.history.write(lambda group: None)

        mine = await shop.mapping.data_map(ACME)
        theirs = await shop.mapping.data_map(ZENITH)

    assert counts(mine) == {
        "account keys": 1,
        "attachments, web": 1,
        "chat cookie data": 1,
        "consent and restriction records": 1,
        "conversation key": 1,
        "conversation record": 1,
        "customer messages, web": 1,
        "customer messaging identities": 1,
        "customer private data": 1,
        "ids of ended sessions": 1,
        "session record": 1,
    }
    assert counts(theirs) == {}


async def test_what_should_be_gone_is_overdue(tmp_path: Path) -> None:
    """In memory and on the disk; by more than is promised."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await shop.session()
        await shop.say(session, "hello")
        due = tally(await shop.mapping.data_map(None), "session record").next_at
        assert due is not None
        shop.clock.pass_(due - shop.clock.now() + 1.0)
        in_time = await shop.mapping.data_map(None)
        shop.clock.pass_(FRESH)
        late = await shop.mapping.data_map(None)

    assert in_time.overdue == 0
    assert tally(late, "session record").overdue == 1
    assert tally(late, "customer messages, web").overdue == 1
    assert late.overdue == 4


async def test_it_is_not_counted_again_at_once(tmp_path: Path) -> None:
    """For five seconds everybody sees the same map."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        mapping = shop.mapping
        first = await mapping.data_map(None)
        await shop.say(await shop.session(), "hello")

        again = await mapping.data_map(None)
        shop.clock.pass_(FRESH)
        later = await mapping.data_map(None)

    assert again is first
    assert tally(later, "conversation record").count == 1


async def test_an_end_that_is_not_carried_out_is_overdue(
    tmp_path: Path,
) -> None:
    """What is being erased for longer than it may take."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await shop.session()
        await shop.say(session, "hello")
        shop.ending.ask(session, by=EndedBy.CUSTOMER)
        await shop.history.write(lambda group: None)
        shop.clock.pass_(3.0)

        made = await shop.mapping.data_map(None)

    assert tally(made, "conversation record").overdue == 1
