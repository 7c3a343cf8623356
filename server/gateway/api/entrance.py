"""The two ways in to the API, and what is looked at there.

Over the network everybody proves who they are, and may fail so often from one
address and no more. Whoever reaches the local socket has been looked at
already (``admin_socket``) and is the operator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from starlette.requests import Request

from server.domain.permission import Principal, operator
from server.errors import RefusalCode, Refused
from server.gateway.api.problems import Problem
from server.gateway.door import line_of
from server.services.admitting import Admitting
from server.services.proving import Proving

#: Characters of a token; ours have fewer than a hundred.
LONGEST_TOKEN = 512

#: Whose request it is: the peer, and what proxies say.
AddressOf = Callable[[str, Iterable[str]], str]


class Entrance(Protocol):
    """One way in."""

    def check(self, request: Request) -> str:
        """Where ``request`` is from, if it may come in at all.

        Raises:
            Problem: It may not: a page of somebody else's sent it.
            Refused: ``TOO_FAST``.
        """
        ...

    async def principal(self, token: str) -> Principal:
        """Who bears ``token``.

        Raises:
            ServerError: Nobody does, or the store cannot be read.
        """
        ...

    def failed(self, address: str) -> None:
        """Somebody at ``address`` could not prove who they are."""
        ...


class FromTheNetwork:
    """The server's port.

    Args:
        proving: Finds out who calls.
        admitting: Counts failures.
        address_of: Whose request it is.
        own_origins: Of the pages that may call; a browser names another's.
    """

    def __init__(
        self,
        proving: Proving,
        admitting: Admitting,
        *,
        address_of: AddressOf,
        own_origins: Iterable[str],
    ) -> None:
        self._proving = proving
        self._admitting = admitting
        self._address_of = address_of
        self._own_origins = frozenset(own_origins)

    def check(self, request: Request) -> str:
        for origin in request.headers.getlist("origin"):
            if origin not in self._own_origins:
                raise Problem(403, "origin")
        address = self._address_of(
            request.client.host if request.client else "local",
            request.headers.getlist("x-forwarded-for"),
        )
        # One line has 2^64 addresses of IPv6, and must not have as many tries.
        address = line_of(address)
        self._admitting.heed(address)
        return address

    async def principal(self, token: str) -> Principal:
        if not 0 < len(token) <= LONGEST_TOKEN:
            raise Refused(RefusalCode.BAD_CREDENTIALS)
        return await self._proving.by_bearer(token)

    def failed(self, address: str) -> None:
        self._admitting.failed(address)


class FromThisMachine:
    """The local socket, which only the operator can open."""

    def check(self, request: Request) -> str:
        if "origin" in request.headers:
            raise Problem(403, "origin")
        return "local"

    async def principal(self, token: str) -> Principal:
        return operator("socket")

    def failed(self, address: str) -> None:
        """Only a sign-in fails here, and the operator may try again."""


def token_in(request: Request) -> str:
    """What the caller bears; empty if nothing, or more than one."""
    said = request.headers.getlist("authorization")
    kind, _, token = (said[0] if len(said) == 1 else "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
