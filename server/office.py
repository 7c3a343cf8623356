"""Puts together what accounts are administered by; a part of ``app``."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from server.config import LOOPBACK, Config
from server.protocol.form_checks import is_callable
from server.services.account_keys import AccountKeys
from server.services.administering import Administering
from server.services.directory import Directory
from server.services.ending import Ending
from server.services.enrolling import Enrolling
from server.services.following import Following
from server.services.form_faults import FormFaults
from server.services.house import House
from server.services.kept import Kept
from server.services.remembering import Remembering
from server.services.removing import Removing
from server.services.renewing import Renewing
from server.store.history import History

Network = IPv4Network | IPv6Network

#: Where an account's webhook may listen; the operator's own networks, and the
#: settings file, may name any other port.
PORTS = frozenset({None, 80, 443, 8443})


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The parts.

    Attributes:
        administering: Makes, replaces and removes what accounts are made of.
        enrolling: Makes agents and keys.
        renewing: Makes secrets of channels and applications.
        removing: Removes accounts and channels; at the start it goes on.
        following: Does what follows from a change.
    """

    administering: Administering
    enrolling: Enrolling
    renewing: Renewing
    removing: Removing
    following: Following

    @classmethod
    def make(  # noqa: PLR0913 - what there is hangs on everything
        cls,
        config: Config,
        house: House,
        directory: Directory,
        *,
        history: History,
        account_keys: AccountKeys,
        ending: Ending,
        remembering: Remembering,
    ) -> Office:
        """Make them; nothing is removed yet."""
        removing = Removing(
            house,
            directory,
            account_keys,
            ending=ending,
            kept=Kept(house, ending, remembering),
            resources=history.resources,
            customers=history.customers,
        )
        reach = WebhookReach.of(config)
        administering = Administering(
            house,
            directory,
            account_keys,
            faults=FormFaults(directory, is_callable=reach.includes),
            removing=removing,
        )
        return cls(
            administering=administering,
            enrolling=Enrolling(administering, house.randomness),
            renewing=Renewing(administering, house.randomness),
            removing=removing,
            following=Following(house, remembering, directory),
        )


class WebhookReach:
    """Which URLs an account may have called.

    Args:
        networks: The operator's own, where it may be any port, and http.
    """

    def __init__(self, networks: list[Network]) -> None:
        self._networks = networks

    @classmethod
    def of(cls, config: Config) -> WebhookReach:
        """That of a server; the demo's own machine is near to it."""
        near = LOOPBACK if config.demo else ()
        return cls(
            [
                ip_network(network, strict=False)
                for network in (*near, *config.allowed_networks)
            ]
        )

    def includes(self, url: str) -> bool:
        """Whether ``url`` may be a webhook's."""
        if not is_callable(url, self._networks):
            return False
        parts = urlsplit(url)
        return parts.port in PORTS or self._is_near(parts.hostname or "")

    def _is_near(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)
