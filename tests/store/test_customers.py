"""Customers on the disk: found, listed, and gone without a trace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from server.errors import Unavailable
from server.ids import AccountId, ChannelId
from server.store import customers
from server.store.customers import (
    FIRST,
    CustomerEventRow,
    CustomerRow,
    Flagged,
)
from server.store.deeds import Deed
from server.store.history import History
from tests.store.samples import ACME, running

OTHER = AccountId("other")


def customer(number: int = 1, *, account: AccountId = ACME) -> CustomerRow:
    """Somebody."""
    return CustomerRow(
        id=f"customer-{number}",
        account=account,
        channel=ChannelId("shop"),
        slot=number,
        platform=number.to_bytes(16, "big"),
        flags=0,
        created_at=1_000.0,
        seen_at=2_000.0,
        sealed=b"sealed",
    )


def event(number: int, *, of: int = 1) -> CustomerEventRow:
    """Something that happened."""
    return CustomerEventRow(
        customer=f"customer-{of}",
        number=number,
        at=1_000.0 + number,
        kind="consent",
        sealed=b"sealed",
    )


async def write(history: History, *deeds: Deed) -> None:
    """Have them written."""
    await history.write(lambda group: group.do(*deeds))


async def test_a_customer_is_found_by_what_is_known_of_them(
    tmp_path: Path,
) -> None:
    """By id, by blind index, by address; by the own account only."""
    async with running(tmp_path / "dayfly.db") as history:
        people = history.customers
        ada, bob = customer(1), customer(2)
        await write(
            history,
            *map(customers.keep, (ada, bob)),
            *customers.index(ada.id, [b"mail", b"mail", b"phone"]),
            *customers.index(bob.id, [b"mail"]),
        )

        assert await people.get(ACME, ada.id) == ada
        assert await people.get(OTHER, ada.id) is None
        assert await people.by_platform(ACME, bob.platform) == bob
        assert await people.by_platform(OTHER, bob.platform) is None
        assert await people.by_address(ACME, b"mail", 9) == [ada, bob]
        assert await people.by_address(ACME, b"mail", 1) == [ada]
        assert await people.by_address(ACME, b"phone", 9) == [ada]
        assert await people.by_address(OTHER, b"mail", 9) == []

        await write(history, *customers.index(ada.id, [b"new"]))

        assert await people.by_address(ACME, b"mail", 9) == [bob]
        assert await people.by_address(ACME, b"new", 9) == [ada]


async def test_what_changes_of_a_customer_is_kept(tmp_path: Path) -> None:
    """Each by itself, so that two changes do not undo each other."""
    async with running(tmp_path / "dayfly.db") as history:
        await write(history, customers.keep(customer()))
        await write(
            history,
            customers.flag("customer-1", 5),
            customers.seen("customer-1", 86_400.0),
            customers.reseal("customer-1", b"anew"),
        )

        assert await history.customers.get(ACME, "customer-1") == replace(
            customer(), flags=5, seen_at=86_400.0, sealed=b"anew"
        )
        assert await history.customers.flagged() == [
            Flagged(ACME, customer().platform, "customer-1", 5)
        ]


async def test_pages_go_on_where_the_last_one_ended(tmp_path: Path) -> None:
    """By channel and id, without the other account's."""
    async with running(tmp_path / "dayfly.db") as history:
        rows = [customer(number) for number in (1, 2, 3)]
        rows[2] = replace(rows[2], channel=ChannelId("app"))
        await write(
            history,
            *map(customers.keep, rows),
            customers.keep(customer(4, account=OTHER)),
        )

        first = await history.customers.page(ACME, FIRST, 2)
        place = (first[-1].channel, first[-1].id)
        second = await history.customers.page(ACME, place, 2)

        assert first == [rows[2], rows[0]]
        assert second == [rows[1]]
        assert await history.customers.counts() == {ACME: 3, OTHER: 1}
        keys = await history.customers.keys()
        assert {slot for slot, _, _ in keys} == {1, 2, 3, 4}


async def test_events_are_only_ever_added(tmp_path: Path) -> None:
    """In order; a number that was given is never given again."""
    async with running(tmp_path / "dayfly.db") as history:
        await write(history, customers.keep(customer()))
        for number in (1, 2):
            await write(history, customers.add_event(event(number)))
        with pytest.raises(Unavailable):
            await write(history, customers.add_event(event(2)))

        found = await history.customers.events("customer-1")

        assert found == [event(1), event(2)]


async def test_nothing_is_left_of_who_is_dropped(tmp_path: Path) -> None:
    """And nothing can be added to them; others stay."""
    async with running(tmp_path / "dayfly.db") as history:
        await write(
            history,
            customers.keep(customer(1)),
            customers.keep(customer(2)),
            customers.add_event(event(1)),
            *customers.index("customer-1", [b"mail"]),
        )
        await write(history, *customers.drop("customer-1"))
        await write(history, *customers.drop("customer-1"))
        with pytest.raises(Unavailable):
            await write(history, customers.add_event(event(2)))

        people = history.customers
        assert await people.get(ACME, "customer-1") is None
        assert await people.events("customer-1") == []
        assert await people.by_address(ACME, b"mail", 9) == []
        assert await people.get(ACME, "customer-2") == customer(2)
        assert await people.flagged() == []


def test_nobody_shows() -> None:
    """Neither who somebody is, nor by what they are found."""
    shown = repr(customer()) + repr(event(1))

    assert "sealed" not in shown
    assert "platform" not in shown
    assert repr(Flagged(ACME, b"index", "ada", 1)) == "<Flagged ada>"
