"""Puts together what serves applications; a part of ``app``.

Who there is, the directory says: each application that is new, changed or
gone is told to everybody who has to know, at the start as later.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Protocol

from server.config import LOOPBACK, Config
from server.domain.application import Application
from server.domain.resource import ResourceKind
from server.ids import AccountId, ApplicationId
from server.protocol.farewell import Farewell
from server.services.applying import Applying
from server.services.directory import Directory
from server.services.ending import Ending
from server.services.handing import Way
from server.services.house import House
from server.services.relaying import Relaying
from server.services.remembering import Remembering
from server.services.resuming import Resuming
from server.services.unhanded import HandOvers


class Calls(Protocol):
    """The way out, as far as webhooks and stopping need it."""

    def way_to(self, application: Application) -> Way:
        """The way to the webhook of ``application``.

        Raises:
            Misconfigured: A secret may not be used.
        """
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


@dataclass(slots=True)
class Applications:
    """The parts.

    Attributes:
        applying: Does what applications say.
        relaying: Tells them what happens.
        resuming: Finds what they were not told before a restart.
    """

    applying: Applying
    relaying: Relaying
    resuming: Resuming
    _house: House
    _config: Config
    _directory: Directory
    _known: dict[ApplicationId, Application]
    _way_out: Calls | None = None

    @classmethod
    def make(
        cls,
        config: Config,
        directory: Directory,
        *,
        house: House,
        ending: Ending,
        remembering: Remembering,
        handed: HandOvers,
    ) -> Applications:
        """Make them; nothing is sent yet."""
        applying = Applying(house, ending, remembering, applications=())
        relaying = Relaying(
            house, handed, (), webhooks={}, answering=applying.answer
        )
        resuming = Resuming(remembering, handed, ())
        made = cls(applying, relaying, resuming, house, config, directory, {})
        directory.subscribe(made._changed)
        return made

    def _changed(
        self,
        kind: ResourceKind,
        account: AccountId,
        id: str,  # noqa: A002 - as it is asked for
    ) -> None:
        del account
        if kind is not ResourceKind.APPLICATION:
            return
        application = self._directory.applications.get(ApplicationId(id))
        if application is None:
            self._let_go(ApplicationId(id))
        else:
            self._take(application)

    def _let_go(self, application: ApplicationId) -> None:
        self._known.pop(application, None)
        self.applying.let_go(application)
        self.relaying.joining.let_go(application)

    def _take(self, application: Application) -> None:
        way = None
        if application.webhook is not None:
            way = self._opened().way_to(application)
        before = self._known.get(application.id)
        self._known[application.id] = application
        # From the first one on; until then telling nobody is free.
        self._house.relay = self.relaying
        self.applying.take(application)
        joining = self.relaying.joining
        joining.take(application, way, sessions=self._house.sessions)
        if before is None:
            self.resuming.add(application)
        elif before.key_hash != application.key_hash:
            joining.dismiss(application.id, Farewell.SIGNED_OUT)
        elif before != application:
            # It comes back at once, and is then what it is now.
            joining.dismiss(application.id, Farewell.RESTARTING)

    def _opened(self) -> Calls:
        if self._way_out is None:
            # Not at the top: what it imports takes 10 MiB, which a server
            # that calls nobody need not have.
            from server.gateway.way_out import WayOut  # noqa: PLC0415

            near = LOOPBACK if self._config.demo else ()
            networks = [
                ip_network(network, strict=False)
                for network in (*near, *self._config.allowed_networks)
            ]
            self._way_out = WayOut(networks, clock=self._house.clock)
        return self._way_out

    async def close(self) -> None:
        """Close what is open; safe to repeat."""
        if self._way_out is not None:
            await self._way_out.close()
