"""An application: the account's own program, which hears and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.message import Author, Message
from server.ids import AccountId, ApplicationId, ChannelId


class Wish(StrEnum):
    """What an application is told only if it asks for it."""

    TYPING = "typing"
    AGENT_MESSAGES = "agent_messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Where the events of some channels go, and who may answer.

    Attributes:
        id: As the operator named it; unique on the server.
        account: Whose it is; it reaches no other's conversations.
        name: What customers see beside its messages.
        channels: The channels whose events it is handed; empty: all of the
            account.
        webhook: The URL that events are posted to; None if it only connects.
        secrets: What its webhook's requests are signed with, all at once, so
            that one can be replaced without a pause.
        signs_jwt: Whether a request carries a token besides.
        wants: What it asked for.
        key_hash: SHA-256 of its API key; None if it may neither connect nor
            call.
    """

    id: ApplicationId
    account: AccountId
    name: str
    channels: frozenset[ChannelId] = frozenset()
    webhook: str | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    signs_jwt: bool = False
    wants: frozenset[Wish] = frozenset()
    key_hash: bytes | None = field(default=None, repr=False)

    def serves(self, account: AccountId, channel: ChannelId) -> bool:
        """Whether conversations of that channel are its business."""
        return self.account == account and (
            not self.channels or channel in self.channels
        )

    def wants_message(self, message: Message) -> bool:
        """Whether it is handed ``message``; never what it said itself."""
        if message.author is Author.CUSTOMER:
            return True
        if Wish.AGENT_MESSAGES not in self.wants:
            return False
        return message.author is Author.AGENT or message.name != self.name
