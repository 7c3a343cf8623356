"""What a mail is, and what the use cases tell whoever mails transcripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from server.ids import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail with the same words twice.

    Attributes:
        key: Names it; a repeat has the same.
        to: Whom it is for: one address.
        subject: One line.
        at: Unix seconds.
        text: It as plain text.
        html: It as an HTML document.
    """

    key: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    at: float
    text: str = field(repr=False)
    html: str = field(repr=False)


class Post(Protocol):
    """A way for mail."""

    async def send(self, mail: Mail) -> None:
        """Have ``mail`` taken.

        Raises:
            Unavailable: Nobody took it.
        """
        ...


class Mailing(Protocol):
    """Whoever mails transcripts.

    Attributes:
        is_ready: Whether there is a server to give them to.
    """

    is_ready: bool

    def take(self, conversation: ConversationId) -> None:
        """Mail the transcript of ``conversation``, which is closed."""
        ...


class NoMailing:
    """For a house without a mail server."""

    is_ready = False

    def take(self, conversation: ConversationId) -> None:
        """There is nobody to give it to."""
