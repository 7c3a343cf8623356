"""Rotating: every data key is put under a new master key, while all goes on.

Runs only after a start with a new and a previous master key, and until the
previous one is needed no more. It can be killed at any moment; the next start
begins again and finds most of it done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from server.clock import Clock
from server.domain.audit import AuditEvent
from server.errors import ServerError
from server.store.rows import LiveRow

log = logging.getLogger(__name__)

#: Slots in one write. New conversations and ends wait for it, some 10 ms.
BATCH = 256
#: Seconds between two batches, for those who waited.
REST = 0.01
#: Seconds until what failed is tried again, or an unreadable slot has ended.
RETRY = 60.0

Owner = tuple[int, str, str]


class Rotated(Protocol):
    """What rotating needs from the vault."""

    @property
    def is_rotating(self) -> bool:
        """Whether there is something to do."""
        ...

    def rewrap(self, owners: Sequence[Owner]) -> int:
        """Put their keys under the new master key; blocks."""
        ...

    def finish_rotation(self) -> int:
        """How many are not yet; at 0 the previous one is forgotten; blocks."""
        ...


class Owners(Protocol):
    """What rotating needs from the store."""

    async def all_live(self) -> Sequence[LiveRow]:
        """Every conversation, and its slot."""
        ...


#: Slot, account and name of every key that is no conversation's.
LastingKeys = Callable[[], Awaitable[Sequence[Owner]]]


class Written(Protocol):
    """What rotating needs of the audit log."""

    def note(self, event: AuditEvent, *, detail: str = "") -> None:
        """Queue it."""
        ...

    async def write(self) -> None:
        """Have everything written that waits; each write is a new seal."""
        ...


class Resealed(Protocol):
    """What else hangs on the previous master key."""

    def forget_previous(self) -> None:
        """Believe only what is sealed with the new one."""
        ...


class Rotating:
    """Changes the master key of one server.

    Args:
        keys: The key file.
        owners: Whose they are.
        auditing: Sealed with the new key before the old one goes.
        anchors: Of that log.
        clock: For pauses.
        lasting: The keys of accounts and customers.
    """

    def __init__(
        self,
        keys: Rotated,
        owners: Owners,
        *,
        auditing: Written,
        anchors: Resealed,
        clock: Clock,
        lasting: LastingKeys,
    ) -> None:
        self._keys = keys
        self._lasting = lasting
        self._owners = owners
        self._auditing = auditing
        self._anchors = anchors
        self._clock = clock
        self._slots = 0

    @property
    def is_due(self) -> bool:
        """Whether ``run`` has something to do."""
        return self._keys.is_rotating

    @property
    def slots(self) -> int:
        """How many keys were put under the new one since the start."""
        return self._slots

    async def run(self) -> None:
        """Put all keys under the new one; then idle until cancelled."""
        while True:
            try:
                left = await self._once()
            except ServerError as error:
                log.error(  # noqa: TRY400 - a traceback could quote contents
                    "rotating the master key failed, will be tried again",
                    extra={"error": type(error).__name__},
                )
            else:
                if not left:
                    break
                # They do not open, or could not be zeroed: either way they
                # go when their conversations do.
                log.warning(
                    "the previous master key is needed until some end",
                    extra={"slots": left},
                )
            await self._clock.sleep(RETRY)
        # A task of the server that ends has failed.
        await asyncio.Event().wait()

    async def _once(self) -> int:
        """Go through all once; returns how many need the previous key still.

        Only rows of now: keys made from the start on are under the new one.
        """
        rows = await self._owners.all_live()
        owners: list[Owner] = [(row.slot, row.account, row.id) for row in rows]
        owners += await self._lasting()
        del rows
        for first in range(0, len(owners), BATCH):
            self._slots += await asyncio.to_thread(
                self._keys.rewrap, owners[first : first + BATCH]
            )
            await self._clock.sleep(REST)
        # That the server started is on disk then, under a new seal.
        await self._auditing.write()
        left = await asyncio.to_thread(self._keys.finish_rotation)
        if not left:
            self._anchors.forget_previous()
            self._auditing.note(
                AuditEvent.MASTER_KEY_ROTATED, detail=str(self._slots)
            )
            log.info("master key rotated", extra={"slots": self._slots})
        return left
