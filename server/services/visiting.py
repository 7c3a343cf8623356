"""A customer's connection: comes in, takes part, leaves.

One ``Visit`` a connection; several of them share a session (tabs). Nothing is
stored before the first message: until then the session is a few hundred bytes
of memory that go a minute after the last visit has left.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from server.domain.channel import Channel
from server.domain.context import Arrival
from server.domain.conversation import EndedBy, Phase
from server.domain.message import MOST_CHARACTERS, Author
from server.domain.restriction import Use
from server.errors import RefusalCode, Refused
from server.ids import ConversationId, token_hash
from server.live.rate_limit import RateLimit
from server.live.sessions import Listener, Seat, Session
from server.protocol.client_frames import (
    AskHoldings,
    ClientFrame,
    Delivered,
    End,
    EventTaken,
    Fetch,
    Forget,
    Hello,
    Ping,
    Read,
    Send,
    Stay,
    TellContext,
    TellPrivate,
    Typing,
    Withdraw,
)
from server.protocol.codec import Saying
from server.protocol.parts import MAX_FRAME, Limits
from server.protocol.server_frames import Pong, Welcome
from server.services.beginning import begin
from server.services.confiding import keep_sealed
from server.services.consenting import answered, withdraw
from server.services.ending import Ending
from server.services.hiding import hider
from server.services.house import House
from server.services.noticing import agreed_to, notice_in
from server.services.purging import left_empty
from server.services.recording import Touch
from server.services.remembering import Remembering, page, resumed_at
from server.services.surroundings import arrived, new_context_rate, told
from server.services.taking_part import (
    by_customer,
    file_in,
    hidden_in,
    mark,
    said_in,
    say,
    show_typing,
)
from server.services.telling import milliseconds, summary_of
from server.services.timing import deadline_frame, watch_deadline

#: Seconds of silence after which a sign of life is asked for. Shorter than
#: the 30 s after which mobile networks and proxies forget a connection.
HEARTBEAT = 25
#: Connections of one customer: tabs and devices, with room for the dead ones
#: that are not yet found out.
MOST_VISITS = 16

PONG = Saying(Pong())

#: What of a frame takes time.
Rest = Coroutine[Any, Any, None]


def limits_of(house: House) -> Limits:
    """What ``welcome`` says of limits."""
    return Limits(
        text=MOST_CHARACTERS,
        frame=MAX_FRAME,
        per_second=int(house.pace.per_second),
        burst=int(house.pace.burst),
    )


class Visit:
    """What one connection of a customer may do.

    Args:
        house: The parts.
        ending: Ends conversations.
        remembering: Finds sessions.
        channel: By which way the customer came.
        listener: The connection itself.
        arrival: How it came in.
    """

    __slots__ = (
        "_arrival",
        "_channel",
        "_context_rate",
        "_ending",
        "_house",
        "_language",
        "_listener",
        "_remembering",
        "_seat",
        "_session",
    )

    def __init__(
        self,
        house: House,
        ending: Ending,
        remembering: Remembering,
        *,
        channel: Channel,
        listener: Listener,
        arrival: Arrival | None = None,
    ) -> None:
        self._arrival = arrival
        self._context_rate: RateLimit | None = None
        self._house = house
        self._language: str | None = None
        self._ending = ending
        self._remembering = remembering
        self._channel = channel
        self._listener = listener
        self._seat: Seat | None = None
        self._session: Session | None = None

    async def greet(self, hello: Hello) -> None:
        """Let the customer in: to a new session, or back to the old one.

        Raises:
            Refused: ``SESSION_UNKNOWN`` for every token that opens nothing;
                ``TOO_MANY`` connections.
            ServerError: What is stored cannot be read.
        """
        if hello.name is not None or hello.password is not None:
            raise Refused(RefusalCode.MALFORMED, path="$")
        self._language = hello.language
        token = None
        if hello.token is None:
            if self._channel.controlled_creation:
                # Only the account's back-end begins one, and has a token.
                raise Refused(RefusalCode.SESSION_UNKNOWN, path="$.token")
            session, token = begin(self._house, self._channel)
        else:
            session = await self._return(hello.token)
        seat = Seat(self._listener, Author.CUSTOMER)
        after, resync = resumed_at(session, hello.epoch, hello.last)
        history = await page(self._house, session, seat, after=after)
        # From here on nothing is waited for: who is welcome is in, and has
        # heard all that was said before anything else is told.
        self._take(session, seat)
        self._arrive(session)
        self._welcome(session, token)
        if resync is not None:
            self._listener.tell(resync)
        self._listener.tell(history)
        if session.is_warned:
            self._listener.tell(
                Saying(deadline_frame(self._house, session, warn=True))
            )

    def _take(self, session: Session, seat: Seat) -> None:
        if not session.conversation.is_live:
            raise Refused(RefusalCode.SESSION_UNKNOWN)  # it ended meanwhile
        visits = sum(one.side is Author.CUSTOMER for one in session.seats)
        if visits >= MOST_VISITS:
            raise Refused(RefusalCode.TOO_MANY)
        if session.conversation.is_stored:
            self._house.records.put(Touch(self._house, session))
        watch_deadline(self._house, session)
        session.seats.append(seat)
        self._session, self._seat = session, seat

    def _arrive(self, session: Session) -> None:
        arrival, self._arrival = self._arrival, None
        if arrival is not None:
            arrived(session, self._channel, arrival, senses=self._house.senses)

    @property
    def _now(self) -> Channel:
        """The channel as it is now, not as it was when they came."""
        return self._house.channels.get(self._channel.id, self._channel)

    async def _return(self, token: str) -> Session:
        id_, _, _ = token.partition(".")
        session = await self._remembering.session(ConversationId(id_))
        if (
            session is None
            or not hmac.compare_digest(session.token_hash, token_hash(token))
            or session.conversation.channel != self._channel.id
        ):
            raise Refused(RefusalCode.SESSION_UNKNOWN)
        return session

    def _welcome(self, session: Session, token: str | None) -> None:
        house = self._house
        self._listener.tell(
            Saying(
                Welcome(
                    role="customer",
                    limits=limits_of(house),
                    heartbeat=HEARTBEAT,
                    now_at=milliseconds(house.clock.now()),
                    token=token,
                    summary=summary_of(house, session),
                    notice=notice_in(self._now, self._language),
                )
            )
        )

    def carry_out(self, frame: ClientFrame) -> Rest | None:
        """Do what ``frame`` asks for.

        Returns:
            What is still to be awaited, if anything.

        Raises:
            ServerError: It was refused, or could not be done.
        """
        session, seat = self._session, self._seat
        assert session is not None  # noqa: S101 - greet comes first
        assert seat is not None  # noqa: S101
        own = getattr(frame, "conversation", None)
        if own is not None and own != session.id:
            raise Refused(
                RefusalCode.CONVERSATION_UNKNOWN, path="$.conversation"
            )
        do = _DOES.get(type(frame))
        if do is None:
            raise Refused(RefusalCode.UNKNOWN_TYPE, path="$.type")
        return do(self, session, seat, frame)

    def _send(self, session: Session, seat: Seat, frame: Send) -> Rest | None:
        if frame.attachment is not None:
            return self._say_with_file(session, seat, frame)
        self._say(session, seat, frame)
        return None

    def _typing(self, session: Session, seat: Seat, frame: Typing) -> None:
        show_typing(session, seat, on=frame.on)
        self._house.relay.typed(session, seat.side, on=frame.on)

    def _delivered(
        self, session: Session, seat: Seat, frame: Delivered
    ) -> None:
        mark(session, seat, delivered=frame.number, read=0)

    def _read(self, session: Session, seat: Seat, frame: Read) -> None:
        mark(session, seat, delivered=0, read=frame.number)

    def _ping(self, *_: object) -> None:
        self._listener.tell(PONG)

    def _stay(self, session: Session, *_: object) -> None:
        self._house.records.put(Touch(self._house, session))

    def _end(self, session: Session, _: Seat, frame: End) -> None:
        self._ending.ask(
            session,
            by=EndedBy.CUSTOMER,
            listener=self._listener,
            ref=frame.ref,
        )

    def _event_taken(
        self, session: Session, _: Seat, frame: EventTaken
    ) -> None:
        self._house.relay.page_took(session, frame.name)

    def _wait_turn(self) -> None:
        if self._context_rate is None:
            self._context_rate = new_context_rate()
        wait = self._context_rate.take(self._house.clock.elapsed())
        if wait:
            raise Refused(RefusalCode.TOO_FAST, retry_after=wait)

    def _holdings(self, session: Session, _: Seat, frame: AskHoldings) -> None:
        self._wait_turn()
        self._house.tell_holdings(session, self._listener, frame.ref)

    def _forget(self, session: Session, *_: object) -> Rest:
        return self._house.forget(session)

    def _context(self, session: Session, _: Seat, frame: TellContext) -> None:
        self._wait_turn()
        hide = hider(self._house, session, Author.CUSTOMER)
        told(session, self._channel, frame, hide=hide)

    def _private(
        self, session: Session, _: Seat, frame: TellPrivate
    ) -> Rest | None:
        return keep_sealed(
            self._house, session, self._channel, token=frame.token
        )

    def _withdraw(self, session: Session, _: Seat, frame: Withdraw) -> None:
        withdraw(
            self._house,
            session,
            purpose=frame.purpose,
            listener=self._listener,
            ref=frame.ref,
        )

    async def _say_with_file(
        self, session: Session, seat: Seat, frame: Send
    ) -> None:
        rich = await file_in(self._house, session, frame, side=Author.CUSTOMER)
        self._say(session, seat, frame, rich)

    def _say(
        self,
        session: Session,
        seat: Seat,
        frame: Send,
        rich: Mapping[str, Any] | None = None,
    ) -> None:
        channel = self._now
        say(
            self._house,
            session,
            frame=frame,
            speak=by_customer(
                hidden_in(
                    self._house,
                    session,
                    said_in(session, frame, rich),
                    side=Author.CUSTOMER,
                ),
                frame.id,
                to_application=channel.starts_with_application
                and session.allows(Use.APPLICATION),
                agreed=lambda it: agreed_to(channel, it, frame.terms),
            ),
            rate=session.rate,
            listener=self._listener,
            seat=seat,
            more=lambda said: answered(
                self._house,
                session,
                channel,
                said=said,
                text=frame.text,
                language=self._language,
            ),
        )

    async def _fetch(self, session: Session, seat: Seat, frame: Fetch) -> None:
        if not session.conversation.is_live:
            raise Refused(RefusalCode.CONVERSATION_ENDED)
        self._listener.tell(
            await page(self._house, session, seat, after=frame.after)
        )

    def leave(self) -> None:
        """The connection is gone; safe to repeat."""
        session, seat = self._session, self._seat
        self._session = self._seat = None
        if session is None or seat is None or seat not in session.seats:
            return
        session.seats.remove(seat)
        if not session.seats and session.conversation.phase is Phase.OPEN:
            left_empty(self._house, session)


#: What a customer may ask for once in, by the frame.
_DOES: Mapping[type[ClientFrame], Callable[..., Rest | None]] = {
    Send: Visit._send,  # noqa: SLF001 - the rest of the class
    Typing: Visit._typing,  # noqa: SLF001
    Withdraw: Visit._withdraw,  # noqa: SLF001
    Delivered: Visit._delivered,  # noqa: SLF001
    Read: Visit._read,  # noqa: SLF001
    AskHoldings: Visit._holdings,  # noqa: SLF001
    Forget: Visit._forget,  # noqa: SLF001
    Fetch: Visit._fetch,  # noqa: SLF001
    Ping: Visit._ping,  # noqa: SLF001
    Stay: Visit._stay,  # noqa: SLF001
    End: Visit._end,  # noqa: SLF001
    TellContext: Visit._context,  # noqa: SLF001
    TellPrivate: Visit._private,  # noqa: SLF001
    EventTaken: Visit._event_taken,  # noqa: SLF001
}
