"""Reading the audit log: all of it, or an account's part.

A row names who did it and no account. An account's part is what its own
agents, keys and applications did since it has them: no two of a kind have the
same name at a time, but a name that was given up is free for anybody. What
the operator did, and what somebody did whom the account no longer has, stands
in the whole log only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from server.domain.audit import Actor, AuditRow
from server.ids import AccountId

#: As whom the account's own are known in the log.
ActorsOf = Callable[[AccountId], Collection[Actor]]


class Written(Protocol):
    """What reading needs of the store."""

    async def page(
        self,
        *,
        before: int | None,
        limit: int,
        actors: Collection[Actor] | None = None,
    ) -> list[AuditRow]:
        """The newest rows before that number, of these actors."""
        ...


class AuditReading:
    """The log, page by page, newest first.

    Args:
        written: The rows.
        actors_of: Who belongs to an account.
    """

    def __init__(self, written: Written, actors_of: ActorsOf) -> None:
        self._written = written
        self._actors_of = actors_of

    async def page(self, *, before: int | None, limit: int) -> list[AuditRow]:
        """The ``limit`` newest rows before number ``before``.

        Raises:
            Unavailable: The store does not answer.
        """
        return await self._written.page(before=before, limit=limit)

    async def of_account(
        self, account: AccountId, *, before: int | None, limit: int
    ) -> list[AuditRow]:
        """The same of what ``account``'s own did.

        Raises:
            Unavailable: The store does not answer.
        """
        return await self._written.page(
            before=before, limit=limit, actors=self._actors_of(account)
        )
