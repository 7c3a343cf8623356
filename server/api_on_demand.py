"""The API, made when somebody first asks it for anything.

Its operations and the services behind them are a quarter of the server's
code, 5 MiB, and its document takes a moment to write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from server.config import Config
from server.data_folder import Opened
from server.gateway.health import HealthSource
from server.gateway.on_demand import OnDemand, routed
from server.gateway.pages import Routes
from server.gateway.private_routes import AddressOf
from server.parts import Parts

if TYPE_CHECKING:
    from server.administration import Administration


class ApiOnDemand:
    """Everything below ``/api`` that no other route answers.

    Args:
        config: What the operator wants.
        parts: What those who come in may do.
        opened: Where it is kept.
        health: How the server does.
        is_ready: Whether anybody should be sent here.
        port: On which it listens.

    Attributes:
        local: What the local socket answers; ASGI.
    """

    def __init__(
        self,
        config: Config,
        parts: Parts,
        opened: Opened,
        *,
        health: HealthSource,
        is_ready: Callable[[], bool],
        port: int,
    ) -> None:
        self._given = (config, parts, opened)
        self._health, self._is_ready = health, is_ready
        self._port = port
        self._made: Administration | None = None
        self.local: Any = OnDemand(load, lambda: self._api().local)

    def routes(
        self, *, address_of: AddressOf, own_origins: Iterable[str]
    ) -> Routes:
        """What the server's port answers.

        Args:
            address_of: Whose request it is.
            own_origins: Of the pages that may call.
        """
        origins = frozenset(own_origins)
        late = OnDemand(
            load,
            lambda: routed(
                self._api().routes(address_of=address_of, own_origins=origins)
            ),
        )
        return [late.below("/api")]

    def _api(self) -> Administration:
        if self._made is None:
            from server.administration import (  # noqa: PLC0415 - see above
                Administration,
            )

            self._made = Administration(
                *self._given,
                health=self._health,
                is_ready=self._is_ready,
                port=self._port,
            )
        return self._made


def load() -> None:
    """Import it."""
    import server.administration  # noqa: F401, PLC0415 - see above
