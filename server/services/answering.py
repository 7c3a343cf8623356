"""An agent's connection: signs in, sees who waits, takes part, leaves.

One ``Shift`` a connection; an agent may have several. A shift has a seat in
each conversation it watches, and is told of every conversation of the account
that waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from server.domain.agent import Agent
from server.domain.audit import ActorKind, AuditEvent
from server.domain.conversation import Conversation, EndedBy, Phase
from server.domain.message import Author, Message
from server.errors import RefusalCode, Refused, ServerError
from server.ids import ConversationId
from server.live.sessions import Listener, Seat, Session
from server.protocol.client_frames import (
    AskList,
    ClientFrame,
    Delivered,
    End,
    Fetch,
    Hello,
    Ping,
    Read,
    Release,
    Send,
    SignOut,
    Take,
    Typing,
    Unwatch,
    Watch,
)
from server.protocol.codec import Saying
from server.protocol.farewell import Farewell
from server.protocol.server_frames import Watching, Welcome
from server.services.assigning import Assign
from server.services.desk import may_attend
from server.services.ending import Ending
from server.services.house import House
from server.services.listing import listing_for
from server.services.remembering import Remembering, new_rate, page, resumed_at
from server.services.signing_in import SigningIn
from server.services.surroundings import context_of
from server.services.taking_part import (
    file_in,
    hidden_in,
    mark,
    said_in,
    say,
    show_typing,
)
from server.services.telling import milliseconds, summary_of
from server.services.timing import deadline_frame
from server.services.visiting import HEARTBEAT, PONG, limits_of

#: Conversations watched on one connection: a busy agent has ten.
MOST_WATCHED = 256


class Shift:
    """What one connection of an agent may do.

    Attributes:
        agent: Who it is; None before ``greet``.
        listed: The conversations that stand in the list it was told; None
            while that is read.
        listener: The connection itself.
        token: What it signed in with.
    """

    def __init__(
        self,
        house: House,
        ending: Ending,
        remembering: Remembering,
        signing_in: SigningIn,
        *,
        listener: Listener,
    ) -> None:
        self._house = house
        self._ending = ending
        self._remembering = remembering
        self._signing_in = signing_in
        self._seats: dict[ConversationId, tuple[Session, Seat]] = {}
        self._rate = new_rate(house)
        self.listener = listener
        self.agent: Agent | None = None
        self.token: str | None = None
        self.listed: set[ConversationId] | None = None

    async def greet(self, hello: Hello) -> None:
        """Let the agent in.

        Raises:
            Refused: ``BAD_CREDENTIALS``, or too many are signing in.
            ServerError: The store did not do its work.
        """
        fresh = None
        if hello.token is not None:
            agent = await self._signing_in.by_token(hello.token)
        else:
            agent, fresh = await self._signing_in.by_password(hello)
        self.agent = agent
        self.token = hello.token or fresh
        # Here before the list is read, so that no change is missed.
        self._house.presence.join(agent.account, self)
        try:
            await self._list(welcome=self._welcome(agent, fresh))
        except BaseException:
            self.leave()
            raise

    def _welcome(self, agent: Agent, token: str | None) -> Saying:
        return Saying(
            Welcome(
                role="agent",
                name=agent.display_name,
                limits=limits_of(self._house),
                heartbeat=HEARTBEAT,
                now_at=milliseconds(self._house.clock.now()),
                token=token,
            )
        )

    def carry_out(self, frame: ClientFrame) -> Coroutine[Any, Any, None] | None:
        """Do what ``frame`` asks for.

        Returns:
            What is still to be awaited, if anything.

        Raises:
            ServerError: It was refused, or could not be done.
        """
        match frame:
            case Ping():
                self.listener.tell(PONG)
            case Send() | Typing() | Delivered() | Read():
                return self._take_part(frame)
            case Unwatch():
                self._stand_up(ConversationId(frame.conversation))
            case AskList():
                return self._list()
            case SignOut():
                return self._sign_out()
            case Watch() | Take() | Release() | End() | Fetch():
                return self._attend(frame)
            case _:
                raise Refused(RefusalCode.UNKNOWN_TYPE, path="$.type")
        return None

    def _take_part(
        self, frame: Send | Typing | Delivered | Read
    ) -> Coroutine[Any, Any, None] | None:
        found = self._seats.get(ConversationId(frame.conversation or ""))
        if found is None:
            if isinstance(frame, Send):
                return self._say_from_outside(frame)
            raise Refused(
                RefusalCode.CONVERSATION_UNKNOWN, path="$.conversation"
            )
        session, seat = found
        match frame:
            case Send(attachment=str()):
                return self._say_with_file(session, seat, frame)
            case Send():
                self._say(session, seat, frame)
            case Typing():
                show_typing(
                    session, seat, on=frame.on, name=self._me.display_name
                )
                self._house.relay.typed(session, seat.side, on=frame.on)
            case Delivered():
                mark(session, seat, delivered=frame.number, read=0)
            case Read():
                mark(session, seat, delivered=0, read=frame.number)
        return None

    async def _say_with_file(
        self, session: Session, seat: Seat | None, frame: Send
    ) -> None:
        rich = await file_in(self._house, session, frame, side=Author.AGENT)
        self._say(session, seat, frame, rich)

    def _say(
        self,
        session: Session,
        seat: Seat | None,
        frame: Send,
        rich: Mapping[str, Any] | None = None,
    ) -> None:
        me = self._me
        said = hidden_in(
            self._house,
            session,
            said_in(session, frame, rich),
            side=Author.AGENT,
        )

        def speak(
            conversation: Conversation, at: float
        ) -> tuple[Conversation, Message]:
            return conversation.answer(
                said(),
                agent=me.id,
                name=me.display_name,
                client_id=frame.id,
                at=at,
            )

        say(
            self._house,
            session,
            frame=frame,
            speak=speak,
            rate=self._rate,
            listener=self.listener,
            seat=seat,
        )

    async def _say_from_outside(self, frame: Send) -> None:
        session = await self._find(frame.conversation)
        if frame.attachment is not None:
            await self._say_with_file(session, None, frame)
        else:
            self._say(session, None, frame)

    async def _attend(
        self, frame: Watch | Take | Release | End | Fetch
    ) -> None:
        session = await self._find(frame.conversation)
        match frame:
            case Watch():
                await self._watch(session, frame.epoch, frame.last)
            case Take():
                self._check_room(session)
                await self._assign(session, is_take=True)
                if session.id not in self._seats:
                    await self._watch(session, None, 0)
            case Release():
                await self._assign(session, is_take=False)
            case Fetch():
                _, seat = self._seats.get(session.id, (None, None))
                if seat is None:
                    raise Refused(
                        RefusalCode.CONVERSATION_UNKNOWN, path="$.conversation"
                    )
                self.listener.tell(
                    await page(self._house, session, seat, after=frame.after)
                )
            case End():
                self._ending.ask(
                    session,
                    by=EndedBy.AGENT,
                    agent=self._me.id,
                    listener=self.listener,
                    ref=frame.ref,
                )

    async def _find(self, conversation: str | None) -> Session:
        # By what is stored, not by what the frame says of it: an id of
        # another account is as unknown as one that was never given.
        session = None
        if conversation is not None:
            session = await self._remembering.session(
                ConversationId(conversation)
            )
        if (
            session is None
            or session.conversation.account != self._me.account
            or not session.conversation.is_stored
            # What the application has, no agent can see.
            or session.conversation.phase is Phase.SERVED
            or not self._attends(session.conversation)
        ):
            raise Refused(
                RefusalCode.CONVERSATION_UNKNOWN, path="$.conversation"
            )
        return session

    def _attends(self, conversation: Conversation) -> bool:
        me = self._me
        return conversation.agent == me.id or may_attend(
            self._house, me, conversation.channel
        )

    async def _watch(
        self, session: Session, epoch: str | None, last: int
    ) -> None:
        _, seat = self._seats.get(session.id, (None, None))
        if seat is None or seat not in session.seats:
            self._check_room(session)
            seat = Seat(self.listener, Author.AGENT, self._me.id)
            session.seats.append(seat)
            self._seats[session.id] = session, seat
        self.listener.tell(
            Saying(
                Watching(
                    summary=summary_of(self._house, session, agent=self._me.id)
                )
            )
        )
        after, resync = resumed_at(session, epoch, last)
        if resync is not None:
            self.listener.tell(resync)
        self.listener.tell(await page(self._house, session, seat, after=after))
        context = context_of(session)
        if context is not None:
            self.listener.tell(context)
        if session.is_warned:
            self.listener.tell(
                Saying(deadline_frame(self._house, session, warn=True))
            )

    async def _assign(self, session: Session, *, is_take: bool) -> None:
        waiting: asyncio.Future[None] = (
            asyncio.get_running_loop().create_future()
        )

        def done(error: ServerError | None) -> None:
            if waiting.done():
                return  # the agent has left meanwhile
            if error is None:
                waiting.set_result(None)
            else:
                waiting.set_exception(error)

        self._house.records.put(
            Assign(
                self._house,
                session,
                agent=self._me.id,
                is_take=is_take,
                done=done,
            )
        )
        await waiting

    async def _list(self, welcome: Saying | None = None) -> None:
        before, self.listed = self.listed, None
        try:
            listing, listed = await listing_for(
                self._house, self._remembering, self._me
            )
        except BaseException:
            self.listed = before
            raise
        self.listed = listed
        # With nothing to wait for after it: who is welcome is in.
        if welcome is not None:
            self.listener.tell(welcome)
        self.listener.tell(Saying(listing))

    async def _sign_out(self) -> None:
        if self.token is None:
            return
        await self._signing_in.sign_out(self.token)
        self._house.audit.note(
            AuditEvent.SIGNED_OUT, by=ActorKind.AGENT, actor=self._me.id
        )
        for shift in self._house.presence.of(self._me.account):
            if shift.token == self.token:
                shift.listener.dismiss(Farewell.SIGNED_OUT)

    def _check_room(self, session: Session) -> None:
        if session.id in self._seats:
            return
        # What is erased has let go of its seats; this lets go of it.
        self._seats = {
            id_: (watched, seat)
            for id_, (watched, seat) in self._seats.items()
            if watched.conversation.phase not in {Phase.CLOSED, Phase.GONE}
        }
        if len(self._seats) >= MOST_WATCHED:
            raise Refused(RefusalCode.TOO_MANY)

    def _stand_up(self, conversation: ConversationId) -> None:
        session, seat = self._seats.pop(conversation, (None, None))
        if session is not None and seat in session.seats:
            session.seats.remove(seat)

    def leave(self) -> None:
        """The connection is gone; safe to repeat."""
        for conversation in tuple(self._seats):
            self._stand_up(conversation)
        if self.agent is not None:
            self._house.presence.leave(self.agent.account, self)

    @property
    def _me(self) -> Agent:
        assert self.agent is not None  # noqa: S101 - greet comes first
        return self.agent
