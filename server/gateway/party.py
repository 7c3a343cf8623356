"""Whoever is behind a socket, as the socket sees them."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from server.protocol.client_frames import ClientFrame, Hello

#: What of a frame takes time.
Rest = Coroutine[Any, Any, None]


class Party(Protocol):
    """Whoever is behind a socket, as a use case sees it."""

    async def greet(self, hello: Hello) -> None:
        """Let them in: from the moment they are told ``welcome``.

        Raises:
            ServerError: They are not.
        """
        ...

    def carry_out(self, frame: ClientFrame) -> Rest | None:
        """Do what the frame asks for; the rest of it, if it takes time."""
        ...

    def leave(self) -> None:
        """They are gone; safe to repeat."""
        ...
