"""Backing up: what accounts are made of, in a package under the master key.

In it are the records that are kept for as long as the account keeps them, and
the keys of accounts and customers, wrapped as they lie in the key file. Of a
conversation there is nothing, neither a row nor a key nor a file: so none can
come back, neither one that has ended nor one that lives. docs/backup.md.

Works on files alone, so it makes the same package in a server and without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.errors import Corrupt
from server.ids import Randomness
from server.services import account_keys
from server.services.backup_lines import FORMAT, line, row_line, text_of
from server.services.customer_rows import owner_of
from server.store.connection import VERSION
from server.store.snapshot import KEPT, Snapshot, snapshot
from server.vault.master_key import MasterKey
from server.vault.package_key import PackageKey
from server.vault.packages import sealed_package
from server.vault.slot_copies import SlotCopies

#: Lines put together before they are sealed: a call for each would cost more
#: than the sealing.
_TOGETHER = 256

#: Which columns of a table say whose a row is.
_CUSTOMER_IN = {
    "customer": "id",
    "customer_address": "customer",
    "customer_event": "customer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is to be backed up.

    Attributes:
        database: The file.
        keys: The key file.
        master: The master key.
        previous: The one before it, while it is being changed.
    """

    database: Path
    keys: Path
    master: MasterKey = field(repr=False)
    previous: MasterKey | None = field(default=None, repr=False)


@dataclass(slots=True)
class Report:
    """What became of a backup.

    Attributes:
        customers: Whose key is in it.
        left_out: Accounts and customers whose key does not open, and who are
            therefore not in it; being erased, or damaged.
        rows: In it.
        bytes: Of the package.
    """

    customers: int = 0
    left_out: int = 0
    rows: int = 0
    bytes: int = 0


def backup(
    source: Source,
    *,
    now: float,
    randomness: Randomness,
    report: Report | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[bytes]:
    """The package, piece by piece; blocks.

    Take the pieces quickly, and put them where nobody slow is waited for:
    until the last one, what ends stays in the database's log.

    Args:
        source: What.
        now: Unix seconds.
        randomness: For the salt.
        report: Filled in.
        progress: Told how many rows there are by now.

    Raises:
        Misconfigured: There is nothing there, or it cannot be read.
        Corrupt: The database is damaged.
        Unavailable: The disk did not give it.
    """
    report = report if report is not None else Report()
    with snapshot(source.database) as found:
        copied = _Copied(found, source, randomness, report)
        lines = _lines(found, copied, now=now, report=report)
        for sealed in sealed_package(
            PackageKey.of_backups(source.master),
            _together(lines, report, progress),
            randomness=randomness,
        ):
            report.bytes += len(sealed)
            yield sealed


class _Copied:
    """The copies of the slots, and whose they are."""

    def __init__(
        self,
        found: Snapshot,
        source: Source,
        randomness: Randomness,
        report: Report,
    ) -> None:
        self.accounts: set[str] = set()
        self.customers: set[str] = set()
        self._found = found
        self._source = source
        self._randomness = randomness
        self._report = report

    def lines(self) -> Iterator[bytes]:
        """A line each, the accounts' first."""
        source = self._source
        with SlotCopies(
            source.keys,
            source.master,
            previous=source.previous,
            randomness=self._randomness,
        ) as copies:
            for slot, account in self._found.account_slots():
                owner = account_keys.OWNER
                if record := self._copy(copies, slot, (account, owner)):
                    self.accounts.add(account)
                    yield _slot_line(slot, record)
            for slot, account, customer in self._found.customer_slots():
                owner = owner_of(customer)
                if record := self._copy(copies, slot, (account, owner)):
                    self.customers.add(customer)
                    yield _slot_line(slot, record)
        self._report.customers = len(self.customers)

    def _copy(
        self, copies: SlotCopies, slot: int, owner: tuple[str, str]
    ) -> bytes | None:
        record = None
        # Told as left out: the others are worth a backup all the same.
        with suppress(Corrupt):
            record = copies.copy(slot, *owner)
        self._report.left_out += record is None
        return record

    def has(self, table: str, columns: Sequence[str]) -> Callable[[Any], bool]:
        """What tells whether a row of ``table`` can be of use to anybody."""
        if table in _CUSTOMER_IN:
            at, kept = columns.index(_CUSTOMER_IN[table]), self.customers
        elif "account" in columns:
            at, kept = columns.index("account"), self.accounts
        else:
            return lambda _: True
        return lambda row: row[at] in kept


def _lines(
    found: Snapshot, copied: _Copied, *, now: float, report: Report
) -> Iterator[bytes]:
    yield line(
        {
            "dayfly": "backup",
            "format": FORMAT,
            "schema": VERSION,
            "made_at": now,
        }
    )
    yield from copied.lines()
    for table in KEPT:
        columns = found.columns(table)
        yield line({"table": table, "columns": columns})
        is_of_use = copied.has(table, columns)
        for row in filter(is_of_use, found.rows(table)):
            report.rows += 1
            yield row_line(row)


def _slot_line(slot: int, record: bytes) -> bytes:
    return line({"slot": slot, "record": text_of(record)})


def _together(
    lines: Iterator[bytes], report: Report, progress: Callable[[int], None]
) -> Iterator[bytes]:
    count = 0
    waiting: list[bytes] = []
    for one in lines:
        count += 1
        waiting.append(one)
        if len(waiting) == _TOGETHER:
            yield b"".join(waiting)
            waiting.clear()
            progress(report.rows)
    yield b"".join([*waiting, line({"end": count})])
    progress(report.rows)
