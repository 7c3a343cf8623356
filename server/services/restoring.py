"""Restoring: a database and the copies of its keys, out of a backup.

Whoever was erased since, or is on the list of who was, is not put there at
all: neither a row nor a key. What is made here may be used only once all of
it has come and been proved; see ``server.restorer``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from server.domain.audit import ActorKind, AuditEvent, Happening, follow
from server.domain.privacy_request import Words
from server.domain.resource import ResourceKind
from server.errors import Corrupt, Misconfigured
from server.ids import Randomness
from server.services import account_keys
from server.services.backup_lines import FORMAT, bytes_of, read, row_of
from server.services.customer_rows import owner_of
from server.services.erased_list import ErasedList, Thing
from server.store import sealed_request
from server.store.connection import VERSION
from server.store.restored import Restored, restored
from server.vault.anchors import Anchors
from server.vault.master_key import MasterKey
from server.vault.package_key import PackageKey
from server.vault.packages import opened_package
from server.vault.sealing import DataKey, bound_to, seal
from server.vault.slot_copies import opened_copy
from server.vault.wrapping import KeyWrapper

Row = dict[str, Any]

_OF_ANOTHER = (
    "the list of who was erased, or the folder of old, is not of the server of"
    " which this is a backup: none of its accounts is there"
)

_ERASED = ("account", "platform", "erased_at")


@dataclass(slots=True)
class Outcome:
    """What became of a backup.

    Attributes:
        made_at: When it was made, unix seconds.
        customers: How many are there.
        not_back: How many were not put back: erased since, or removed with
            their channel or account.
        rows: How many there are in all.
        copies: Of slots, by their numbers: for the key file.
    """

    made_at: float = 0.0
    customers: int = 0
    not_back: int = 0
    rows: int = 0
    copies: dict[int, bytes] = field(default_factory=dict, repr=False)


def restore(  # noqa: PLR0913 - called in one place
    package: Iterable[bytes],
    database: Path,
    master: MasterKey,
    *,
    erased: ErasedList,
    now: float,
    randomness: Randomness,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Make ``database`` of ``package``; blocks.

    Args:
        package: Its bytes, as they come.
        database: A path where nothing is.
        master: The master key under which it was made.
        erased: What is known besides of who was erased since.
        now: Unix seconds.
        randomness: For nonces.
        progress: Told how many rows there are by now.

    Raises:
        WrongKey: It needs another master key.
        Corrupt: It is no backup, or not as it was made.
        Misconfigured: A newer version made it.
        Unavailable: The disk is full or failing.
    """
    values = read(opened_package(PackageKey.of_backups(master), package))
    outcome = Outcome(made_at=_begun(values))
    with restored(database) as made:
        taking = _Taking(made, master, erased, outcome, randomness)
        for value in values:
            taking.take(value)
            if not outcome.rows % 500:
                progress(outcome.rows)
        taking.finish()
        _note(made, Anchors(master), now)
    outcome.copies = taking.copies
    progress(outcome.rows)
    return outcome


def _begun(values: Iterator[Any]) -> float:
    head = next(values, None)
    match head:
        case {
            "dayfly": "backup",
            "format": int(format_),
            "schema": int(schema),
            "made_at": int() | float() as made_at,
        }:
            if format_ > FORMAT or schema > VERSION:
                raise Misconfigured(
                    "the backup was made by a newer Dayfly: restore it with"
                    " that one"
                )
            return float(made_at)
        case _:
            raise Corrupt("the package is no backup")


class _Taking:
    """Takes one line after the other."""

    def __init__(
        self,
        made: Restored,
        master: MasterKey,
        erased: ErasedList,
        outcome: Outcome,
        randomness: Randomness,
    ) -> None:
        self.copies: dict[int, bytes] = {}
        self._found: dict[int, bytes] = {}
        self._made = made
        self._wrapper = KeyWrapper(master)
        self._erased = erased
        self._outcome = outcome
        self._randomness = randomness
        self._keys: dict[str, DataKey] = {}
        self._has_accounts = False
        self._customers: set[str] = set()
        self._gone: set[str] = set()
        self._removed: set[Thing] = set()
        self._names: tuple[str, ...] = ()
        self._statement = ""
        self._change: Callable[[Row], Row | None] = _as_it_is
        self._changes = {
            "erased": self._who_was_erased,
            "account_key": self._account_key,
            "resource": self._thing,
            "customer": self._customer,
            "customer_address": self._of_customer,
            "customer_event": self._of_customer,
            "privacy_request": self._request,
            "erasure": self._of_account,
        }

    def take(self, value: Any) -> None:
        """The next line.

        Raises:
            Corrupt: It cannot stand there.
        """
        match value:
            case {"slot": int(slot), "record": str(record)}:
                self._found[slot] = bytes_of(record)
            case {"table": str(table), "columns": list(names)}:
                self._names = tuple(map(str, names))
                self._statement = self._made.insertion(table, self._names)
                self._change = self._changes.get(table, _as_it_is)
            case list(row) if self._statement:
                self._row(row_of(row))
            case _:
                raise Corrupt("what is in the package is not known here")

    def finish(self) -> None:
        """Keep the list of who was erased, also for the next restore.

        Raises:
            Misconfigured: By the list, nothing of the backup is left.
        """
        if self._has_accounts and not self._keys:
            raise Misconfigured(_OF_ANOTHER)
        statement = self._made.insertion("erased", _ERASED)
        for (account, platform), at in self._erased.erased.items():
            if account in self._keys:
                self._made.insert(statement, (account, platform, at))

    def _row(self, row: Sequence[Any]) -> None:
        if len(row) != len(self._names):
            raise Corrupt("a row of the backup does not fit")
        changed = self._change(dict(zip(self._names, row, strict=True)))
        if changed is not None:
            self._made.insert(self._statement, tuple(changed.values()))
            self._outcome.rows += 1

    def _who_was_erased(self, row: Row) -> None:
        self._erased.add(row["account"], row["platform"], row["erased_at"])

    def _account_key(self, row: Row) -> Row | None:
        account = row["account"]
        self._has_accounts = True
        if self._erased.has_removed_account(
            account, seen_at=self._outcome.made_at
        ):
            return None
        self._keys[account] = self._key(
            row["slot"], (account, account_keys.OWNER)
        )
        return row

    def _of_account(self, row: Row) -> Row | None:
        return row if row["account"] in self._keys else None

    def _thing(self, row: Row) -> Row | None:
        thing = (row["kind"], row["account"], row["id"])
        if row["kind"] == ResourceKind.ACCOUNT and self._erased.is_of_another(
            row["account"], row["created_at"], seen_at=self._outcome.made_at
        ):
            raise Misconfigured(_OF_ANOTHER)
        if self._erased.has_removed(thing, seen_at=self._outcome.made_at):
            self._removed.add(thing)
            return None
        return self._of_account(row)

    def _customer(self, row: Row) -> Row | None:
        account = row["account"]
        channel = ("channel", account, row["channel"])
        if (
            account not in self._keys
            or channel in self._removed
            or self._erased.has_erased(
                account, row["platform"], row["created_at"]
            )
        ):
            self._gone.add(row["id"])
            self._outcome.not_back += 1
            return None
        self._key(row["slot"], (account, owner_of(row["id"])))
        self._customers.add(row["id"])
        self._outcome.customers += 1
        return row

    def _of_customer(self, row: Row) -> Row | None:
        return row if row["customer"] in self._customers else None

    def _request(self, row: Row) -> Row | None:
        """As erasing leaves it: without the person, and the words."""
        key = self._keys.get(row["account"])
        if key is None or row["customer"] not in self._gone:
            return self._of_account(row)
        place = bound_to(
            row["account"],
            account_keys.OWNER,
            table="privacy_request",
            column="sealed",
            row=row["id"],
        )
        blank = sealed_request.pack(Words(subject=""))
        sealed = seal(key, blank, bound_to=place, randomness=self._randomness)
        return row | {"customer": None, "sealed": sealed}

    def _key(self, slot: int, owner: tuple[str, str]) -> DataKey:
        record = self._found.get(slot, b"")
        key = opened_copy(record, self._wrapper, slot=slot, owner=owner)
        self.copies[slot] = record
        return key


def _as_it_is(row: Row) -> Row:
    return row


def _note(made: Restored, seals: Anchors, now: float) -> None:
    """Have the audit log say that it was put back; never a broken one."""
    found = made.audit_end()
    if found is None or not seals.is_sound(*found):
        return
    anchor, _ = found
    row = follow(
        Happening(event=AuditEvent.RESTORED, actor_kind=ActorKind.OPERATOR),
        number=anchor.last + 1,
        at_ms=int(now * 1000),
        times=1,
        previous=anchor.last_chain,
    )
    anchor = replace(anchor, last=row.number, last_chain=row.chain)
    made.note(row, anchor, seals.seal(anchor))
