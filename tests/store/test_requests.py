"""Requests are read in the order in which they press."""

from __future__ import annotations

from pathlib import Path

from server.ids import AccountId
from server.store.group import Group
from server.store.requests import (
    FIRST,
    REQUESTS,
    RequestRow,
    expire,
    loosen,
)
from tests.store.samples import ACME, running


def row(
    name: str,
    due: float,
    *,
    closed: float | None = None,
    account: AccountId = ACME,
) -> RequestRow:
    """A request of somebody."""
    return RequestRow(
        name, account, "access", "gdpr", "open", 1.0, due, closed, "anna", b"x"
    )


async def test_open_ones_come_first_and_pages_join(tmp_path: Path) -> None:
    """By due date, page after page, and of the one account only."""
    rows = [
        row("late", 5.0),
        row("early", 3.0),
        row("closed", 1.0, closed=9.0),
        row("theirs", 2.0, account=AccountId("zenith")),
    ]
    async with running(tmp_path / "history.db") as history:
        await history.write(lambda group: group.do(*map(REQUESTS.keep, rows)))

        first = await history.requests.page(ACME, FIRST, 2)
        rest = await history.requests.page(ACME, (False, 5.0, "late"), 2)

        assert [one.id for one in first + rest] == ["early", "late", "closed"]
        assert await history.requests.get(ACME, "early") == rows[1]
        assert await history.requests.get(ACME, "theirs") is None


async def test_a_person_is_taken_out_of_them(tmp_path: Path) -> None:
    """What is left says that there was a request, and nothing of whom."""
    async with running(tmp_path / "history.db") as history:
        await history.write(
            lambda group: group.do(REQUESTS.keep(row("a", 3.0)))
        )
        found = await history.requests.of_customer(ACME, "anna", 9)

        def erase(group: Group) -> None:
            ids = [one.id for one in found]
            group.do(*loosen("anna", lambda id_: id_.encode(), ids))

        await history.write(erase)

        left = await history.requests.get(ACME, "a")
        assert left is not None
        assert (left.customer, left.sealed) == (None, b"a")
        assert await history.requests.of_customer(ACME, "anna", 9) == []


async def test_closed_ones_expire(tmp_path: Path) -> None:
    """An open one never does."""
    async with running(tmp_path / "history.db") as history:
        await history.write(
            lambda group: group.do(
                REQUESTS.keep(row("open", 1.0)),
                REQUESTS.keep(row("old", 1.0, closed=5.0)),
                REQUESTS.keep(row("new", 1.0, closed=6.0)),
            )
        )

        await history.write(lambda group: group.do(expire(6.0)))

        page = await history.requests.page(ACME, FIRST, 9)
        assert [one.id for one in page] == ["open", "new"]
