"""What the use cases tell whoever hands events to applications."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from server.domain.customer_event import Consent
from server.domain.message import Author, Message
from server.ids import ChannelId, ConversationId
from server.live.sessions import Session
from server.store.group import Group
from server.store.rows import NoticeRow

#: A conversation that is to be erased, and its session if it is in memory.
Doomed = tuple[ConversationId, Session | None]


class Relay(Protocol):
    """Whoever hands events to applications."""

    def said(self, session: Session, message: Message) -> None:
        """``message`` is on disk."""
        ...

    def brought_back(self, session: Session) -> None:
        """``session`` was read from the store after a restart."""
        ...

    def assigned(self, session: Session, agent: str | None) -> None:
        """An agent of that name has joined; None: has given it back."""
        ...

    def typed(self, session: Session, side: Author, *, on: bool) -> None:
        """Somebody has begun or stopped to type."""
        ...

    def page_took(self, session: Session, name: str) -> None:
        """The customer's page has done what the event of that name asked."""
        ...

    def withhold(self, session: Session) -> None:
        """Hand over nothing more of ``session``, nor that it ends."""
        ...

    def forbid(self, customer: str) -> None:
        """Hand over nothing more of ``customer``, nor what is still to go."""
        ...

    def consent_changed(self, session: Session, consent: Consent) -> None:
        """The customer has agreed to something, or to something no more."""
        ...

    def ending(self, session: Session, group: Group) -> None:
        """The end of ``session`` is about to be written with ``group``."""
        ...

    def ended(self, session: Session, then: Callable[[], None]) -> None:
        """``session`` has ended: do ``then`` once all is handed over."""
        ...

    def give_up(self, conversation: ConversationId) -> None:
        """Wait for nothing more of ``conversation``; none is no error."""
        ...

    async def closed(self, session: Session) -> bool:
        """``session`` is kept: tell the applications that it has ended.

        Returns:
            Whether all of them have its transcript, if they are to have it.

        Raises:
            Unavailable: The store does not say what was handed over.
        """
        ...

    def serves(self, channel: ChannelId) -> bool:
        """Whether any application hears of ``channel``."""
        ...

    async def last_words(self, doomed: Sequence[Doomed]) -> list[NoticeRow]:
        """What to tell of conversations that are about to be erased.

        Raises:
            Unavailable: The store does not say what was handed over.
        """
        ...

    def erased(
        self, conversations: Iterable[ConversationId], rows: list[NoticeRow]
    ) -> None:
        """They are gone, and ``rows`` are on disk: tell the applications."""
        ...


class NoRelay:
    """For a server without applications: nobody is there to be told."""

    def said(self, session: Session, message: Message) -> None:
        pass

    def brought_back(self, session: Session) -> None:
        pass

    def assigned(self, session: Session, agent: str | None) -> None:
        pass

    def typed(self, session: Session, side: Author, *, on: bool) -> None:
        pass

    def page_took(self, session: Session, name: str) -> None:
        pass

    def withhold(self, session: Session) -> None:
        pass

    def forbid(self, customer: str) -> None:
        pass

    def consent_changed(self, session: Session, consent: Consent) -> None:
        pass

    def ending(self, session: Session, group: Group) -> None:
        pass

    def ended(self, session: Session, then: Callable[[], None]) -> None:  # noqa: ARG002 - of nobody's concern
        then()

    def give_up(self, conversation: ConversationId) -> None:
        pass

    async def closed(self, session: Session) -> bool:  # noqa: ARG002
        return False

    def serves(self, channel: ChannelId) -> bool:  # noqa: ARG002
        return False

    async def last_words(self, doomed: Sequence[Doomed]) -> list[NoticeRow]:  # noqa: ARG002
        return []

    def erased(
        self, conversations: Iterable[ConversationId], rows: list[NoticeRow]
    ) -> None:
        pass
