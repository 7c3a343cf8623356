"""Writes down how far lines are, many at once and a moment later.

A cursor in every group of messages would double what is written; one that is
a moment behind costs a few repeats after a crash.
"""

from __future__ import annotations

import asyncio

from server.errors import ServerError, Unavailable
from server.ids import ApplicationId, ConversationId
from server.services.handing import Line
from server.services.house import Records
from server.store.group import Group
from server.store.rows import CursorRow

Key = tuple[ConversationId, ApplicationId]


class Cursors:
    """What has moved since it was last written down.

    Attributes:
        wake: Set when there is something to be done.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._moved: dict[Key, int] = {}
        self._told: set[Key] = set()
        self._is_on_way = False
        self.wake = asyncio.Event()

    @property
    def is_behind(self) -> bool:
        """Whether anything is to be written down."""
        return bool(self._moved or self._told)

    def move(self, line: Line) -> None:
        """``line`` has a new cursor."""
        if line.cursor is not None:
            key = (line.conversation, line.application.id)
            self._moved[key] = line.cursor
            self._set()

    def told(self, line: Line) -> None:
        """The end of ``line`` is told: its notice is to be dropped."""
        self._told.add((line.conversation, line.application.id))
        self._set()

    def has_told(self, key: Key) -> bool:
        """Whether the notice ``key`` is only still on disk."""
        return key in self._told

    def forget(self, line: Line) -> None:
        """Its conversation is being erased, and its cursor with it."""
        self._moved.pop((line.conversation, line.application.id), None)

    def _set(self) -> None:
        if not self.wake.is_set():
            self.wake.set()

    def write(self) -> None:
        """Have everything new written with the next group."""
        if self._is_on_way or not self.is_behind:
            return
        try:
            self._records.put(_Kept(self))
        except Unavailable:
            return  # the store is behind: at the next look
        self._is_on_way = True

    async def write_now(self) -> None:
        """The same, and wait for it; for the stop of the server."""
        kept = _Kept(self)
        await self._records.write(kept.prepare)

    def take(self, group: Group) -> tuple[dict[Key, int], set[Key]]:
        """Put everything new into ``group``."""
        moved, self._moved = self._moved, {}
        told, self._told = self._told, set()
        for (conversation, application), cursor in moved.items():
            group.keep_cursor(
                CursorRow(
                    conversation=conversation,
                    application=application,
                    cursor=cursor,
                )
            )
        for conversation, application in told:
            group.drop_notice(conversation, application)
        return moved, told

    def put_back(self, moved: dict[Key, int], told: set[Key]) -> None:
        """The group has failed; what is newer stays."""
        self._moved = moved | self._moved
        self._told |= told
        self._set()

    def is_written(self) -> None:
        """The group that was on its way has come to its end."""
        self._is_on_way = False


class _Kept:
    """The change that writes cursors down; nobody waits for it."""

    def __init__(self, cursors: Cursors) -> None:
        self._cursors = cursors

    def prepare(self, group: Group) -> None:
        moved, told = self._cursors.take(group)
        group.undo(lambda: self._cursors.put_back(moved, told))

    def committed(self) -> None:
        self._cursors.is_written()

    def failed(self, error: ServerError) -> None:
        del error  # tried again with the next look
        self._cursors.is_written()
