"""Somebody is erased: completely, with a receipt, and only them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.domain.conversation import Phase
from server.errors import NotFound, RefusalCode, Refused
from server.ids import AccountId, ChannelId, ConversationId
from server.live.sessions import Session
from server.services.erasure_job import Job, State
from server.services.handing import Fate
from server.services.recording import adopt
from server.store.deeds import Deed
from server.store.erasures import FIRST
from server.store.requests import FIRST as FIRST_PAGE
from server.vault.receipts import verify
from tests.scenes.canaries import found_in
from tests.services.workshops import ME, SHOP, Faults, Workshop
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
        assert len(await shop.history.customers.slots()) == 1
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
        assert row.slot not in await shop.history.customers.slots()
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


async def test_who_comes_back_begins_anew(tmp_path: Path) -> None:
    """Another row, another key; and nothing of what was agreed to before."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        before = await filled(shop)
        await asked(shop, before)
        await shop.work()

        after = await shop.session(KEY)
        await shop.say(after, "hello again")

        assert after.customer is not None
        assert before.customer is None or before.customer is not after.customer
        [gone] = await shop.history.erasures.erased(ACME)
        row = await shop.history.customers.get(ACME, after.customer.id)
        assert row is not None
        assert row.platform == gone.platform
        assert row.created_at > gone.erased_at


async def test_who_is_back_while_they_are_erased_is_ended(
    tmp_path: Path,
) -> None:
    """A new page of the same person holds what the old one held."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        first = await filled(shop)
        job = await asked(shop, first)
        work = shop.duties.erasure_work
        await work.look()  # the first one is ending
        second = await shop.session(KEY)
        await shop.work()

        done = await shop.duties.erasing.job(ACME, job.id)
        assert done.state is State.DONE
        assert shop.house.sessions.get(second.id) is None


async def test_what_nobody_can_read_can_be_erased(tmp_path: Path) -> None:
    """Of damaged rows nothing opens; gone they can be all the same."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        row = await shop.history.conversation(session.id)
        assert row is not None
        assert session.customer is not None
        customer = session.customer.id
    async with Workshop(tmp_path, clock=shop.clock) as shop:
        await shop.start()
        shop.keys.shred([row.slot])
        job = await shop.duties.erasing.ask(ME, ACME, customer=customer)
        await shop.work()

        done = await shop.duties.erasing.job(ACME, job.id)
        assert done.state is State.DONE
        assert await shop.phase(session.id) is None


async def test_what_is_not_there_cannot_be_erased(tmp_path: Path) -> None:
    """Nor what is another account's: it is answered the same."""
    theirs = AccountId("zenith")
    async with Workshop(tmp_path) as shop:
        await shop.start()
        session = await filled(shop)
        erasing = shop.duties.erasing
        assert session.customer is not None
        job = await asked(shop, session)

        for account, whom in (
            (theirs, {"customer": session.customer.id}),
            (ACME, {"customer": "nobody"}),
            (theirs, {"conversation": session.id}),
            (ACME, {"conversation": ConversationId("none")}),
            (theirs, {"platform": (SHOP, KEY)}),
            (ACME, {"platform": (ChannelId("none"), KEY)}),
        ):
            arguments: dict[str, Any] = dict(whom)
            with pytest.raises(NotFound):
                await erasing.ask(ME, account, **arguments)
        for account, id_ in ((theirs, job.id), (ACME, "none")):
            with pytest.raises(NotFound):
                await erasing.job(account, id_)


async def test_with_its_account_an_erasure_is_over(tmp_path: Path) -> None:
    """Nobody is left for whom it could be done, nor its receipt kept."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        await asked(shop, await filled(shop))
        gone = Deed("DELETE FROM erasure", ())
        await shop.history.write(lambda group: group.do(gone))
        shop.account_keys.forget(ACME)

        await shop.work()

        assert shop.duties.erasure_work.waiting == 0
        assert await shop.history.erasures.open() == []


async def test_what_fails_is_tried_again(tmp_path: Path) -> None:
    """The disk may come back; until then nothing is said to be done."""
    faults = Faults()
    async with Workshop(tmp_path, faults) as shop:
        await shop.start()
        job = await asked(shop, await filled(shop))
        for call in ("checkpoint", "shred", "write"):
            faults.failing = {call}
            await shop.work(rounds=4)
            waiting = await shop.duties.erasing.job(ACME, job.id)
            assert waiting.receipt is None

        faults.failing.clear()
        await shop.work()

        done = await shop.duties.erasing.job(ACME, job.id)
        assert done.state is State.DONE


async def test_a_customer_asks_themselves(tmp_path: Path) -> None:
    """Known by the account: all of it. Known to nobody: what is here."""
    async with Workshop(tmp_path, retention=30 * DAY) as shop:
        await shop.start()
        known, nobody = await filled(shop), await shop.session()
        await shop.say(nobody, WORD)
        await shop.duties.erasing.forget(known)
        await shop.duties.erasing.forget(nobody)
        await shop.work()

        assert await shop.phase(known.id) is None
        assert await shop.phase(nobody.id) is None
        assert len(await shop.history.customers.slots()) == 1


async def test_who_was_erased_is_forgotten_in_the_end(tmp_path: Path) -> None:
    """After 400 days, longer than backups live."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        await asked(shop, await filled(shop))
        await shop.work()
        shop.clock.pass_(400 * DAY + 60.0)

        await shop.duties.erasure_work.expire()

        assert await shop.history.erasures.erased(ACME) == []
