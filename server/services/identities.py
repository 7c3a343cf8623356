"""What the use cases ask of whoever knows people."""

from __future__ import annotations

from typing import Protocol

from server.ids import AccountId, ChannelId
from server.live.people import Person


class Identities(Protocol):
    """Whoever knows people."""

    async def person(
        self, account: AccountId, channel: ChannelId, key: str
    ) -> Person | None:
        """Whoever the channel knows by ``key``; somebody new if need be.

        None if this server knows nobody, or the account nobody more.

        Raises:
            Refused: ``MALFORMED``; it is no such key.
            Corrupt, Unavailable: What is stored of them cannot be read.
        """
        ...

    async def recall(self, account: AccountId, customer: str) -> Person | None:
        """The customer of that id; None if there is none any more.

        Raises:
            Corrupt, Unavailable: What is stored of them cannot be read.
        """
        ...


class NoIdentities:
    """For a house that knows nobody."""

    async def person(
        self,
        account: AccountId,  # noqa: ARG002 - as asked for
        channel: ChannelId,  # noqa: ARG002
        key: str,  # noqa: ARG002
    ) -> Person | None:
        return None

    async def recall(
        self,
        account: AccountId,  # noqa: ARG002
        customer: str,  # noqa: ARG002
    ) -> Person | None:
        return None
