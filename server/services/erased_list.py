"""Who and what must not come back with a backup that is restored.

A backup is older than what happened since: somebody was erased, an agent was
removed, a key revoked. The list says so, in blind indexes and names: of the
people in it nobody can be found without the account's key. It is a package of
the same kind as backups, and under the same key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from server.errors import Corrupt
from server.ids import Randomness
from server.services.backup_lines import (
    FORMAT,
    bytes_of,
    line,
    read,
    text_of,
)
from server.store.snapshot import Snapshot
from server.vault.master_key import MasterKey
from server.vault.package_key import PackageKey
from server.vault.packages import opened_package, sealed_package

#: Kind, account and id of something that an account is made of.
Thing = tuple[str, str, str]


@dataclass(slots=True)
class ErasedList:
    """What was erased and removed until a certain moment.

    Attributes:
        made_at: Unix seconds; 0: nothing is known.
        erased: When, by account and blind index.
        things: What there still was at that moment.
        accounts: Which accounts there were, and when each was made: so that
            a list of another server is not taken for this one's.
    """

    made_at: float = 0.0
    erased: dict[tuple[str, bytes], float] = field(
        default_factory=dict, repr=False
    )
    things: set[Thing] = field(default_factory=set)
    accounts: dict[str, float] = field(default_factory=dict)

    def add(self, account: str, platform: bytes, erased_at: float) -> None:
        """Know that somebody was erased then, or later."""
        who = (account, platform)
        self.erased[who] = max(erased_at, self.erased.get(who, 0.0))

    def has_erased(
        self, account: str, platform: bytes, created_at: float
    ) -> bool:
        """Whether whoever was first met at ``created_at`` was erased since."""
        return self.erased.get((account, platform), 0.0) >= created_at

    def has_removed(self, thing: Thing, *, seen_at: float) -> bool:
        """Whether what was there at ``seen_at`` was removed since."""
        return self.made_at >= seen_at and thing not in self.things

    def has_removed_account(self, account: str, *, seen_at: float) -> bool:
        """The same of a whole account."""
        return self.made_at >= seen_at and account not in self.accounts

    def is_of_another(
        self, account: str, created_at: float, *, seen_at: float
    ) -> bool:
        """Whether it is about another account that only is called so."""
        return (
            self.made_at >= seen_at
            and self.accounts.get(account, created_at) != created_at
        )


def listed(found: Snapshot, *, now: float) -> ErasedList:
    """The list of a database as it is now; blocks."""
    made = ErasedList(made_at=now)
    for account, platform, erased_at in found.rows("erased"):
        made.add(account, platform, erased_at)
    made.things = set(found.things())
    made.accounts = dict(found.accounts())
    return made


def sealed_list(
    made: ErasedList, master: MasterKey, *, randomness: Randomness
) -> Iterator[bytes]:
    """``made`` as a package."""
    return sealed_package(
        PackageKey.of_backups(master), _lines(made), randomness=randomness
    )


def opened_list(package: Iterable[bytes], master: MasterKey) -> ErasedList:
    """Undo ``sealed_list``.

    Raises:
        WrongKey: It needs another master key.
        Corrupt: It is no such list, or not as it was made.
    """
    values = read(opened_package(PackageKey.of_backups(master), package))
    found = ErasedList()
    try:
        head = next(values)
        if (head["dayfly"], head["format"]) != ("erased", FORMAT):
            raise Corrupt("this is no list of who was erased")
        found.made_at = float(head["made_at"])
        for one in values:
            match one:
                case {"erased": [account, index, at]}:
                    found.add(account, bytes_of(index), float(at))
                case {"thing": [kind, account, id_]}:
                    found.things.add((kind, account, id_))
                case {"account": account, "created_at": float(at)}:
                    found.accounts[account] = at
                case _:
                    raise Corrupt("this is no list of who was erased")
    except (StopIteration, KeyError, TypeError, ValueError):
        raise Corrupt("this is no list of who was erased") from None
    return found


def _lines(made: ErasedList) -> Iterator[bytes]:
    head = {"dayfly": "erased", "format": FORMAT, "made_at": made.made_at}
    count = 1
    yield line(head)
    for (account, index), at in made.erased.items():
        count += 1
        yield line({"erased": [account, text_of(index), at]})
    for thing in sorted(made.things):
        count += 1
        yield line({"thing": thing})
    for account, at in sorted(made.accounts.items()):
        count += 1
        yield line({"account": account, "created_at": at})
    yield line({"end": count})
