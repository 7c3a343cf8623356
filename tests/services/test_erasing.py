"""Somebody is erased: completely, with a receipt, and only them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.domain.conversation import Phase
from server.errors import RefusalCode, Refused
from server.live.sessions import Session
from server.services.erasure_job import Job, State
from server.services.erasure_steps import MOST_REQUESTS
from server.services.handing import Fate
from server.services.recording import adopt
from server.store.erasures import FIRST
from server.store.requests import FIRST as FIRST_PAGE
from server.store.requests import REQUESTS
from server.vault.receipts import verify
from tests.scenes.canaries import found_in
from tests.services.workshops import ME, SHOP, Workshop
from tests.store.samples import ACME

WORD = "a-word-that-is-nowhere-else"
KEY = "customer-key-4711"
OTHER = "customer-key-0815"
DAY = 86_400.0


async def filled(shop: Workshop, **terms: Any) -> Session:
    """Somebody with a conversation, a file and a request; and another."""
    session = await shop.session(KEY)
    await shop.say(session, WORD)
    await shop.say(session, "and more")
    await shop.attach(session, b"sealed file")
    assert session.customer is not None
    await shop.request(WORD, session.customer.id)
    other = await shop.session(OTHER)
    await shop.say(other, "somebody else's")
    return session


async def asked(shop: Workshop, session: Session) -> Job:
    """The erasing of whoever is in ``session``."""
    assert session.customer is not None
    erasing = shop.duties.erasing
    return await erasing.ask(ME, ACME, customer=session.customer.id)


async def test_somebody_is_erased_and_nobody_else(tmp_path: Path) -> None:
    """Key, row, conversation and file; the receipt counts, and verifies."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        job = await asked(shop, session)
        assert job.state is State.ASKED

        await shop.work()

        done = await shop.duties.erasing.job(ACME, job.id)
        assert done.state is State.DONE
        assert done.receipt is not None
        assert done.receipt["receipt"]["erased"] == {
            "attachments, web": 1,
            "consent and restriction records": 1,
            "conversation key": 1,
            "conversation record": 1,
            "customer messages, web": 2,
            "customer messaging identities": 1,
            "customer private data": 1,
            "privacy requests": 1,
            "session record": 1,
        }
        public, _ = shop.duties.papers.public_key(ACME)
        assert verify(public, done.receipt)
        assert KEY not in str(done.receipt)
        rows = [await shop.history.all_live()]
        assert len(rows[0]) == 1
        assert len(await shop.history.customers.keys()) == 1
        assert await shop.history.attachment_ids(None) == []
        assert not list(shop.folder.blobs.rglob("file-*"))
        assert shop.house.people.counts[ACME] == 1
        assert await shop.history.erasures.open() == []


async def test_their_key_is_gone_from_the_key_file(tmp_path: Path) -> None:
    """Overwritten in place; what was sealed with it opens nowhere."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        assert session.customer is not None
        row = await shop.history.customers.get(ACME, session.customer.id)
        assert row is not None
        await asked(shop, session)
        await shop.work()

        # While it runs: the log of the database has been emptied, too.
        log = shop.folder.database.with_name("history.db-wal")
        assert log.stat().st_size == 0
        slots = {slot for slot, _, _ in await shop.history.customers.keys()}
        assert row.slot not in slots
        assert found_in(tmp_path, [row.sealed[16:48], WORD.encode()]) == set()


async def test_what_is_left_of_a_request_names_nobody(tmp_path: Path) -> None:
    """That there was one stays, for the account has to show it did it."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        await asked(shop, await filled(shop))
        await shop.work()

        page = await shop.register.page(ACME, FIRST_PAGE, 9)

        assert [one.words.subject for one in page] == [""]
        assert page[0].request.customer is None


async def test_applications_are_told_to_do_the_same(tmp_path: Path) -> None:
    """Until they take it; then nothing says whom it was about."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        shop.receiver.fate = Fate.FAILED
        job = await asked(shop, await filled(shop))
        await shop.work()
        told = await shop.duties.erasing.job(ACME, job.id)
        assert told.state is State.TELLING
        assert told.receipt is not None

        shop.receiver.fate = Fate.TAKEN
        await shop.work()

        done = await shop.duties.erasing.job(ACME, job.id)
        assert done.state is State.DONE
        assert done.receipt == told.receipt
        assert {event["id"] for event in shop.receiver.events} == {
            f"evt_{job.id}_erased"
        }
        event = shop.receiver.events[-1]
        assert (event["type"], event["customer_id"]) == (
            "customer.erased",
            KEY,
        )


async def test_nobody_is_told_for_longer_than_a_day(tmp_path: Path) -> None:
    """Then what it was about is forgotten, whoever is not there."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        shop.receiver.fate = Fate.FAILED
        job = await asked(shop, await filled(shop))
        await shop.work()
        shop.clock.pass_(DAY)
        await shop.work()

        done = await shop.duties.erasing.job(ACME, job.id)
        assert done.state is State.DONE


async def test_asking_again_is_the_same_job(tmp_path: Path) -> None:
    """By whatever name; afterwards it is a new one."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        job = await asked(shop, session)
        erasing = shop.duties.erasing

        again = await erasing.ask(ME, ACME, platform=(SHOP, KEY))
        assert (again.id, (await asked(shop, session)).id) == (job.id, job.id)
        await shop.work()

        later = await erasing.ask(ME, ACME, platform=(SHOP, KEY))
        assert later.id != job.id
        pages = await erasing.page(ACME, FIRST, 9)
        assert {one.id for one in pages} == {job.id, later.id}


async def test_somebody_whom_nobody_knows_has_a_receipt(
    tmp_path: Path,
) -> None:
    """That there was nothing; a backup may know them all the same."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        erasing = shop.duties.erasing
        job = await erasing.ask(ME, ACME, platform=(SHOP, "nobody"))
        await shop.work()

        done = await erasing.job(ACME, job.id)
        assert done.receipt is not None
        assert done.receipt["receipt"]["erased"] == {}
        assert len(await shop.history.erasures.erased(ACME)) == 1


async def test_a_conversation_is_erased_by_itself(tmp_path: Path) -> None:
    """Of somebody whom nobody knows; no application is told of a person."""
    async with Workshop(tmp_path, retention=30 * DAY) as shop:
        await shop.start()
        session = await shop.session()
        await shop.say(session, WORD)
        erasing = shop.duties.erasing
        job = await erasing.ask(ME, ACME, conversation=session.id)
        again = await erasing.ask(ME, ACME, conversation=session.id)
        await shop.work()

        done = await erasing.job(ACME, job.id)
        assert again.id == job.id
        assert done.state is State.DONE
        assert await shop.history.all_live() == []
        assert await shop.history.erasures.erased(ACME) == []
        assert shop.receiver.events == []


async def test_what_is_kept_after_its_end_is_erased_too(
    tmp_path: Path,
) -> None:
    """A channel's days do not outweigh what somebody asked for."""
    async with Workshop(tmp_path, retention=30 * DAY) as shop:
        await shop.start()
        session = await filled(shop)
        shop.clock.pass_(3 * DAY)
    async with Workshop(tmp_path, clock=shop.clock, retention=30 * DAY) as shop:
        await shop.start()
        assert await shop.phase(session.id) == Phase.CLOSED.value
        await asked(shop, session)

        await shop.work()

        assert await shop.phase(session.id) is None
        assert found_in(tmp_path, [WORD.encode()]) == set()


async def test_what_is_on_hold_stops_all_of_it(tmp_path: Path) -> None:
    """Before anything is done: half an erasing would be none."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        await hold(shop, session, is_held=True)
        erasing = shop.duties.erasing

        with pytest.raises(Refused) as person:
            await asked(shop, session)
        with pytest.raises(Refused) as conversation:
            await erasing.ask(ME, ACME, conversation=session.id)

        assert person.value.code is RefusalCode.ON_HOLD
        assert conversation.value.code is RefusalCode.ON_HOLD
        assert await shop.history.erasures.open() == []


async def hold(shop: Workshop, session: Session, *, is_held: bool) -> None:
    """Put a conversation that goes on under a hold, or lift that."""
    await shop.history.write(
        lambda group: adopt(
            shop.house,
            session,
            session.conversation.hold(is_held=is_held),
            group=group,
        )
    )


async def test_a_hold_that_comes_later_is_waited_for(tmp_path: Path) -> None:
    """The job says so, and goes on when it is lifted."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        job = await asked(shop, session)
        await hold(shop, session, is_held=True)
        await shop.work()
        waiting = await shop.duties.erasing.job(ACME, job.id)
        assert (waiting.state, waiting.is_held) == (State.ENDING, True)

        await hold(shop, session, is_held=False)
        await shop.work()

        done = await shop.duties.erasing.job(ACME, job.id)
        assert (done.state, done.is_held) == (State.DONE, False)


async def test_no_request_is_too_many_to_lose_its_words(
    tmp_path: Path,
) -> None:
    """All of them, however often the person asked."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        assert session.customer is not None
        who = session.customer.id
        [row] = await shop.history.requests.of_customer(ACME, who, 9)
        many = [replace(row, id=f"n-{one}") for one in range(MOST_REQUESTS)]
        deeds = [REQUESTS.keep(one) for one in many]
        await shop.history.write(lambda group: group.do(*deeds))
        await asked(shop, session)

        await shop.work()

        rows = await shop.history.requests.page(
            ACME, FIRST_PAGE, MOST_REQUESTS + 9
        )
        assert len(rows) == MOST_REQUESTS + 1
        assert {one.customer for one in rows} == {None}
        assert row.sealed not in {one.sealed for one in rows}
