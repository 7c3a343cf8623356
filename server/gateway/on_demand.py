"""An application that is made when its first request comes.

Most servers wait for a first request to some parts for days, or for ever, and
need not hold the code of those parts in memory until then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from server.gateway.below import below


class OnDemand:
    """Stands where the application will; ASGI.

    Args:
        load: Imports what it is made of; called in a thread, for that takes
            a tenth of a second in which customers want to be served.
        make: Makes it.
    """

    def __init__(
        self, load: Callable[[], object], make: Callable[[], ASGIApp]
    ) -> None:
        self._load = load
        self._make = make
        self._made: ASGIApp | None = None

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if self._made is None:
            # Many may come at once: what is imported, is so only once.
            await asyncio.to_thread(self._load)
        if self._made is None:
            self._made = self._make()
        # What the way here found in the address is none of its business.
        await self._made({**scope, "path_params": {}}, receive, send)

    def below(self, path: str) -> Route:
        """The route by which it answers all that is below ``path``."""
        return below(path, self)


def routed(routes: Sequence[Route]) -> ASGIApp:
    """What answers at ``routes``, below what does the rest for them."""
    return Router(list(routes), redirect_slashes=False)
