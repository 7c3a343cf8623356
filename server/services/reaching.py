"""By which way an application is reached just now."""

from __future__ import annotations

from math import inf
from zlib import crc32

from server.domain.application import Application
from server.ids import ConversationId
from server.services.events import Event
from server.services.handing import (
    WEBHOOK_WINDOW,
    Fate,
    Line,
    Outcome,
    Outlet,
    Way,
)


class _Nowhere:
    """A way that has been taken away while something is on it."""

    async def hand(self, line: Line, event: Event) -> Outcome:
        del line, event
        return Outcome(Fate.LOST)


class Reach:
    """An application, its webhook and its connections.

    While it is connected, its connections share the conversations among
    them; else everything goes to the webhook, if there is one.

    Attributes:
        application: Which.
        webhook: The way to its webhook, if it has one.
        connections: The ways to its connections, the oldest first.
        is_disabled: Whether the webhook said that it is gone (410): nothing
            is posted to it until it is changed, or the server started anew.
        parked: Lines that have something, and no way to go.
        has_more: Whether more ends are to be told than are held in memory.
    """

    def __init__(self, application: Application, webhook: Way | None) -> None:
        self.application = application
        self.webhook = (
            None if webhook is None else Outlet(webhook, WEBHOOK_WINDOW)
        )
        self.connections: list[Outlet] = []
        self.is_disabled = False
        self.has_more = False
        self.parked: set[Line] = set()

    def renew(self, application: Application, webhook: Way | None) -> None:
        """It has changed; ``webhook`` is the way to its webhook now.

        The outlet stays where there is one: what is on its way and what waits
        keep their order, and the next event goes by the new way.
        """
        is_moved = application.webhook != self.application.webhook
        self.application = application
        if is_moved:
            self.is_disabled = False
        if self.webhook is None or webhook is None:
            before, self.webhook = self.webhook, None
            if webhook is not None:
                self.webhook = Outlet(webhook, WEBHOOK_WINDOW)
            elif before is not None:
                before.way = _Nowhere()
                for line in before.waiting:
                    line.is_waiting = False
                self.parked.update(before.waiting)
                before.waiting.clear()
        else:
            self.webhook.way = webhook
            self.webhook.paused_until = -inf

    def outlet_for(self, conversation: ConversationId) -> Outlet | None:
        """Where the events of ``conversation`` go; None for nowhere.

        The same connection for as long as the connections are the same; when
        one comes or goes, only its own share moves ("highest random weight",
        Thaler and Ravishankar, 1998).
        """
        if self.connections:
            return max(
                self.connections,
                key=lambda outlet: crc32(
                    f"{id(outlet)} {conversation}".encode()
                ),
            )
        return None if self.is_disabled else self.webhook
