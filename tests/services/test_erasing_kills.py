"""A kill at any step of an erasing: the next start finishes it.

Every call of the store, the key file and the folder of files is a place to be
killed at, before it and behind it; first each of them once, then at random
ones, again and again until the job is done.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from server.domain.conversation import EndedBy
from server.services.erasure_job import State
from server.store.customers import CustomerRow
from server.vault.key_header import HEADER_SIZE
from server.vault.receipts import verify
from server.vault.wrapping import SLOT_SIZE
from tests.fakes import FakeClock
from tests.scenes.canaries import found_in
from tests.services.workshops import ME, Faults, Killed, Workshop
from tests.store.samples import ACME

WORD = "a-word-that-is-nowhere-else"
FILE = b"sealed-file-that-is-nowhere-else"
KEY = "customer-key-4711"
#: More of them are a matter of time: tools/erasure_kills.py.
RANDOM_KILLS = 80
DAYS = 30 * 86_400.0


@dataclass(frozen=True)
class Before:
    """What there was of the person, and what must never be found again."""

    folder: Path
    clock: FakeClock
    customer: str
    conversations: tuple[str, ...]
    traces: frozenset[bytes]


async def prepared(folder: Path) -> Before:
    """Somebody with a closed and a live conversation, a file, a request."""
    clock = FakeClock()
    async with Workshop(folder, clock=clock, retention=DAYS) as shop:
        await shop.start()
        other = await shop.session("somebody-else")
        await shop.say(other, "not to be erased")
        closed, live = await shop.session(KEY), await shop.session(KEY)
        for session in (closed, live):
            await shop.say(session, WORD)
            await shop.attach(session, FILE)
        assert live.customer is not None
        customer = live.customer.id
        await shop.request(WORD, customer)
        shop.ending.ask(closed, by=EndedBy.CUSTOMER)
        await shop.history.write(lambda group: None)
        row = await shop.history.customers.get(ACME, customer)
        assert row is not None
        messages = [
            message.sealed
            for session in (closed, live)
            for message in await shop.history.messages(session.id, 0, 9)
        ]
        traces = traces_of(shop, row, messages)
    return Before(folder, clock, customer, (closed.id, live.id), traces)


def traces_of(
    shop: Workshop, row: CustomerRow, messages: list[bytes]
) -> frozenset[bytes]:
    """Sealed rows and the wrapped key; the words, which never were there."""
    slots = shop.folder.keys.read_bytes()[HEADER_SIZE:]
    key = slots[row.slot * SLOT_SIZE :][:SLOT_SIZE]
    sealed = [one[16:48] for one in (row.sealed, *messages)]
    return frozenset({WORD.encode(), FILE, KEY.encode(), key[16:48], *sealed})


async def until_killed(before: Before, folder: Path, faults: Faults) -> bool:
    """One life of a server; returns whether it came to its end."""
    shop = Workshop(folder, faults, before.clock, retention=DAYS)
    async with shop:
        try:
            await shop.start()
            if not shop.duties.erasure_work.waiting:
                page = await shop.duties.erasing.page(ACME, (1e300, ""), 9)
                if page:  # it was done before the port opened
                    return True
                await shop.duties.erasing.ask(
                    ME, ACME, customer=before.customer
                )
            await shop.work()
        except Killed:
            shop.copied(folder.with_name(folder.name + "-left"))
            return False
    return True


async def check(before: Before, folder: Path) -> None:
    """Nothing is there of the person; the receipt says what was."""
    async with Workshop(folder, None, before.clock, retention=DAYS) as shop:
        await shop.start()
        [job] = await shop.duties.erasing.page(ACME, (1e300, ""), 9)
        assert job.state is State.DONE
        assert job.receipt is not None
        public, _ = shop.duties.papers.public_key(ACME)
        assert verify(public, job.receipt)
        erased = job.receipt["receipt"]["erased"]
        assert erased["conversation record"] == 2
        assert erased["customer messages, web"] == 2
        assert erased["customer messaging identities"] == 1
        left = await shop.history.all_live()
        assert len(left) == 1
        assert len(await shop.history.customers.keys()) == 1
        holdings = shop.duties.stocktaking
        assert await holdings.of_customer(ACME, before.customer) == []
        # Another's slot was not taken for that of the person.
        other = await shop.remembering.session(left[0].id)
        assert other is not None
        assert other.preview == "not to be erased"
        await shop.history.scrub()
    assert found_in(folder, before.traces) == set()


async def lives(before: Before, to: Path, kills: Iterator[int]) -> int:
    """Live and be killed until it is done; returns how often it was."""
    folder, count = to / "life-0", 0
    shutil.copytree(before.folder, folder)
    while not await until_killed(before, folder, Faults(next(kills))):
        count += 1
        folder = folder.with_name(folder.name + "-left").rename(
            to / f"life-{count}"
        )
    await check(before, folder)
    shutil.rmtree(to)
    return count


async def test_a_kill_at_every_step_resurrects_nothing(tmp_path: Path) -> None:
    """One after the other, until there is none that kills."""
    before = await prepared(tmp_path / "before")
    assert found_in(before.folder, before.traces) >= before.traces - {
        WORD.encode(),
        KEY.encode(),
    }
    at = killed = 0
    while True:
        at += 1
        kills = iter([at, 0])
        count = await lives(before, tmp_path / "now", kills)
        killed += count
        if not count:
            break
    assert killed > 100


async def test_random_kills_resurrect_nothing(tmp_path: Path) -> None:
    """One after the other, the recovery itself included."""
    before = await prepared(tmp_path / "before")
    chance, killed = Random(11), 0
    while killed < RANDOM_KILLS:

        def kills() -> Iterator[int]:
            for _ in range(8):
                yield chance.randrange(1, 120)
            yield 0

        killed += await lives(before, tmp_path / "now", kills())
