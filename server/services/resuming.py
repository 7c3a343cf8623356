"""After a restart: finds the conversations that were not handed over whole.

Page by page, while the server already serves. A conversation that is found
here is brought back to memory, and by that to the applications.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterable

from server.domain.application import Application
from server.errors import Corrupt
from server.services.remembering import Remembering
from server.services.unhanded import HandOvers

#: Conversations looked up at once.
PAGE = 200


class Resuming:
    """One walk through what each application has missed."""

    def __init__(
        self,
        remembering: Remembering,
        handed: HandOvers,
        applications: Iterable[Application],
    ) -> None:
        self._remembering = remembering
        self._handed = handed
        self._left = deque((one, "") for one in applications)

    def add(self, application: Application) -> None:
        """Find what ``application``, which is new, has not been handed."""
        self._left.append((application, ""))

    @property
    def is_over(self) -> bool:
        """Whether all have been found."""
        return not self._left

    async def next_page(self) -> None:
        """Bring back the next few.

        Raises:
            Unavailable: The store does not answer; to be called again.
        """
        if not self._left:
            return
        application, after = self._left[0]
        found = await self._handed.pending(
            application.id, application.account, after=after, limit=PAGE
        )
        for conversation, channel in found:
            if application.serves(application.account, channel):
                # One that is damaged must not keep the others from being
                # found; purging erases it.
                with contextlib.suppress(Corrupt):
                    await self._remembering.session(conversation)
        if len(found) < PAGE:
            self._left.popleft()
        else:
            self._left[0] = application, found[-1][0]
