"""The keys of accounts: what seals an account's secrets and finds its people.

One key an account, in a slot of the key file like a conversation's. When it
is overwritten, every secret, every customer's blind index and every index of
those who were erased is unreadable at once, wherever copies may lie.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.errors import NotFound
from server.ids import AccountId, Randomness
from server.services.house import Keys
from server.store import resources
from server.store.group import Group
from server.store.resources import AccountKeyRow
from server.vault.blind_index import BlindIndex
from server.vault.sealing import DataKey, bound_to, open_sealed, seal

#: As what the key of an account is made: no conversation is called so.
OWNER = "account"


class AccountKeys:
    """The keys of all accounts.

    Args:
        keys: The key file.
        randomness: For nonces.
    """

    def __init__(self, keys: Keys, randomness: Randomness) -> None:
        self._keys = keys
        self._randomness = randomness
        self._slots: dict[AccountId, int] = {}
        self._indexes: dict[AccountId, BlindIndex] = {}

    def __len__(self) -> int:
        """How many accounts have one."""
        return len(self._slots)

    def __contains__(self, account: AccountId) -> bool:
        return account in self._slots

    def load(self, rows: Iterable[AccountKeyRow]) -> None:
        """Know where keys lie; for the start."""
        self._slots = {row.account: row.slot for row in rows}

    def make(self, account: AccountId, group: Group) -> None:
        """Give ``account`` a key, if it has none; kept with ``group``.

        Raises:
            Unavailable: The key file has as many keys as it may.
        """
        if account in self._slots:
            return
        slot = self._keys.new_key(account, OWNER).slot
        self._slots[account] = slot
        group.do(resources.key_kept(AccountKeyRow(account=account, slot=slot)))

        def undo() -> None:
            self.forget(account)
            self._keys.abandon([slot])

        group.undo(undo)

    def slot(self, account: AccountId) -> int:
        """Where the key of ``account`` lies.

        Raises:
            NotFound: There is no such account.
        """
        try:
            return self._slots[account]
        except KeyError:
            raise NotFound from None

    def key(self, account: AccountId) -> DataKey:
        """The key of ``account``.

        Raises:
            NotFound: There is no such account.
            Corrupt: Its key was destroyed, or altered.
            Unavailable: The disk did not give it.
        """
        return self._keys.key(
            self.slot(account), account=account, conversation=OWNER
        )

    def index(self, account: AccountId) -> BlindIndex:
        """What finds the people of ``account``; not to be kept.

        Raises:
            NotFound: There is no such account.
            Corrupt: As ``key``.
            Unavailable: As ``key``.
        """
        found = self._indexes.get(account)
        if found is None:
            found = BlindIndex.open(
                self._keys, self.slot(account), account=account, owner=OWNER
            )
            self._indexes[account] = found
        return found

    def forget(self, account: AccountId) -> None:
        """Its key is destroyed, or was never kept; safe to repeat."""
        self._slots.pop(account, None)
        self._indexes.pop(account, None)

    def seal(
        self,
        account: AccountId,
        plain: bytes,
        *,
        table: str,
        column: str,
        row: str,
    ) -> bytes:
        """``plain`` for that field of that row.

        Raises:
            ServerError: As ``key``.
        """
        return seal(
            self.key(account),
            plain,
            bound_to=bound_to(
                account, OWNER, table=table, column=column, row=row
            ),
            randomness=self._randomness,
        )

    def open(
        self,
        account: AccountId,
        envelope: bytes,
        *,
        table: str,
        column: str,
        row: str,
    ) -> bytes:
        """Undo ``seal``.

        Raises:
            Corrupt: It was altered, or is another row's.
            ServerError: As ``key``.
        """
        return open_sealed(
            self.key(account),
            envelope,
            bound_to=bound_to(
                account, OWNER, table=table, column=column, row=row
            ),
        )
