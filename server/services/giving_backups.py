"""Giving backups: one at a time, made in a thread, and then sent on.

It lies in a file without a name until it is sent: so the database is read as
fast as the disk allows, and whoever takes the backup may be as slow as they
like. What lies there is sealed already.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Protocol

from server.domain.audit import AuditEvent
from server.domain.permission import Principal
from server.errors import Conflict, ConflictCode, Unavailable
from server.services.audit import note_by
from server.services.backing_up import Report, Source, backup
from server.services.house import House

log = logging.getLogger(__name__)

_READ_SIZE = 256 * 1024


class Rotated(Protocol):
    """What giving backups needs of the vault."""

    @property
    def is_rotating(self) -> bool:
        """Whether slots may be under the previous master key."""
        ...


class GivingBackups:
    """Makes backups of the server that runs.

    Args:
        house: The parts.
        source: What is backed up; also the folder in which it waits.
        keys: The key file.
    """

    def __init__(self, house: House, source: Source, keys: Rotated) -> None:
        self._house = house
        self._source = source
        self._keys = keys
        self._making = asyncio.Lock()

    async def stream(self, principal: Principal) -> AsyncIterator[bytes]:
        """The package, piece by piece.

        Raises:
            Conflict: Another one is being made, or the master key is being
                changed.
            ServerError: It could not be made.
        """
        if self._making.locked():
            raise Conflict(ConflictCode.IN_USE, "another backup is being made")
        if self._keys.is_rotating:
            raise Conflict(
                ConflictCode.IN_USE, "the master key is being changed"
            )
        async with self._making:
            file, report = await asyncio.to_thread(self._made)
            log.info("backup made", extra={"count": report.rows})
            if report.left_out:
                log.warning(
                    "keys that do not open are not in the backup",
                    extra={"slots": report.left_out},
                )
            note_by(
                self._house.audit,
                principal,
                AuditEvent.BACKED_UP,
                detail=str(report.customers),
            )
        with file:
            while piece := await asyncio.to_thread(file.read, _READ_SIZE):
                yield piece

    def _made(self) -> tuple[IO[bytes], Report]:
        report = Report()
        folder: Path = self._source.database.parent
        try:
            with ExitStack() as failing:
                # Without a name, so that a crash leaves nothing of it.
                file = failing.enter_context(tempfile.TemporaryFile(dir=folder))
                for piece in backup(
                    self._source,
                    now=self._house.clock.now(),
                    randomness=self._house.randomness,
                    report=report,
                ):
                    file.write(piece)
                file.seek(0)
                failing.pop_all()
        except OSError as error:
            raise Unavailable(
                f"no room for a backup: {error.strerror}"
            ) from None
        return file, report
