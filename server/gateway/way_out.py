"""The way out and the webhooks behind it, as applications come and change."""

from __future__ import annotations

from collections.abc import Collection

from server.clock import Clock
from server.domain.application import Application
from server.domain.network import Network
from server.gateway.egress import Egress
from server.gateway.webhooks import Webhook
from server.services.signing import Signing


class WayOut:
    """Makes ways to webhooks; all of them share one way out.

    Args:
        networks: The operator's own, dialled although private.
        clock: What is signed as the time.
    """

    def __init__(self, networks: Collection[Network], *, clock: Clock) -> None:
        self._egress = Egress(allowed_networks=networks)
        self._clock = clock

    def way_to(self, application: Application) -> Webhook:
        """The way to the webhook of ``application``.

        Raises:
            Misconfigured: A secret may not be used.
        """
        self._egress.allow(application.webhook or "")
        return Webhook(
            application,
            self._egress,
            Signing([application]),
            clock=self._clock,
        )

    async def close(self) -> None:
        """Close every connection; requests under way fail."""
        await self._egress.close()
