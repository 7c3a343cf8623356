"""Tests of server/services/auditing.py."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random

import pytest

from server.domain.audit import (
    ActorKind,
    Anchor,
    AuditEvent,
    AuditRow,
    fault_in,
)
from server.services.audit import NoAudit
from server.services.auditing import (
    DAY,
    MOST_COUNTED,
    MOST_TOGETHER,
    MOST_WAITING,
    RETRY,
    WINDOW,
    WINDOWS_IN_A_ROUND,
    Auditing,
)
from server.services.house import House
from server.store.group import Group
from server.vault.anchors import Anchors
from server.vault.master_key import MasterKey
from tests.fakes import FakeRecords
from tests.services.worlds import World, settle

KEY = MasterKey.generate(Random(4).randbytes)


class FakeLog(FakeRecords):
    """A store that keeps an audit log, and nothing else of note."""

    def __init__(self) -> None:
        super().__init__()
        self.audits: list[AuditRow] = []
        self.end: tuple[Anchor, bytes] | None = None

    def _apply(self, group: Group) -> None:
        super()._apply(group)
        self.audits += group.audits
        self.end = group.anchor or self.end
        if group.anchor:
            first = group.anchor[0].first
            self.audits = [row for row in self.audits if row.number > first]

    async def anchor(self) -> tuple[Anchor, bytes] | None:
        await self._read()
        return self.end

    async def last(self) -> AuditRow | None:
        return self.audits[-1] if self.audits else None

    async def last_before(self, at_ms: int) -> AuditRow | None:
        await self._read()
        old = [row for row in self.audits[:-1] if row.at_ms < at_ms]
        return old[-1] if old else None


class Book:
    """An audit log over a store in memory.

    Attributes:
        auditing: What writes it in this run.
    """

    def __init__(self) -> None:
        world = World()
        self.store = FakeLog()
        self.clock = world.clock
        self.house: House = world.house
        self.house.records = self.store

    async def start(self, settings: bytes = b"settings") -> Auditing:
        """Start a server."""
        self.auditing = Auditing(self.house, self.store, Anchors(KEY), days=365)
        await self.auditing.begin(settings)
        await self.auditing.write()
        return self.auditing

    async def crash_and_start(self) -> list[str]:
        """Start the next server; what it writes."""
        known = len(self.store.audits)
        await self.start()
        return [row.event for row in self.store.audits[known:]]

    @property
    def events(self) -> list[str]:
        """What was written down."""
        return [row.event for row in self.store.audits]

    @property
    def is_whole(self) -> bool:
        """Whether the log passes the check."""
        assert self.store.end is not None
        anchor, seal = self.store.end
        is_sound = Anchors(KEY).is_sound(anchor, seal)
        return is_sound and fault_in(self.store.audits, anchor) is None


async def test_what_is_noted_is_written_in_order() -> None:
    """With who did it and when, chained and sealed."""
    book = Book()
    auditing = await book.start()
    book.clock.pass_(5)
    auditing.note(
        AuditEvent.TAKEN, by=ActorKind.AGENT, actor="maria", subject="c"
    )
    auditing.note(AuditEvent.PURGE_HALTED, detail="3600")
    await auditing.write()

    _, taken, halted = book.store.audits
    assert (taken.actor_kind, taken.actor) == ("agent", "maria")
    assert (taken.subject, taken.times) == (Anchors(KEY).pseudonym("c"), 1)
    assert taken.at_ms == int(book.clock.now() * 1000)
    assert (halted.actor_kind, halted.detail) == ("server", "3600")
    assert book.is_whole


async def test_starts_and_stops_tell_each_other_apart() -> None:
    """The first, one after a stop, and one after a crash."""
    book = Book()
    await book.start()
    await book.auditing.finish()
    await book.start()
    await book.start()

    starts = [
        row.detail
        for row in book.store.audits
        if row.event == AuditEvent.STARTED
    ]
    assert starts == ["nothing", "stop", "crash"]
    assert book.is_whole


async def test_changed_settings_are_noted_at_the_next_start() -> None:
    """Once, and not what they are."""
    book = Book()
    await book.start(b"one")
    await book.start(b"one")
    await book.start(b"a new password")
    await book.start(b"a new password")

    assert book.events.count(AuditEvent.SETTINGS_CHANGED) == 1
    assert book.events[-2] == AuditEvent.SETTINGS_CHANGED
    assert b"password" not in repr(book.store.audits).encode()


async def test_repeats_are_counted_once_a_window() -> None:
    """The first at once, the others as a number, and none for silence."""
    book = Book()
    auditing = await book.start()
    for _ in range(5):
        auditing.note(AuditEvent.SIGN_IN_FAILED, actor="maria")
    auditing.note(AuditEvent.SIGN_IN_FAILED, actor="jonas")
    auditing.count()
    auditing.count()
    auditing.note(AuditEvent.SIGN_IN_FAILED, actor="maria")
    await auditing.write()

    found = [(row.actor, row.times) for row in book.store.audits[1:]]
    assert found == [("maria", 1), ("jonas", 1), ("maria", 4), ("maria", 1)]


async def test_kinds_of_repeats_are_bounded() -> None:
    """Beyond a number they are counted without a name."""
    book = Book()
    auditing = await book.start()

    for number in range(3 * MOST_COUNTED):
        auditing.note(AuditEvent.SIGN_IN_FAILED, actor=f"agent-{number}")
    auditing.count()
    await auditing.write()

    last = book.store.audits[-1]
    assert (last.actor, last.times) == ("", 2 * MOST_COUNTED - 1)
    assert len(book.events) == 1 + MOST_COUNTED + 2


async def test_what_there_is_no_room_for_is_counted() -> None:
    """In the metrics, and in the log as soon as it can be written."""
    book = Book()
    auditing = await book.start()

    for _ in range(MOST_WAITING + 7):
        auditing.note(AuditEvent.SIGNED_OUT, actor="maria")
    await auditing.write()

    assert book.house.metrics.audit_lost.value == 7
    assert len(book.events) == 1 + MOST_WAITING + 1
    lost = [r for r in book.store.audits if r.event == AuditEvent.AUDIT_LOST]
    assert [row.times for row in lost] == [7]
    assert book.store.commits > MOST_WAITING / MOST_TOGETHER
    assert book.is_whole


async def test_what_the_disk_refuses_is_written_later() -> None:
    """Once, under the numbers that were free again."""
    book = Book()
    auditing = await book.start()
    running = asyncio.ensure_future(auditing.run())
    book.store.failing.add("write")
    auditing.note(AuditEvent.ERASING_FAILING)
    await settle()
    assert len(book.events) == 1

    book.store.failing.clear()
    book.clock.pass_(RETRY)
    await settle()
    running.cancel()

    assert book.events[1:] == [AuditEvent.ERASING_FAILING]
    assert book.is_whole


async def test_the_writer_wakes_by_itself() -> None:
    """And sleeps while nothing happens."""
    book = Book()
    auditing = await book.start()
    running = asyncio.ensure_future(auditing.run())
    await settle()
    commits = book.store.commits
    await settle()
    assert book.store.commits == commits

    auditing.note(AuditEvent.SIGNED_IN, by=ActorKind.AGENT, actor="maria")
    await settle()
    running.cancel()

    assert book.events[1:] == [AuditEvent.SIGNED_IN]


async def test_a_stop_in_the_middle_of_a_write_repeats_nothing() -> None:
    """The end waits for what is on its way."""
    book = Book()
    auditing = await book.start()
    running = asyncio.ensure_future(auditing.run())
    book.store.is_held = True
    auditing.note(AuditEvent.SIGNED_IN, actor="maria")
    await settle()
    finishing = asyncio.ensure_future(auditing.finish())
    await settle()
    book.store.is_held = False
    book.store.commit()
    await finishing
    running.cancel()

    assert book.events[1:] == [AuditEvent.SIGNED_IN, AuditEvent.STOPPED]
    assert book.is_whole


async def test_an_end_that_cannot_be_written_stops_nothing() -> None:
    """The next start says that there was a crash."""
    book = Book()
    await book.start()
    book.store.failing.add("write")

    await book.auditing.finish()

    assert AuditEvent.STOPPED not in book.events


async def test_a_start_that_came_to_nothing_writes_no_end() -> None:
    """Before it has begun there is nothing to go on behind."""
    book = Book()

    await Auditing(book.house, book.store, Anchors(KEY), days=1).finish()

    assert book.events == []


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("no_anchor", "no_anchor"),
        ("seal", "bad_seal"),
        ("anchor", "bad_seal"),
        ("cut", "other_end"),
        ("altered", "other_end"),
        ("added", "other_end"),
        ("all", "other_end"),
    ],
)
async def test_a_log_that_was_tampered_with_never_looks_whole_again(
    reason: str, shown: str
) -> None:
    """The start says so, and every later check finds it."""
    book = Book()
    await book.start()
    await book.start()
    log, end = book.store.audits, book.store.end
    assert end is not None
    match reason:
        case "no_anchor":
            book.store.end = None
        case "seal":
            book.store.end = end[0], bytes(32)
        case "anchor":
            log.pop()
            shorter = replace(end[0], last=1, last_chain=log[0].chain)
            book.store.end = shorter, end[1]
        case "cut":
            log.pop()
        case "altered":
            log[-1] = replace(log[-1], chain=bytes(32))
        case "added":
            log.append(replace(log[-1], number=3))
        case _:
            log.clear()

    written = await book.crash_and_start()

    assert written[0] == AuditEvent.AUDIT_DOUBTFUL
    doubtful = next(r for r in book.store.audits if r.event == written[0])
    assert doubtful.detail == shown
    assert not book.is_whole
    await book.start()
    assert not book.is_whole
    assert book.events.count(AuditEvent.AUDIT_DOUBTFUL) == 1


async def test_old_rows_are_cut_and_the_rest_is_whole() -> None:
    """After as many days as the settings say."""
    book = Book()
    auditing = await book.start()
    looking = asyncio.ensure_future(auditing.look_after())
    book.clock.pass_(364 * DAY)
    auditing.note(AuditEvent.SIGNED_IN, actor="maria")
    await auditing.write()
    await auditing.cut()
    assert len(book.events) == 2

    for _ in range(WINDOWS_IN_A_ROUND):
        book.clock.pass_(DAY / WINDOWS_IN_A_ROUND * 1.1)
        await settle()
    looking.cancel()

    assert book.events == [AuditEvent.SIGNED_IN]
    assert book.is_whole
    await book.start()
    assert book.is_whole


async def test_repeats_are_written_without_being_asked_for() -> None:
    """A window after the first."""
    book = Book()
    auditing = await book.start()
    working = [
        asyncio.ensure_future(auditing.look_after()),
        asyncio.ensure_future(auditing.run()),
    ]
    for _ in range(3):
        auditing.note(AuditEvent.TOKEN_REFUSED, detail="key")
    await settle()
    book.clock.pass_(WINDOW)
    await settle()
    for task in working:
        task.cancel()

    assert [row.times for row in book.store.audits[1:]] == [1, 2]


def test_a_house_without_a_log_takes_no_notice() -> None:
    """What a test of something else is about stays what it is about."""
    NoAudit().note(AuditEvent.SIGNED_IN)
