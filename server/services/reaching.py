"""By which way an application is reached just now."""

from __future__ import annotations

from zlib import crc32

from server.domain.application import Application
from server.ids import ConversationId
from server.services.handing import WEBHOOK_WINDOW, Line, Outlet, Way


class Reach:
    """An application, its webhook and its connections.

    While it is connected, its connections share the conversations among
    them; else everything goes to the webhook, if there is one.

    Attributes:
        application: Which.
        webhook: The way to its webhook, if it has one.
        connections: The ways to its connections, the oldest first.
        is_disabled: Whether the webhook said that it is gone (410): nothing
            is posted to it until the server is started anew.
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
