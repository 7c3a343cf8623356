"""The roster: which applications there are, and whom each of them serves."""

from __future__ import annotations

from server.domain.application import Application
from server.ids import AccountId, ApplicationId, ChannelId
from server.services.reaching import Reach


class Roster:
    """Applications by the channels they serve.

    Args:
        reaches: The applications there are; whoever changes them calls
            ``renew``.
    """

    def __init__(self, reaches: dict[ApplicationId, Reach]) -> None:
        self._reaches = reaches
        # As many as channels: asked for with each new conversation.
        self._serving: dict[
            tuple[AccountId, ChannelId], tuple[Application, ...]
        ] = {}

    def renew(self) -> None:
        """Some application is new, changed or gone."""
        self._serving.clear()

    def of(
        self, account: AccountId, channel: ChannelId
    ) -> tuple[Application, ...]:
        """Who is told what happens there."""
        found = self._serving.get((account, channel))
        if found is None:
            found = tuple(
                reach.application
                for reach in self._reaches.values()
                if reach.application.serves(account, channel)
            )
            self._serving[account, channel] = found
        return found
