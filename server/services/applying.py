"""What applications say and do in conversations.

By socket, by HTTP, or in the answer to an event: all three end here. An
application reaches the conversations of its own account and channels and no
others; which these are is read from what is stored, never from the request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from server.domain.application import Application
from server.domain.conversation import Conversation, EndedBy, Phase
from server.domain.message import Author, Message, Said, clean
from server.domain.restriction import Use
from server.errors import RefusalCode, Refused, ServerError, Unavailable
from server.ids import ApplicationId, ConversationId, token_hash
from server.live.rate_limit import RateLimit
from server.live.sessions import Listener, Session
from server.protocol.client_frames import (
    Answer,
    ClientFrame,
    End,
    HandOver,
    RaiseEvent,
    Typing,
)
from server.protocol.codec import Saying
from server.protocol.rich import plain
from server.protocol.server_frames import (
    Ack,
    Denied,
    PageEvent,
    ServerFrame,
    TypingSeen,
)
from server.services.assigning import HandingOver
from server.services.ending import Ending
from server.services.events import Event
from server.services.handing import Line, Outcome
from server.services.hiding import hider
from server.services.house import House
from server.services.recording import Say
from server.services.remembering import Remembering
from server.services.taking_part import hidden_in
from server.services.telling import tell_side

log = logging.getLogger(__name__)

#: What one application may say a second, and at once: many times a person's
#: share, for it speaks with all customers of an account.
PER_SECOND = 2_000.0
BURST = 8_000.0

#: What an application may do in a conversation, by socket or otherwise.
DEEDS = (Answer, Typing, HandOver, RaiseEvent, End)


class Applying:
    """Lets applications take part.

    Args:
        house: The parts.
        ending: Ends conversations.
        remembering: Finds sessions.
        applications: Those there are.
    """

    def __init__(
        self,
        house: House,
        ending: Ending,
        remembering: Remembering,
        *,
        applications: Iterable[Application],
    ) -> None:
        self._house = house
        self._ending = ending
        self._remembering = remembering
        self._by_key: dict[bytes, Application] = {}
        self._rates: dict[ApplicationId, RateLimit] = {}
        for one in applications:
            self.take(one)

    def take(self, application: Application) -> None:
        """Let ``application`` take part, which is new or has changed."""
        self._lock_out(application.id)
        self._rates.setdefault(application.id, RateLimit(PER_SECOND, BURST))
        if application.key_hash is not None:
            self._by_key[application.key_hash] = application

    def let_go(self, application: ApplicationId) -> None:
        """Let it take part no more; safe to repeat."""
        self._lock_out(application)
        self._rates.pop(application, None)

    def _lock_out(self, application: ApplicationId) -> None:
        self._by_key = {
            hashed: one
            for hashed, one in self._by_key.items()
            if one.id != application
        }

    def by_key(self, key: str) -> Application:
        """The application whose API key it is.

        Raises:
            Refused: ``BAD_CREDENTIALS``: nobody's.
        """
        # Found by its hash: how long that takes tells nothing of the key.
        found = self._by_key.get(token_hash(key))
        if found is None:
            raise Refused(RefusalCode.BAD_CREDENTIALS)
        return found

    def here(
        self, application: Application, conversation: str | None
    ) -> Session | None:
        """Its session, if it is in memory; checked like ``find``."""
        found = self._house.sessions.get(ConversationId(conversation or ""))
        return None if found is None else _checked(application, found)

    async def find(
        self, application: Application, conversation: str | None
    ) -> Session:
        """The session of ``conversation``, if it is its business.

        Raises:
            Refused: ``CONVERSATION_UNKNOWN``: there is none, or it is not.
            ServerError: What is stored cannot be read.
        """
        found = self.here(application, conversation)
        if found is None:
            found = await self._remembering.session(
                ConversationId(conversation or "")
            )
        if found is None:
            raise _unknown()
        return _checked(application, found)

    async def file_in(
        self, session: Session, frame: ClientFrame
    ) -> Mapping[str, Any] | None:
        """The attachment that ``frame`` sends along, if it is a message.

        Raises:
            Refused: There is no such file of an application in ``session``,
                or something else goes with the words already.
            ServerError: What is stored cannot be read.
        """
        if not isinstance(frame, Answer) or frame.attachment is None:
            return None
        if frame.rich is not None:
            raise Refused(RefusalCode.MALFORMED, path="$.attachment")
        if frame.id in session.accepted:
            return None  # of a repeat nothing is looked at
        return await self._house.attachments.rich_of(
            session, frame.attachment, Author.APPLICATION
        )

    def carry_out(
        self,
        application: Application,
        session: Session,
        frame: ClientFrame,
        *,
        listener: Listener,
        file: Mapping[str, Any] | None = None,
    ) -> None:
        """Do what ``frame`` asks for; ``listener`` is told how it went.

        Args:
            application: Who asks.
            session: Where.
            frame: For what.
            listener: Who is told.
            file: What ``file_in`` found.

        Raises:
            Refused: It is not possible, or too much at once.
            Unavailable: The store takes no more.
        """
        rate = self._rates.get(application.id)
        if rate is None:  # it was removed a moment ago
            raise _unknown()
        wait = rate.take(self._house.clock.elapsed())
        if wait:
            raise Refused(RefusalCode.TOO_FAST, retry_after=wait)
        match frame:
            case Answer():
                self._say(
                    application, session, frame, file=file, listener=listener
                )
            case Typing():
                _show_typing(session, frame, application.name)
            case RaiseEvent():
                _raise_event(self._house, session, frame)
            case HandOver():
                self._house.records.put(
                    HandingOver(
                        self._house, session, listener=listener, ref=frame.ref
                    )
                )
            case End():
                self._ending.ask(
                    session,
                    by=EndedBy.APPLICATION,
                    listener=listener,
                    ref=frame.ref,
                )
            case _:
                raise Refused(RefusalCode.UNKNOWN_TYPE, path="$.type")

    def _say(
        self,
        application: Application,
        session: Session,
        frame: Answer,
        *,
        file: Mapping[str, Any] | None,
        listener: Listener,
    ) -> None:
        is_repeat = frame.id in session.accepted
        said = hidden_in(
            self._house,
            session,
            _said(session, frame, file),
            side=Author.APPLICATION,
        )

        def speak(
            conversation: Conversation, at: float
        ) -> tuple[Conversation, Message]:
            if is_repeat:
                # Its words were not looked at, and the disk has refused those
                # that it repeats: it must not be kept in their place.
                raise Unavailable
            return conversation.serve(
                said(), name=application.name, client_id=frame.id, at=at
            )

        self._house.records.put(
            Say(
                self._house,
                session,
                client_id=frame.id,
                speak=speak,
                listener=listener,
                seat=None,
                sent=frame.text,
            )
        )

    async def done(
        self, application: Application, session: Session, frame: ClientFrame
    ) -> Ack | None:
        """Do what ``frame`` asks for, and wait until it is on disk.

        Returns:
            The receipt of a message; None for everything else.

        Raises:
            ServerError: It was refused, or could not be done.
        """
        receipt = Receipt()
        file = await self.file_in(session, frame)
        self.carry_out(application, session, frame, listener=receipt, file=file)
        if isinstance(frame, Answer):
            return await receipt.ack
        return None

    async def answer(self, line: Line, event: Event, outcome: Outcome) -> None:
        """Do what an application answered to ``event``.

        What is refused is left out and counted in the log: repeating the
        event would not mend it.

        Raises:
            Unavailable: The disk did not take it: the event is not taken.
        """
        del event
        session = line.session
        if session is None:
            return  # it has ended; there is nobody to be answered
        for frame in outcome.answers:
            try:
                await self.done(line.application, session, frame)
            except Refused as refusal:
                log.warning(
                    "an answer was refused",
                    extra={
                        "application": line.application.id,
                        "code": refusal.code.value,
                    },
                )


class Receipt:
    """A listener that waits for the ack of one message.

    Attributes:
        ack: Set to it; has the error if there is none.
    """

    def __init__(self) -> None:
        self.ack: asyncio.Future[Ack] = (
            asyncio.get_running_loop().create_future()
        )

    def tell(self, saying: Saying) -> None:
        """Take what is told for the answer."""
        frame: ServerFrame = saying.frame
        if self.ack.done():
            return
        if isinstance(frame, Ack):
            self.ack.set_result(frame)
        elif isinstance(frame, Denied):
            self.ack.set_exception(_error_of(frame))
            # Of what has no ack nobody waits for the error.
            self.ack.exception()

    def dismiss(self, farewell: int) -> None:
        """There is nothing to close."""


def _error_of(frame: Denied) -> ServerError:
    code = RefusalCode(frame.code)
    if code is RefusalCode.UNAVAILABLE:
        return Unavailable("the disk did not take it")
    return Refused(code, retry_after=frame.retry_after, path=frame.path)


def _unknown() -> Refused:
    return Refused(RefusalCode.CONVERSATION_UNKNOWN, path="$.conversation")


def _checked(application: Application, session: Session) -> Session:
    conversation = session.conversation
    # What nothing was said in is nobody's business; what has ended was its
    # business, and it may know that it has ended.
    if (
        conversation.phase in {Phase.OPEN, Phase.GONE}
        or not application.serves(conversation.account, conversation.channel)
        # Nor is one whose customer wants nothing handed to it.
        or not session.allows(Use.APPLICATION)
    ):
        raise _unknown()
    return session


def _check_live(session: Session) -> None:
    if not session.conversation.is_live:
        raise Refused(RefusalCode.CONVERSATION_ENDED)


def _said(
    session: Session, frame: Answer, file: Mapping[str, Any] | None
) -> Said:
    if frame.id in session.accepted:
        return Said(text="")  # of a repeat the words are not looked at
    rich: Mapping[str, Any] | None = file or plain(frame.rich)
    return Said(
        text=clean(frame.text, may_be_empty=rich is not None),
        rich=rich,
        is_note=frame.note,
    )


def _show_typing(session: Session, frame: Typing, name: str) -> None:
    _check_live(session)
    seen = TypingSeen(
        conversation=session.id,
        author=Author.APPLICATION.value,
        on=frame.on,
        name=name,
    )
    tell_side(session, Author.CUSTOMER, seen)


def _raise_event(house: House, session: Session, frame: RaiseEvent) -> None:
    _check_live(session)
    data = frame.data
    if data is not None:
        hidden = hider(house, session, Author.APPLICATION)
        data = {name: hidden(value) for name, value in data.items()}
    asked = Saying(
        PageEvent(conversation=session.id, name=frame.name, data=data)
    )
    for seat in session.seats:
        if seat.side is Author.CUSTOMER:
            seat.listener.tell(asked)
