"""Consenting: what customers agree to, by writing, by a word, or by a button.

A keyword is a message like any other, and its consent is on the disk with it
or not at all: nobody's "stop" is acknowledged and forgotten. The answer is
the channel's, in the next number.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from server.domain import consent
from server.domain.channel import Channel
from server.domain.consent import SERVICE, Level
from server.domain.conversation import Conversation
from server.domain.customer_event import Consent, Source
from server.domain.message import Message, Said
from server.errors import RefusalCode, Refused, ServerError
from server.ids import new_id
from server.live.sessions import Listener, Session
from server.protocol.codec import Saying
from server.protocol.parts import ConsentItem
from server.services.house import House
from server.services.recording import Say
from server.services.registering import agree, known_consents
from server.services.telling import denial, milliseconds
from server.store.group import Group


def level_of(session: Session, purpose: str) -> Level | None:
    """How much whoever is in ``session`` has agreed to; None: to nothing."""
    found = known_consents(session).get(purpose)
    return None if found is None else found.level


def consents_of(session: Session) -> list[ConsentItem]:
    """What whoever is in ``session`` has agreed to, by purpose."""
    known = known_consents(session)
    return [
        ConsentItem(
            purpose=purpose,
            level=known[purpose].level.word,
            at=milliseconds(known[purpose].at),
            version=known[purpose].version,
        )
        for purpose in sorted(known)
    ]


class Deaf:
    """Whoever waits for no ack: the channel itself."""

    def tell(self, saying: Saying) -> None:
        """Nobody is there."""

    def dismiss(self, farewell: int) -> None:
        """Nobody is there."""


DEAF = Deaf()


def channel_says(
    house: House, session: Session, channel: Channel, *, text: str
) -> Say:
    """The channel's own message, under its name."""

    def speak(
        conversation: Conversation, at: float
    ) -> tuple[Conversation, Message]:
        return conversation.serve(
            Said(text=text), name=channel.name, client_id=client_id, at=at
        )

    client_id = new_id(house.randomness)
    return Say(
        house,
        session,
        client_id=client_id,
        speak=speak,
        listener=DEAF,
        seat=None,
        sent=text,
    )


#: What is agreed to from now on, if anything, and what the channel says.
Follow = Callable[[Group], tuple[Consent | None, Say | None]]


class Answered:
    """A message, and what the channel makes of it, in one.

    Args:
        house: The parts.
        session: Where.
        said: The message.
        follow: Called when the message is numbered, and not for a repeat.
    """

    __slots__ = ("_agreed", "_answer", "_follow", "_house", "_said", "_session")

    def __init__(
        self, house: House, session: Session, *, said: Say, follow: Follow
    ) -> None:
        self._house = house
        self._session = session
        self._said = said
        self._follow = follow
        self._agreed: Consent | None = None
        self._answer: Say | None = None

    def prepare(self, group: Group) -> None:
        """Number the message, then the answer.

        Raises:
            ServerError: Of the message; then there is no answer.
        """
        self._said.prepare(group)
        if not self._said.is_new:
            return
        # Full, or a key cannot be read: what was said stands all the same,
        # and a consent whose answer fails holds.
        with suppress(ServerError):
            agreed, answer = self._follow(group)
            if agreed and agree(
                self._house, self._session, agreed, group=group
            ):
                self._agreed = agreed
            if answer is not None:
                answer.prepare(group)
                self._answer = answer

    def committed(self) -> None:
        """Acknowledge the message, and tell all of them the answer."""
        self._said.committed()
        if self._answer is not None:
            self._answer.committed()
        if self._agreed is not None:
            self._house.relay.consent_changed(self._session, self._agreed)

    def failed(self, error: ServerError) -> None:
        """Tell the sender that nothing was kept."""
        self._said.failed(error)


def answered(
    house: House,
    session: Session,
    channel: Channel,
    *,
    said: Say,
    text: str,
    language: str | None,
) -> Say | Answered:
    """``said``, with what the channel's consent rules make of it.

    Args:
        house: The parts.
        session: Where.
        channel: Whose rules.
        said: The message.
        text: Its words.
        language: The customer's.
    """
    rules = channel.consent
    if not rules.keywords:
        return said

    def follow(group: Group) -> tuple[Consent | None, Say | None]:
        del group  # what is agreed to is written by whoever asks
        level = level_of(session, SERVICE) or Level.OPTED_OUT
        found = rules.wish_in(text, level)
        now, answer = level, ""
        if found is not None:
            wish, words = found
            now = consent.after(level, wish, rules.required)
            answer = consent.reply(
                words, wish, level=level, required=rules.required
            )
        elif said.has_opened:
            answer = consent.asked(rules, level, language)
        says = channel_says(house, session, channel, text=answer)
        agreed = _by_keyword(rules.version, now, at=house.clock.now())
        return (None if now is level else agreed), (says if answer else None)

    return Answered(house, session, said=said, follow=follow)


def _by_keyword(version: str, level: Level, *, at: float) -> Consent:
    return Consent(
        purpose=SERVICE,
        level=level,
        at=at,
        version=version,
        source=Source.KEYWORD,
    )


class Withdraw:
    """The customer takes a consent back.

    Args:
        house: The parts.
        session: Whose.
        purpose: To what.
        done: Called when that is on disk.
        refused: Told what went wrong.
    """

    __slots__ = (
        "_agreed",
        "_done",
        "_house",
        "_purpose",
        "_refused",
        "_session",
    )

    def __init__(
        self,
        house: House,
        session: Session,
        *,
        purpose: str,
        done: Callable[[], None],
        refused: Callable[[ServerError], None],
    ) -> None:
        self._house = house
        self._session = session
        self._purpose = purpose
        self._done = done
        self._refused = refused
        self._agreed: Consent | None = None

    def prepare(self, group: Group) -> None:
        """It holds no more from here on.

        Raises:
            Refused: The session has ended.
            ServerError: The person's key cannot be read.
        """
        session = self._session
        if not session.conversation.is_live:
            raise Refused(RefusalCode.CONVERSATION_ENDED)
        level = level_of(session, self._purpose)
        if level is Level.OPTED_OUT or (
            level is None and self._purpose != SERVICE
        ):
            return  # there is nothing to take back
        channel = self._house.channels.get(session.conversation.channel)
        agreed = Consent(
            purpose=self._purpose,
            level=Level.OPTED_OUT,
            at=self._house.clock.now(),
            version=channel.consent.version if channel else "",
            source=Source.CUSTOMER,
        )
        if agree(self._house, session, agreed, group=group):
            self._agreed = agreed

    def committed(self) -> None:
        """Say so."""
        if self._agreed is not None:
            self._house.relay.consent_changed(self._session, self._agreed)
        self._done()

    def failed(self, error: ServerError) -> None:
        """Tell the customer."""
        self._refused(error)


def withdraw(
    house: House,
    session: Session,
    *,
    purpose: str,
    listener: Listener,
    ref: str | None,
) -> None:
    """Take the consent to ``purpose`` back; ``listener`` is told how it went.

    Raises:
        Unavailable: The store takes no more.
    """
    house.records.put(
        Withdraw(
            house,
            session,
            purpose=purpose,
            done=lambda: house.tell_holdings(session, listener, ref),
            refused=lambda error: listener.tell(denial(error, ref)),
        )
    )
