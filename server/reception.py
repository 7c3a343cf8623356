"""Puts together who comes in at the port, and by what; a part of ``app``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.gateway.answer_routes import AnswerRoutes
from server.gateway.attachment_routes import AttachmentRoutes
from server.gateway.door import Entry
from server.gateway.pages import Routes
from server.gateway.private_routes import PrivateRoutes
from server.gateway.websocket import Party, WebSocket
from server.protocol.parts import Role
from server.services.answering import Shift
from server.services.applying import Applying
from server.services.attaching import Attaching
from server.services.bearers import Bearers
from server.services.confiding import Confiding
from server.services.ending import Ending
from server.services.house import House
from server.services.relaying import Relaying
from server.services.remembering import Remembering
from server.services.serving import Service
from server.services.signing_in import SigningIn
from server.services.visiting import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """The parts that those who come in are brought to."""

    house: House
    ending: Ending
    remembering: Remembering
    signing_in: SigningIn
    attaching: Attaching
    applying: Applying
    relaying: Relaying

    def party(self, entry: Entry, listener: WebSocket) -> Party:
        """Whoever comes in by a socket."""
        if entry.role is Role.APPLICATION:
            return Service(
                self.house, self.applying, self.relaying, listener=listener
            )
        if entry.channel is None:
            return Shift(
                self.house,
                self.ending,
                self.remembering,
                self.signing_in,
                listener=listener,
            )
        return Visit(
            self.house,
            self.ending,
            self.remembering,
            channel=entry.channel,
            listener=listener,
            arrival=entry.arrival,
        )

    def routes(self, address_of: Callable[[str, Iterable[str]], str]) -> Routes:
        """What programs and pages may ask for beside the pages.

        Args:
            address_of: Whose request it is.
        """
        bearers = Bearers(self.remembering, self.signing_in)
        confiding = Confiding(self.house, self.remembering)
        return [
            *AttachmentRoutes(self.attaching, bearers.session_of).routes(),
            *PrivateRoutes(confiding, address_of).routes(),
            *AnswerRoutes(self.applying).routes(),
        ]
