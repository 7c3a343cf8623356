"""Puts together what serves applications; a part of ``app``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Protocol
from urllib.parse import urlsplit

from server.clock import Clock
from server.config import Config
from server.domain.application import Application
from server.ids import ApplicationId
from server.services.applying import Applying
from server.services.ending import Ending
from server.services.handing import Way
from server.services.house import House
from server.services.relaying import Relaying
from server.services.remembering import Remembering
from server.services.resuming import Resuming
from server.services.signing import Signing
from server.services.unhanded import HandOvers

#: Where an application of the demo may live: on the visitor's own machine.
LOOPBACK = ("127.0.0.0/8", "::1/128")


class WayOut(Protocol):
    """The way out, as far as stopping needs it."""

    async def close(self) -> None:
        """Close what is open."""
        ...


@dataclass(frozen=True, slots=True)
class Applications:
    """The parts.

    Attributes:
        applying: Does what applications say.
        relaying: Tells them what happens.
        resuming: Finds what they were not told before a restart.
        egress: The way out, if anybody needs one; to be closed.
    """

    applying: Applying
    relaying: Relaying
    resuming: Resuming
    egress: WayOut | None

    @classmethod
    def make(
        cls,
        config: Config,
        applications: Sequence[Application],
        *,
        house: House,
        ending: Ending,
        remembering: Remembering,
        handed: HandOvers,
    ) -> Applications:
        """Make them; nothing is sent yet.

        Raises:
            Misconfigured: A secret may not be used.
        """
        egress, webhooks = _webhooks(config, applications, house.clock)
        applying = Applying(
            house, ending, remembering, applications=applications
        )
        relaying = Relaying(
            house,
            handed,
            applications,
            webhooks=webhooks,
            answering=applying.answer,
        )
        if applications:
            # Else nobody is there to be told, and telling nobody is free.
            house.relay = relaying
        resuming = Resuming(remembering, handed, applications)
        return cls(applying, relaying, resuming, egress)


def _webhooks(
    config: Config, applications: Sequence[Application], clock: Clock
) -> tuple[WayOut | None, dict[ApplicationId, Way]]:
    """The way out, and the webhooks behind it; none without any.

    The settings name every URL that is called, so its port is the operator's
    choice, and they refuse plain http but to an address that is allowed.
    """
    called = [one for one in applications if one.webhook is not None]
    if not called:
        return None, {}
    # Not at the top: what they import takes 10 MiB, which a server that
    # calls nobody need not have.
    from server.gateway.egress import PORTS, Egress  # noqa: PLC0415
    from server.gateway.webhooks import Webhook  # noqa: PLC0415

    urls = [one.webhook for one in config.applications if one.webhook]
    near = LOOPBACK if config.demo else ()
    signing = Signing(applications)
    egress = Egress(
        allowed_networks=[
            ip_network(network, strict=False)
            for network in (*near, *config.allowed_networks)
        ],
        allowed_ports=PORTS.union(
            port for url in urls if (port := urlsplit(url).port)
        ),
        allow_http=any(url.startswith("http:") for url in urls),
    )
    return egress, {
        one.id: Webhook(one, egress, signing, clock=clock) for one in called
    }
