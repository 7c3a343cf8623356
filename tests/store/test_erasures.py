"""Erasures are followed while they go on, and leave a receipt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from server.domain.conversation import Phase
from server.ids import AccountId, ChannelId
from server.store.customers import CustomerRow, index, keep
from server.store.erasures import (
    ERASED,
    ERASURES,
    FIRST,
    ErasedRow,
    ErasureRow,
    OwnRow,
    expire,
    hidden,
    moved,
)
from server.store.group import Group
from tests.store.samples import ACME, conversation, conversation_id, running


def row(
    name: str, asked: float = 1.0, *, account: AccountId = ACME
) -> ErasureRow:
    """An erasure that has just been asked for."""
    return ErasureRow(name, account, "asked", asked, None, b"sealed", None)


async def test_those_that_are_not_done_are_found_again(tmp_path: Path) -> None:
    """Of all accounts, the oldest first; what is done has no subject."""
    done = replace(row("done"), subject=None, receipt="{}", done_at=2.0)
    rows = [row("b", 5.0), row("a", 3.0, account=AccountId("zenith")), done]
    async with running(tmp_path / "history.db") as history:
        await history.write(lambda group: group.do(*map(ERASURES.keep, rows)))

        assert await history.erasures.open() == [rows[1], rows[0]]
        assert await history.erasures.get(ACME, "done") == done
        assert await history.erasures.get(ACME, "a") is None


async def test_it_moves_on_only_while_it_is_there(tmp_path: Path) -> None:
    """With its account it goes, and is not brought back by being done."""
    before, gone = row("here"), row("gone")

    def done(one: ErasureRow) -> ErasureRow:
        return replace(
            one, state="done", subject=None, done_at=9.0, receipt="{}"
        )

    async with running(tmp_path / "history.db") as history:
        await history.write(lambda group: group.do(ERASURES.keep(before)))
        deeds = [moved(done(one)) for one in (before, gone)]
        await history.write(lambda group: group.do(*deeds))

        after = await history.erasures.page(ACME, FIRST, 9)

    assert after == [done(before)]


async def test_pages_begin_with_the_newest(tmp_path: Path) -> None:
    """Page after page, and of the one account only."""
    rows = [row("a", 1.0), row("c", 2.0), row("b", 2.0)]
    rows.append(row("theirs", 9.0, account=AccountId("zenith")))
    async with running(tmp_path / "history.db") as history:
        await history.write(lambda group: group.do(*map(ERASURES.keep, rows)))

        first = await history.erasures.page(ACME, FIRST, 2)
        rest = await history.erasures.page(ACME, (2.0, "b"), 2)

        assert [one.id for one in first + rest] == ["c", "b", "a"]


async def test_who_was_erased_is_known_for_a_while(tmp_path: Path) -> None:
    """A second erasing moves the moment; what is too old is forgotten."""
    early, late = (ErasedRow(ACME, b"1", at) for at in (1.0, 5.0))
    other = ErasedRow(ACME, b"2", 2.0)
    async with running(tmp_path / "history.db") as history:
        deeds = [ERASED.keep(one) for one in (early, late, other)]
        await history.write(lambda group: group.do(*deeds))
        assert await history.erasures.erased(ACME) == [other, late]
        assert await history.erasures.erased(AccountId("zenith")) == []
        assert await history.erasures.erased_at(ACME, b"1") == 5.0
        assert await history.erasures.erased_at(ACME, b"3") is None

        await history.write(lambda group: group.do(expire(5.0)))

        assert await history.erasures.erased(ACME) == [late]


async def test_the_conversations_of_a_person_are_found(tmp_path: Path) -> None:
    """Live and kept ones, page by page, and nobody else's."""

    def keep(group: Group) -> None:
        for number in (1, 2, 3):
            group.keep(replace(conversation(number), customer="anna"))
        group.keep(replace(conversation(4), customer="berta"))
        group.keep(conversation(5))
        closed = conversation(6, phase=Phase.CLOSED)
        group.keep(replace(closed, customer="anna", held=True))
        theirs = conversation(7, account=AccountId("zenith"))
        group.keep(replace(theirs, customer="anna"))

    async with running(tmp_path / "history.db") as history:
        await history.write(keep)

        async def page(after: str) -> list[OwnRow]:
            return await history.erasures.conversations(
                ACME, "anna", after=after, limit=3
            )

        first = await page("")
        assert [one.id for one in first] == [*map(conversation_id, (1, 2, 3))]
        assert await page(first[-1].id) == [
            OwnRow(conversation_id(6), "closed", held=True)
        ]


async def test_a_person_who_is_hidden_is_found_by_nothing(
    tmp_path: Path,
) -> None:
    """Before their row goes: whoever has their key then is somebody new."""
    row = CustomerRow(
        "anna", ACME, ChannelId("shop"), 3, b"index", 0, 1.0, 1.0, b"sealed"
    )
    async with running(tmp_path / "history.db") as history:
        await history.write(
            lambda group: group.do(keep(row), *index("anna", [b"mail"]))
        )
        await history.write(lambda group: group.do(*hidden("anna", b"noise")))

        people = history.customers
        assert await people.by_platform(ACME, b"index") is None
        assert await people.by_address(ACME, b"mail", 9) == []
        assert await people.get(ACME, "anna") == replace(row, platform=b"noise")
