"""Everything is counted, and nothing is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.domain.conversation import EndedBy, Phase
from server.ids import AccountId, ApplicationId, ChannelId, ConversationId
from server.store import stock
from server.store.deeds import Deed
from server.store.group import Group
from server.store.rows import CursorRow, NoticeRow, SignInRow
from server.store.stock import OfConversation, OfPages, Stock, Tally
from server.store.tallies import TALLIES
from tests.store.samples import (
    ACME,
    MARIA,
    attachment,
    conversation,
    conversation_id,
    message,
    running,
)

BOT = ApplicationId("bot")
ZENITH = AccountId("zenith")
ONE = conversation_id(1)


def notice(of: int = 1) -> NoticeRow:
    """That a conversation has ended."""
    values: dict[str, Any] = {
        "conversation": conversation_id(of),
        "application": BOT,
        "account": ACME,
        "channel": ChannelId("shop"),
        "ended_by": EndedBy.CUSTOMER,
        "ended_at": 1_000.0,
        "kept_until": None,
        "messages": 3,
        "undelivered": 0,
    }
    return NoticeRow(**values)


def filled(group: Group) -> None:
    """Two conversations of one account, and one of another."""
    for number in (1, 2):
        group.keep(conversation(number, last_number=3))
        for n in (1, 2, 3):
            row = message(n, of=number)
            group.add(replace(row, by_customer=n != 2))
    group.keep(replace(conversation(3, account=ZENITH), due_at=500.0))
    group.add(message(of=3))
    group.add_attachment(attachment(expires_at=3_000.0))
    group.add_attachment(attachment("attachment-2", of=2, expires_at=9_000.0))
    group.keep_notice(notice())


def cursor(group: Group) -> None:
    """How far an application has been handed a conversation."""
    group.keep_cursor(CursorRow(conversation=ONE, application=BOT, cursor=1))


async def test_one_conversation_is_counted_table_by_table(
    tmp_path: Path,
) -> None:
    """What lies under its id; of no account's but the one that asks."""
    async with running(tmp_path / "history.db") as history:
        await history.write(filled)
        await history.write(cursor)

        found = await history.stock.of_conversation(ACME, ONE)
        theirs = await history.stock.of_conversation(ZENITH, ONE)

    assert found == OfConversation(1, 2, 1, 1, 3_000.0, 1, 1, 1_000.0)
    assert theirs.notices == 0


async def test_what_is_left_without_its_row_is_found(tmp_path: Path) -> None:
    """A proof of erasing must not look where the row says."""
    async with running(tmp_path / "history.db") as history:
        await history.write(filled)
        await history.write(lambda group: group.erase(ONE))

        found = await history.stock.of_conversation(ACME, ONE)
        gone = ConversationId("nobody")
        nothing = await history.stock.of_conversation(ACME, gone)

    assert found == OfConversation(0, 0, 0, 0, None, 0, 1, 1_000.0)
    assert nothing == OfConversation(0, 0, 0, 0, None, 0, 0, None)


@pytest.mark.parametrize("page", [1, 2, stock.PAGE])
async def test_pages_add_up(tmp_path: Path, page: int) -> None:
    """However few are counted at once, the sums are the same."""
    async with running(tmp_path / "history.db") as history:
        await history.write(filled)
        await history.write(cursor)
        counting = Stock(history._rows, page=page)

        found = await counting.of_pages(
            ACME, late=4_000.0, files_late=3_500.0, is_stuck=False
        )
        all_ = await counting.of_pages(
            None, late=3_000.0, files_late=3_500.0, is_stuck=False
        )

    assert found == OfPages(
        Tally(2, 1_001.0, 3_800.0, 2),
        Tally(4, 1_001.0, 3_800.0, 4),
        Tally(2, 1_001.0, 3_800.0, 2),
        Tally(2, 1_001.0, 3_000.0, 2),
        Tally(1, 1_001.0, 3_800.0, 1),
    )
    assert all_.conversations == Tally(3, 1_001.0, 500.0, 1)
    assert all_.by_customer == Tally(5, 1_001.0, 500.0, 1)
    assert all_.attachments == Tally(2, 1_001.0, 3_000.0, 1)


async def test_what_cannot_be_erased_is_overdue(tmp_path: Path) -> None:
    """Its deadline may lie ahead: it was ended, and is still there."""
    async with running(tmp_path / "history.db") as history:
        ending = conversation(phase=Phase.ENDING)
        await history.write(lambda group: group.keep(ending))

        async def overdue(*, is_stuck: bool) -> int:
            found = await history.stock.of_pages(
                None, late=0.0, files_late=0.0, is_stuck=is_stuck
            )
            return found.conversations.overdue

        assert await overdue(is_stuck=True) == 1
        assert await overdue(is_stuck=False) == 0


def inserted(table: str, **values: Any) -> Deed:
    """A row of any table."""
    marks = ", ".join("?" * len(values))
    return Deed(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})",
        tuple(values.values()),
    )


def resource(kind: str, sealed: bytes | None) -> Deed:
    """Something that an account is made of."""
    return inserted(
        "resource",
        kind=kind,
        account=ACME,
        id=kind,
        revision=1,
        declared=0,
        body="{}",
        sealed=sealed,
        created_at=5.0,
        changed_at=6.0,
    )


def customer(id_: str, flags: int, account: str = ACME) -> Deed:
    """Somebody who is known."""
    return inserted(
        "customer",
        id=id_,
        account=account,
        channel="shop",
        slot=9,
        platform=id_.encode(),
        flags=flags,
        created_at=7.0,
        seen_at=8.0,
        sealed=b"sealed",
    )


def requested(id_: str, closed_at: float | None) -> Deed:
    """What somebody asked for."""
    return inserted(
        "privacy_request",
        id=id_,
        account=ACME,
        kind="access",
        law="gdpr",
        state="open",
        received_at=20.0,
        due_at=30.0,
        closed_at=closed_at,
        customer="anna",
        sealed=b"",
    )


DEEDS: Sequence[Deed] = (
    resource("agent", b"sealed"),
    resource("identity", b"sealed"),
    resource("credential", b"sealed"),
    resource("queue", None),
    inserted("account_key", account=ACME, slot=3),
    customer("anna", 1),
    customer("berta", 0),
    customer("clara", 1, "zenith"),
    inserted("customer_address", hash=b"1", customer="anna"),
    inserted(
        "customer_event",
        customer="anna",
        number=1,
        at=6.0,
        kind="consent",
        sealed=b"",
    ),
    requested("open", None),
    requested("closed", 40.0),
    inserted("erasure", id="e", account=ACME, state="asked", asked_at=50.0),
    inserted("erased", account=ACME, platform=b"1", erased_at=60.0),
    inserted(
        "audit",
        number=1,
        at_ms=70_000,
        event="",
        actor_kind="",
        actor="",
        subject="x",
        detail="",
        times=1,
        chain=b"",
    ),
)


def operational(group: Group) -> None:
    """Something of every operational record."""
    group.do(*DEEDS)
    sign_in = SignInRow(hash=b"1", agent=MARIA, expires_at=100.0)
    group.keep_sign_in(sign_in)
    group.keep_notice(notice())


#: By record type: what there is if each lives for ten seconds and what was
#: due before the 60th is late.
FOUND = {
    "ending notices": Tally(1, 1_000.0, 1_010.0, 0),
    "administrative data": Tally(4, 5.0),
    "agent passwords": Tally(1, 5.0),
    "account credentials": Tally(1, 5.0),
    "account messaging identities": Tally(1, 5.0),
    "agent sign-ins": Tally(1, 90.0, 100.0, 0),
    "customer messaging identities": Tally(3, 7.0),
    "consent and restriction records": Tally(2, 6.0),
    "account keys": Tally(1),
    "privacy requests": Tally(2, 20.0, 50.0, 1),
    "erasure jobs and receipts": Tally(1, 50.0),
    "erased subjects": Tally(1, 60.0, 70.0, 0),
    "audit log": Tally(),
}


@pytest.mark.parametrize("name", sorted(TALLIES))
async def test_operational_records_are_counted(
    tmp_path: Path, name: str
) -> None:
    """Of the account only; what is late is told apart."""
    # Agents sign in by an id that is theirs everywhere.
    agent = Deed("UPDATE resource SET id = ? WHERE kind = 'agent'", (MARIA,))
    async with running(tmp_path / "history.db") as history:
        await history.write(operational)
        await history.write(lambda group: group.do(agent))

        ask: Callable[..., Any] = history.stock.of_records

        assert await ask(name, ACME, life=10.0, late=60.0) == FOUND[name]


async def test_for_the_operator_everything_is_counted(tmp_path: Path) -> None:
    """Of all accounts, and the audit log, which is the server's."""
    async with running(tmp_path / "history.db") as history:
        await history.write(operational)
        ask = history.stock.of_records

        logged = await ask("audit log", None, life=10.0, late=90.0)
        flagged = await ask("consent and restriction records", None)

        assert logged == Tally(1, 70.0, 80.0, 1)
        assert flagged.count == 3
        assert await history.stock.about("x") == 1


async def test_one_customer_is_counted_table_by_table(tmp_path: Path) -> None:
    """Who they are, by what they are found, what happened, what they asked."""
    async with running(tmp_path / "history.db") as history:
        await history.write(operational)

        found = await history.stock.of_customer(ACME, "anna")
        nobody = await history.stock.of_customer(ZENITH, "nobody")

    assert found == (1, 7.0, 1, 1, 6.0, 2, 20.0)
    assert nobody == (0, None, 0, 0, None, 0, None)
