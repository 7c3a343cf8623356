"""What the use cases tell whoever mails transcripts."""

from __future__ import annotations

from typing import Protocol

from server.ids import ConversationId


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
