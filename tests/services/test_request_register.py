"""The register says what is pressing, and keeps its words sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pytest

from server.domain.audit import ActorKind, AuditEvent
from server.domain.permission import operator
from server.domain.privacy_request import (
    MOST_NOTES,
    Law,
    RequestKind,
    RequestState,
    Words,
)
from server.errors import Conflict, Invalid, NotFound, RefusalCode, Refused
from server.ids import AccountId, ChannelId
from server.live.deadlines import Deadlines
from server.live.people import Person
from server.live.presence import Presence
from server.live.sessions import Sessions
from server.services.account_keys import AccountKeys
from server.services.house import House
from server.services.identities import NoIdentities
from server.services.request_register import (
    MOST,
    Registered,
    RequestRegister,
)
from server.store.history import History
from server.store.requests import FIRST, RequestRow, Requests, loosen
from tests.fakes import FakeClock, FakeKeys
from tests.store.samples import ACME, running


class NotingAudit:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.noted: list[tuple[AuditEvent, ActorKind, str, str]] = []

    def note(
        self,
        event: AuditEvent,
        *,
        by: ActorKind = ActorKind.SERVER,
        actor: str = "",
        subject: str = "",
        detail: str = "",
    ) -> None:
        """Keep it."""
        self.noted.append((event, by, subject, detail))


ME = operator("a test")
SUBJECT = "somebody at the desk, by passport"


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    """A database of its own."""
    async with running(tmp_path / "history.db") as opened:
        yield opened


@pytest.fixture
async def register(history: History) -> RequestRegister:
    """The register of an account that has a key."""
    house = House(
        clock=FakeClock(),
        randomness=Random(1).randbytes,
        channels={},
        agents={},
        keys=FakeKeys(),
        records=history,
        sessions=Sessions(),
        deadlines=Deadlines(0.0),
        presence=Presence(),
        audit=NotingAudit(),
    )
    house.identities = Anna(house)
    keys = AccountKeys(house.keys, house.randomness)
    await history.write(lambda group: keys.make(ACME, group))
    return RequestRegister(house, keys, history.requests)


class Anna(NoIdentities):
    """Knows one customer."""

    def __init__(self, house: House) -> None:
        self._anna = Person(
            "anna", account=ACME, channel=ChannelId("shop"), platform=b"anna"
        )
        self._anna.slot = 1
        house.people.add(self._anna)

    async def recall(self, account: AccountId, customer: str) -> Person | None:
        """Her, by her id."""
        is_her = (account, customer) == (ACME, "anna")
        return self._anna if is_her else None


class Meanwhile(Requests):
    """Requests of which something becomes as soon as they are read."""

    def __init__(
        self, history: History, then: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(history._rows)
        self._then = then

    async def get(self, account: AccountId, request: str) -> RequestRow | None:
        """The row as it was."""
        row = await super().get(account, request)
        await self._then()
        return row

    async def count(self, account: AccountId) -> int:
        """As many as there may be."""
        return MOST


async def opened(register: RequestRegister, **more: float) -> Registered:
    """A request for a copy of everything."""
    return await register.open(
        ME,
        ACME,
        RequestKind.ACCESS,
        law=Law.GDPR,
        subject=SUBJECT,
        customer="anna",
        **more,
    )


async def test_what_was_written_down_is_read_again(
    register: RequestRegister, history: History
) -> None:
    """By id, by person and in the list; on the disk it is unreadable."""
    made = await opened(register)

    assert await register.get(ACME, made.request.id) == made
    assert await register.page(ACME, FIRST, 9) == [made]
    assert await register.of_customer(ACME, "anna", 9) == [made]
    row = await history.requests.get(ACME, made.request.id)
    assert row is not None
    assert SUBJECT.encode() not in row.sealed
    assert SUBJECT not in repr(made) + repr(row)


async def test_it_is_extended_and_closed_with_a_word(
    register: RequestRegister,
) -> None:
    """Each step is noted, audited, and moves the date once."""
    made = await opened(register)
    id_ = made.request.id

    later = await register.extend(ME, ACME, id_, note="told by letter")
    done = await register.close(ME, ACME, id_, state=RequestState.DONE, note="")

    assert later.request.due_at > made.request.due_at
    assert [note.text for note in done.words.notes] == ["told by letter"]
    assert done.request.state is RequestState.DONE
    audit = register._house.audit
    assert isinstance(audit, NotingAudit)
    assert audit.noted == [
        (AuditEvent.PRIVACY_REQUEST, ActorKind.OPERATOR, id_, how)
        for how in ("opened", "extended", "done")
    ]


async def test_another_accounts_request_is_none(
    register: RequestRegister,
) -> None:
    """Not even that there is one is told."""
    made = await opened(register)

    with pytest.raises(NotFound):
        await register.get(AccountId("zenith"), made.request.id)


async def test_nobody_asked_tomorrow(register: RequestRegister) -> None:
    """A date that is still to come would move the due date on."""
    now = register._house.clock.now()

    made = await opened(register, received_at=now + 86_400)
    before = await opened(register, received_at=now - 86_400)

    assert made.request.received_at == now
    assert before.request.received_at == now - 86_400


async def test_notes_have_an_end(register: RequestRegister) -> None:
    """So that a row has one."""
    made = await opened(register)
    words = made.words
    for number in range(MOST_NOTES):
        words = words.noted(float(number), "again")

    with pytest.raises(Refused) as refused:
        words.noted(1.0, "again")

    assert refused.value.code is RefusalCode.TOO_MANY


async def test_closed_ones_are_let_go(register: RequestRegister) -> None:
    """After three years, and no sooner."""
    made = await opened(register)
    await register.close(
        ME, ACME, made.request.id, state=RequestState.REFUSED, note="no"
    )
    clock = register._house.clock
    assert isinstance(clock, FakeClock)

    clock.pass_(3 * 365 * 86_400.0 - 1)
    await register.tidy()
    kept = await register.page(ACME, FIRST, 9)
    clock.pass_(2)
    await register.tidy()

    assert len(kept) == 1
    assert await register.page(ACME, FIRST, 9) == []


async def test_blank_words_say_nothing(register: RequestRegister) -> None:
    """What stands in their place opens to nothing."""
    made = await opened(register)
    blank = register.blank(ACME, made.request.id)
    row = register._row(made)

    left = register._opened(replace(row, sealed=blank))

    assert left.words.subject == ""
    assert left.words.notes == ()


async def test_a_request_names_nobody_who_is_not_there(
    register: RequestRegister,
) -> None:
    """Nor whom somebody erases in that very moment."""
    open_ = partial(register.open, ME, ACME, RequestKind.ACCESS, law=Law.GDPR)
    with pytest.raises(Invalid) as invalid:
        await open_(subject=SUBJECT, customer="berta")
    register._house.people.drop(["anna"])
    with pytest.raises(Invalid):
        await open_(subject=SUBJECT, customer="anna")

    assert invalid.value.path == "$.customer"
    assert await register.page(ACME, FIRST, 9) == []


async def test_words_do_not_come_back_after_an_erasing(
    register: RequestRegister, history: History
) -> None:
    """It was read before, and is written behind it."""
    made = await opened(register)
    id_ = made.request.id
    blank = register.blank(ACME, id_)

    async def erase() -> None:
        deeds = loosen("anna", lambda _: blank, [id_])
        await history.write(lambda group: group.do(*deeds))

    house, keys = register._house, register._keys
    late = RequestRegister(house, keys, Meanwhile(history, erase))

    after = await late.extend(ME, ACME, id_, note="Anna was told")

    assert after.words == Words()
    assert after.request.customer is None
    with pytest.raises(Conflict, match="full"):
        await opened(late)
