"""With whom something may not be done: looked up without waiting.

Loaded before the port opens, and changed with every change on the disk; so
what is restricted is known at the moment somebody is recognised, whatever the
disk does. By blind index, for whoever is found by a key, and by id, for what
is stored of them.

An entry is some 400 bytes. There are as many as there are customers with a
restriction, a thousandth of all; were it everybody, the bound on customers is
the bound on this.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.domain.restriction import (
    Restriction,
    Use,
    allows,
    restrictions_of,
)
from server.ids import AccountId

NOTHING: frozenset[Restriction] = frozenset()


class Flagged:
    """What may not be done, by person."""

    def __init__(self) -> None:
        self._by_index: dict[tuple[AccountId, bytes], int] = {}
        self._by_id: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def load(self, rows: Iterable[tuple[AccountId, bytes, str, int]]) -> None:
        """Take what is stored: account, blind index, id and flags."""
        for account, platform, id_, flags in rows:
            self.set(account, platform, id_, flags=flags)

    def set(
        self, account: AccountId, platform: bytes, id_: str, *, flags: int
    ) -> None:
        """Have ``flags`` hold for that person from now on; 0: nothing."""
        if flags:
            self._by_index[account, platform] = flags
            self._by_id[id_] = flags
        else:
            self._by_index.pop((account, platform), None)
            self._by_id.pop(id_, None)

    def of(self, account: AccountId, platform: bytes) -> frozenset[Restriction]:
        """What may not be done with whoever has that blind index."""
        flags = self._by_index.get((account, platform), 0)
        return restrictions_of(flags) if flags else NOTHING

    def allows(self, id_: str | None, use: Use) -> bool:
        """Whether ``use`` is allowed with that customer; None: nobody known."""
        if id_ is None:
            return True
        return allows(restrictions_of(self._by_id.get(id_, 0)), use)
