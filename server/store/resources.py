"""What accounts are made of, as rows: written as deeds, read at the start.

Between two starts nobody reads them: ``services.directory`` has all of them
in memory. What is asked later is about what hangs on one that is to go.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from server.ids import AccountId, AgentId, ChannelId, ConversationId
from server.store.deeds import Deed, Table

Rows = Callable[..., Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """One thing that an account is made of.

    Attributes:
        kind: A ``domain.resource.ResourceKind``.
        account: Whose.
        id: Within account and kind.
        revision: 1, 2, 3, ...
        declared: Whether the settings file rules it.
        body: JSON, without what is sealed.
        sealed: JSON of its secrets, under the account's key; None if it has
            none.
        created_at: Unix seconds.
        changed_at: Unix seconds.
    """

    kind: str
    account: AccountId
    id: str
    revision: int
    declared: bool
    body: str
    sealed: bytes | None = field(repr=False)
    created_at: float
    changed_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKeyRow:
    """Where an account's key lies.

    Attributes:
        account: Whose.
        slot: Of the key file.
    """

    account: AccountId
    slot: int


_RESOURCES = Table("resource", ResourceRow, "kind", "account", "id")
_ACCOUNT_KEYS = Table("account_key", AccountKeyRow, "account")

_ALL = f"SELECT {_RESOURCES.columns} FROM resource"  # noqa: S608 - own names
_KEYS = f"SELECT {_ACCOUNT_KEYS.columns} FROM account_key"  # noqa: S608

# Of a channel, or of all of them.
_CONVERSATIONS = """
    SELECT id FROM conversation
    WHERE account = ?1 AND channel = coalesce(?2, channel) AND id > ?3
    ORDER BY id LIMIT ?4
"""
_HAS_HELD = """
    SELECT EXISTS (
        SELECT 1 FROM conversation
        WHERE account = ?1 AND channel = coalesce(?2, channel) AND held
    )
"""
_HAS_DATA = """
    SELECT EXISTS (
        SELECT 1 FROM conversation WHERE account = ?1 AND channel = ?2
    ) OR EXISTS (
        SELECT 1 FROM customer WHERE account = ?1 AND channel = ?2
    )
"""

# What an account leaves behind once its customers are gone; the mark of its
# removal goes last of all, with its key.
_LEFT = (
    ("ending_notice", "conversation, application", ""),
    ("privacy_request", "id", ""),
    ("erasure", "id", ""),
    ("erased", "account, platform", ""),
    ("resource", "kind, account, id", " AND kind <> 'removal'"),
)
# Nothing but names of this program's own is put into the texts.
_CUT = tuple(
    f"DELETE FROM {table} WHERE ({key}) IN"  # noqa: S608
    f" (SELECT {key} FROM {table} WHERE account = ?1{but} LIMIT ?2)"
    for table, key, but in _LEFT
)
_ARE_LEFT = (
    f"EXISTS (SELECT 1 FROM {table} WHERE account = ?1{but})"  # noqa: S608
    for table, _, but in _LEFT
)
_IS_LEFT = f"SELECT {' OR '.join(_ARE_LEFT)}"


def kept(row: ResourceRow) -> Deed:
    """Write ``row``, in place of the one of its kind, account and id."""
    return _RESOURCES.keep(row)


def dropped(kind: str, account: AccountId, id_: str) -> Deed:
    """Delete that row; none is no error."""
    return _RESOURCES.drop(kind, account, id_)


def key_kept(row: AccountKeyRow) -> Deed:
    """Write where the account's key lies."""
    return _ACCOUNT_KEYS.keep(row)


def key_dropped(account: AccountId) -> Deed:
    """Delete where it lay; only when its slot is zeroed."""
    return _ACCOUNT_KEYS.drop(account)


def signed_out(agent: AgentId) -> Deed:
    """Make every token of ``agent`` worthless."""
    return Deed("DELETE FROM sign_in WHERE agent = ?", (agent,))


def cut(account: AccountId, most: int) -> list[Deed]:
    """Delete at most ``most`` rows a table of what ``account`` has left.

    Its customers have to be gone before: they have keys of their own. The
    mark of its removal stays.
    """
    return [Deed(statement, (account, most)) for statement in _CUT]


class Resources:
    """Reads them; as ``Reading``, it sees what is committed.

    Every method raises ``Unavailable`` if the disk does not answer.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def all(self) -> list[ResourceRow]:
        """Every row of every account; for the start only."""
        return [_row(values) for values in await self._rows(_ALL)]

    async def keys(self) -> list[AccountKeyRow]:
        """Where the key of each account lies."""
        return [
            AccountKeyRow(account=account, slot=slot)
            for account, slot in await self._rows(_KEYS)
        ]

    async def conversations(
        self,
        account: AccountId,
        channel: ChannelId | None,
        *,
        after: str,
        limit: int,
    ) -> list[ConversationId]:
        """Ids of conversations there, in order; also of those being erased.

        Args:
            account: Whose.
            channel: Of which channel; None: of all.
            after: The last id of the page before; empty for the first.
            limit: How many.
        """
        rows = await self._rows(_CONVERSATIONS, account, channel, after, limit)
        return [id_ for (id_,) in rows]

    async def has_held(
        self, account: AccountId, channel: ChannelId | None
    ) -> bool:
        """Whether a conversation there may not be erased."""
        rows = await self._rows(_HAS_HELD, account, channel)
        return bool(rows[0][0])

    async def has_data(self, account: AccountId, channel: ChannelId) -> bool:
        """Whether conversations or customers hang on ``channel``."""
        rows = await self._rows(_HAS_DATA, account, channel)
        return bool(rows[0][0])

    async def is_left(self, account: AccountId) -> bool:
        """Whether ``cut`` has something to delete."""
        rows = await self._rows(_IS_LEFT, account)
        return bool(rows[0][0])


def _row(values: Iterable[Any]) -> ResourceRow:
    kind, account, id_, revision, declared, *rest = values
    body, sealed, created_at, changed_at = rest
    return ResourceRow(
        kind=kind,
        account=account,
        id=id_,
        revision=revision,
        declared=bool(declared),
        body=body,
        sealed=sealed,
        created_at=created_at,
        changed_at=changed_at,
    )
