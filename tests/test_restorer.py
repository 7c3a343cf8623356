"""Restoring: what was erased, removed or has ended does not come back."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.data_folder import DataFolder
from server.errors import Corrupt, Misconfigured
from server.restorer import erased_since, put_back
from server.services.erased_list import ErasedList, listed, sealed_list
from server.services.restoring import Outcome
from server.store.snapshot import LEFT_OUT, snapshot
from server.vault.master_key import MasterKey
from server.vault.package_header import WrongKey
from server.vault.package_key import PackageKey
from server.vault.packages import opened_package
from tests.services.backups import (
    ACME,
    MET,
    NOW,
    SAID,
    erase,
    filled,
    opened,
    packed,
    platform,
    randomness,
    source_of,
)

LATER = NOW + 500.0


class Place:
    """A data folder of old, a backup of it, and where it is restored."""

    def __init__(self, folder: Path) -> None:
        self.old = folder / "old"
        self.new = folder / "new"
        self.file = folder / "backup"

    async def fill(self) -> None:
        """Make them."""
        await filled(self.old)
        self.file.write_bytes(packed(self.old))
        self.master = source_of(self.old).master

    def restore(self, erased: ErasedList | None = None) -> Outcome:
        """Restore the backup."""
        return put_back(
            self.file,
            self.new,
            self.master,
            erased=erased or ErasedList(),
            keeps_master=True,
            now=LATER,
            randomness=randomness,
        )

    def left(self) -> list[str]:
        """What lies where it should be restored."""
        return [one.name for one in self.new.rglob("*") if one.is_file()]


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    """Three customers, a conversation, and a backup of it all."""
    made = Place(tmp_path)
    await made.fill()
    return made


def rows(data: Path, table: str) -> list[tuple[object, ...]]:
    """What is in a table."""
    with closing(sqlite3.connect(DataFolder(data).database)) as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()


def slots_of_customers(data: Path) -> set[int]:
    """Where their keys lie."""
    with snapshot(DataFolder(data).database) as found:
        return {slot for slot, _, _ in found.customer_slots()}


async def test_what_accounts_are_made_of_comes_back(place: Place) -> None:
    """With keys that open it, at their old numbers."""
    outcome = place.restore()

    assert (outcome.customers, outcome.not_back) == (3, 0)
    for table in ("resource", "customer", "customer_event", "customer_address"):
        assert rows(place.new, table) == rows(place.old, table)
    async with opened(place.new) as folder:
        keys = await folder.history.resources.keys()
        slots = slots_of_customers(place.new)
        folder.keys.reconcile({one.slot for one in keys} | slots)
        for one in keys:
            folder.keys.key(one.slot, account=ACME, conversation="account")
        assert folder.keys.used == 4


def test_no_conversation_comes_back(place: Place) -> None:
    """Neither one that has ended nor one that lives: no row, and no key."""
    place.restore()

    assert all(rows(place.new, table) == [] for table in LEFT_OUT)
    kept = DataFolder(place.old).keys.read_bytes()
    back = DataFolder(place.new).keys.read_bytes()
    slot = rows(place.old, "conversation")[0][5]
    assert isinstance(slot, int)
    at = 4096 + slot * 128
    assert any(kept[at : at + 128])
    assert not any(back[at : at + 128])
    assert kept[4096 : 4096 + 128] == back[4096 : 4096 + 128]


async def test_who_was_erased_before_the_backup_stays_away(
    place: Place,
) -> None:
    """And the list of them is restored with it."""
    await erase(place.old, 1, at=NOW)
    place.file.write_bytes(packed(place.old))

    assert place.restore().customers == 2
    assert len(rows(place.new, "erased")) == 1


@pytest.mark.parametrize("form", ["folder", "list"])
async def test_who_was_erased_since_does_not_come_back(
    place: Place, form: str, tmp_path: Path
) -> None:
    """Known from the data folder of old, or from a list of it: no key."""
    slot = rows(place.old, "customer")[0][3]
    assert isinstance(slot, int)
    await erase(place.old, 0, at=LATER)
    since = erased_since(place.old, place.master, LATER)
    if form == "list":
        file = tmp_path / "list"
        file.write_bytes(
            b"".join(sealed_list(since, place.master, randomness=randomness))
        )
        since = erased_since(file, place.master, LATER)

    outcome = place.restore(since)

    assert (outcome.customers, outcome.not_back) == (2, 1)
    assert {one[0] for one in rows(place.new, "customer")} == {
        "customer-1",
        "customer-2",
    }
    assert len(rows(place.new, "customer_event")) == 2
    at = 4096 + slot * 128
    assert not any(DataFolder(place.new).keys.read_bytes()[at : at + 128])
    # The request is still there, without the person and the words.
    [request] = rows(place.new, "privacy_request")
    assert request[8] is None
    assert request[9] != rows(place.old, "privacy_request")[0][9]
    # And the list is, so that the next restore knows as well.
    assert len(rows(place.new, "erased")) == 1


async def test_somebody_who_came_again_after_being_erased_comes_back(
    place: Place,
) -> None:
    """The erasing was of who they were before."""
    since = ErasedList()
    since.add(ACME, platform(0), MET - 1)

    assert place.restore(since).customers == 3


def test_what_was_removed_since_does_not_come_back(place: Place) -> None:
    """A queue, say; and a channel takes its customers along."""
    with snapshot(source_of(place.old).database) as found:
        things = set(found.things())
    since = ErasedList(made_at=LATER, accounts={ACME: MET})
    since.things = things - {("queue", ACME, "desk")}

    place.restore(since)

    assert {one[0] for one in rows(place.new, "resource")} == {
        "account",
        "channel",
    }
    shutil.rmtree(place.new)
    since.things = things - {("channel", ACME, "shop")}
    assert place.restore(since).customers == 0


def test_an_account_that_was_removed_since_does_not_come_back(
    tmp_path: Path,
) -> None:
    """Of two, one; nothing of it."""
    place = Place(tmp_path)
    asyncio.run(filled(place.old, accounts=("acme", "beta")))
    place.file.write_bytes(packed(place.old))
    place.master = source_of(place.old).master
    with snapshot(source_of(place.old).database) as found:
        since = listed(found, now=LATER)
    del since.accounts["acme"]

    assert place.restore(since).customers == 0
    assert [one[0] for one in rows(place.new, "account_key")] == ["beta"]
    assert {one[1] for one in rows(place.new, "resource")} == {"beta"}
    assert rows(place.new, "privacy_request") == []


@pytest.mark.parametrize("accounts", [{}, {ACME: MET + 1.0}])
def test_the_list_of_another_server_is_refused(
    place: Place, accounts: dict[str, float]
) -> None:
    """One that was set up anew under the same name, say; or an empty one."""
    since = ErasedList(made_at=LATER, accounts=accounts)

    with pytest.raises(Misconfigured, match="not of the server"):
        place.restore(since)

    assert not place.new.exists()


def test_a_list_that_is_older_removes_nothing(place: Place) -> None:
    """What was made between the two is not in it."""
    since = ErasedList(made_at=NOW - 1.0)

    assert place.restore(since).customers == 3


def cut(content: bytes) -> bytes:
    """Without its end."""
    return content[:-1]


def altered(content: bytes) -> bytes:
    """With another bit."""
    return content[:500] + bytes([content[500] ^ 1]) + content[501:]


def nothing(_: bytes) -> bytes:
    """An empty file."""
    return b""


def another(_: bytes) -> bytes:
    """A file of another program."""
    return b"PK\x03\x04" * 100


@pytest.mark.parametrize("change", [cut, altered, nothing, another])
def test_what_is_no_whole_backup_is_refused(
    place: Place, change: Callable[[bytes], bytes]
) -> None:
    """And nothing is left where it should have been restored."""
    place.file.write_bytes(change(place.file.read_bytes()))

    with pytest.raises(Corrupt):
        place.restore()

    assert not place.new.exists()


def test_another_master_key_is_refused(place: Place) -> None:
    """It is named which one is needed; nothing is left."""
    place.master = MasterKey.generate(randomness)
    place.new.mkdir()

    with pytest.raises(WrongKey, match=r"needs another key, [0-9a-f]{8}"):
        place.restore()

    assert place.left() == []


def test_a_folder_with_data_is_refused(place: Place) -> None:
    """Also one with a server in it; its data stay as they are."""
    place.new = place.old
    before = rows(place.old, "customer")

    with pytest.raises(Misconfigured, match="empty folder"):
        place.restore()

    assert rows(place.old, "customer") == before


def test_a_folder_with_another_master_key_is_refused(place: Place) -> None:
    """The one it has would be the one a start takes."""
    place.new.mkdir()
    DataFolder(place.new).keep_master_key(MasterKey.generate(randomness))

    with pytest.raises(Misconfigured, match="another master key"):
        place.restore()


def test_half_of_a_restore_is_refused(place: Place) -> None:
    """By another restore, and by every start."""
    DataFolder(place.new).restoring.mkdir(parents=True)

    with pytest.raises(Misconfigured, match="not finished"):
        place.restore()
    with pytest.raises(Misconfigured, match="not finished"):
        DataFolder(place.new).make()


def test_what_is_no_file_is_named(place: Place, tmp_path: Path) -> None:
    """A backup that is not there, a list that is none."""
    place.file = tmp_path / "nowhere"
    with pytest.raises(Misconfigured, match="nowhere"):
        place.restore()
    with pytest.raises(Misconfigured, match="nowhere"):
        erased_since(place.file, place.master, LATER)


def test_nothing_that_was_said_is_in_a_backup(place: Place) -> None:
    """Opened, it does not hold the sealed words of the conversation."""
    key = PackageKey.of_backups(place.master)
    inside = b"".join(opened_package(key, [place.file.read_bytes()]))

    assert SAID not in inside
    assert b"conversation" not in inside
    assert inside.count(b'{"slot"') == 4
