"""Which agents are here, and what has changed in their lists.

Changes are collected and told together: a conversation that changes ten times
between two tellings is told once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from server.ids import AccountId
from server.live.sessions import Session

Shift = TypeVar("Shift")


class Presence(Generic[Shift]):
    """The agents' connections by account, and the sessions that changed."""

    def __init__(self) -> None:
        self._shifts: dict[AccountId, list[Shift]] = {}
        self._changed: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Shift]:
        for shifts in self._shifts.values():
            yield from shifts

    def join(self, account: AccountId, shift: Shift) -> None:
        """An agent's connection is ready to be told."""
        self._shifts.setdefault(account, []).append(shift)

    def leave(self, account: AccountId, shift: Shift) -> None:
        """It is no more; safe to repeat."""
        shifts = self._shifts.get(account, [])
        if shift in shifts:
            shifts.remove(shift)
        if not shifts:
            self._shifts.pop(account, None)

    def of(self, account: AccountId) -> tuple[Shift, ...]:
        """Who is here for ``account``."""
        return tuple(self._shifts.get(account, ()))

    def changed(self, session: Session) -> bool:
        """Take note that ``session`` looks different in a list.

        Returns:
            Whether somebody is there to be told of it.
        """
        if not self._shifts.get(session.conversation.account):
            return False
        self._changed[session.id] = session
        return True

    def take_changed(self) -> list[Session]:
        """What changed since this was last asked, each once."""
        changed = list(self._changed.values())
        self._changed.clear()
        return changed
