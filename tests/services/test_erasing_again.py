"""Who asks for an erasing, who comes back, and what may go wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.errors import NotFound
from server.ids import AccountId, ChannelId, ConversationId
from server.services.erasure_job import Job, OpenJob, State, Subject
from server.services.erasure_work import MOST_OF_ONE, MOST_OPEN, has_room
from server.store.deeds import Deed
from tests.services.test_erasing import asked, filled
from tests.services.workshops import ME, SHOP, Faults, Workshop
from tests.store.samples import ACME

WORD = "a-word-that-is-nowhere-else"
KEY = "customer-key-4711"
DAY = 86_400.0


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
        assert len(await shop.history.customers.keys()) == 1


async def test_who_was_erased_is_forgotten_in_the_end(tmp_path: Path) -> None:
    """After 400 days, longer than backups live."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        await asked(shop, await filled(shop))
        await shop.work()
        shop.clock.pass_(400 * DAY + 60.0)

        await shop.duties.erasure_work.expire()

        assert await shop.history.erasures.erased(ACME) == []


async def test_who_has_said_nothing_yet_is_erased_too(tmp_path: Path) -> None:
    """Nothing is on the disk of them, but something may be in memory."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        erasing = shop.duties.erasing
        for _ in range(2):
            session = await shop.session(KEY)
            session.private = {"tier": "gold"}
            job = await erasing.ask(ME, ACME, platform=(SHOP, KEY))
            await shop.work()

            done = await erasing.job(ACME, job.id)
            assert done.receipt is not None
            assert done.receipt["receipt"]["erased"] == {
                "conversation record": 1,
                "customer private data": 2,
                "session record": 1,
            }
            assert shop.house.sessions.get(session.id) is None
            assert session.private is None


async def test_a_stranger_who_has_said_nothing_is_forgotten(
    tmp_path: Path,
) -> None:
    """By their own wish; there is no row of anything."""
    async with Workshop(tmp_path) as shop:
        await shop.start()
        for who in (None, KEY):
            session = await shop.session(who)
            await shop.duties.erasing.forget(session)
            await shop.work()

            assert shop.house.sessions.get(session.id) is None
        assert shop.duties.erasure_work.waiting == 0


def test_no_account_keeps_another_from_erasing() -> None:
    """One has a quarter of the room; all of them together have all of it."""

    def of(account: str) -> OpenJob:
        job = Job(
            id="x", account=AccountId(account), state=State.ASKED, asked_at=0.0
        )
        return OpenJob(job=job, subject=Subject())

    acme = [of("acme")] * MOST_OF_ONE
    assert has_room(acme[1:], ACME)
    assert not has_room(acme, ACME)
    assert has_room(acme, AccountId("zenith"))
    assert not has_room([of("other")] * MOST_OPEN, ACME)
