"""Changes that go to the disk together and share its answer.

A callback that raises is a fault of ours. It is logged by the name of its
type and stops nothing: the other customers of the group are not to blame.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from server.errors import ServerError, Unavailable
from server.store.group import Change, Group

log = logging.getLogger(__name__)


class Batch:
    """Some changes, decided in order, and the group they make.

    Attributes:
        group: What is to be written.
        is_sound: Whether it may be. False after a change broke off half way:
            nobody knows what it has put in.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        """Decide ``changes``; those refused are told at once."""
        self.group = Group()
        self.is_sound = True
        self._decided: list[Change] = []
        for change in changes:
            self._decide(change)

    @property
    def size(self) -> int:
        """Changes that were decided, and not refused."""
        return len(self._decided)

    def committed(self) -> None:
        """The group is on disk."""
        for change in self._decided:
            _call(change.committed)

    def failed(self) -> None:
        """Nothing of the group was kept."""
        for undo in reversed(self.group.undoing):
            _call(undo)
        for change in self._decided:
            _tell_failed(change, Unavailable("the disk did not take it"))

    def _decide(self, change: Change) -> None:
        try:
            change.prepare(self.group)
        except ServerError as error:
            _tell_failed(change, error)
        except Exception as error:  # noqa: BLE001 - see the header
            _log_fault(error)
            self.is_sound = False
            self._decided.append(change)
        else:
            self._decided.append(change)


class Written:
    """A change that somebody waits for.

    Attributes:
        done: Set when it is on disk; has the error if it failed.
    """

    def __init__(self, decide: Callable[[Group], None]) -> None:
        self.prepare = decide
        self.done: asyncio.Future[None] = (
            asyncio.get_running_loop().create_future()
        )

    def committed(self) -> None:
        """Wake the one who waits, if there still is one."""
        if not self.done.done():
            self.done.set_result(None)

    def failed(self, error: ServerError) -> None:
        """Wake the one who waits with ``error``."""
        if not self.done.done():
            self.done.set_exception(error)


def _tell_failed(change: Change, error: ServerError) -> None:
    _call(lambda: change.failed(error))


def _call(told: Callable[[], None]) -> None:
    try:
        told()
    except Exception as error:  # noqa: BLE001 - see the header
        _log_fault(error)


def _log_fault(error: Exception) -> None:
    # The type only: a KeyError's text is the key, and so on.
    log.error("change broke", extra={"kind": type(error).__name__})
