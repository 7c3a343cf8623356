"""An application's connection: gets events, takes them, answers.

Several connections of one application share its conversations. What was
handed to one that goes is handed to another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from server.domain.application import Application
from server.errors import RefusalCode, Refused
from server.ids import ConversationId
from server.live.sessions import Listener
from server.protocol.client_frames import ClientFrame, Hello, Ping, Taken
from server.protocol.codec import Saying
from server.protocol.parts import Role
from server.protocol.server_frames import Handed, Welcome
from server.services.applying import Applying
from server.services.events import Event
from server.services.handing import Fate, Line, Outcome, Outlet
from server.services.house import House
from server.services.relaying import Relaying
from server.services.telling import milliseconds
from server.services.visiting import HEARTBEAT, PONG, limits_of

#: Connections of one application.
MOST_CONNECTIONS = 64


class Service:
    """What one connection of an application may do; a way to it as well.

    Args:
        house: The parts.
        applying: Does what it says.
        relaying: Gives it its events.
        listener: The connection itself.
    """

    def __init__(
        self,
        house: House,
        applying: Applying,
        relaying: Relaying,
        *,
        listener: Listener,
    ) -> None:
        self._house = house
        self._applying = applying
        self._relaying = relaying
        self._listener = listener
        self._application: Application | None = None
        self._outlet: Outlet | None = None
        self._on_way: dict[
            ConversationId, tuple[int, asyncio.Future[Outcome]]
        ] = {}

    async def greet(self, hello: Hello) -> None:
        """Let the application in.

        Raises:
            Refused: ``BAD_CREDENTIALS``: nobody's key; ``TOO_MANY``
                connections of it.
        """
        if hello.name is not None or hello.password is not None:
            raise Refused(RefusalCode.MALFORMED, path="$")
        application = self._applying.by_key(hello.token or "")
        if self._relaying.joining.connections(application) >= MOST_CONNECTIONS:
            raise Refused(RefusalCode.TOO_MANY)
        self._application = application
        self._listener.tell(
            Saying(
                Welcome(
                    role=Role.APPLICATION.value,
                    name=application.name,
                    limits=limits_of(self._house),
                    heartbeat=HEARTBEAT,
                    now_at=milliseconds(self._house.clock.now()),
                )
            )
        )
        self._outlet = self._relaying.joining.connect(
            application, self, self._listener.dismiss
        )

    async def hand(self, line: Line, event: Event) -> Outcome:
        """Hand over ``event``, and wait until it is taken."""
        if self._outlet is None:
            return Outcome(Fate.LOST)
        taken: asyncio.Future[Outcome] = (
            asyncio.get_running_loop().create_future()
        )
        self._on_way[line.conversation] = line.count, taken
        try:
            self._listener.tell(
                Saying(
                    Handed(
                        conversation=line.conversation,
                        cursor=line.count,
                        event=event,
                    )
                )
            )
            return await taken
        finally:
            self._on_way.pop(line.conversation, None)

    def carry_out(self, frame: ClientFrame) -> Coroutine[Any, Any, None] | None:
        """Do what ``frame`` asks for.

        Returns:
            What is still to be awaited, if anything.

        Raises:
            ServerError: It was refused, or could not be done.
        """
        match frame:
            case Ping():
                self._listener.tell(PONG)
                return None
            case Taken():
                self._take(frame)
                return None
            case _:
                return self._answer(frame)

    def _take(self, frame: Taken) -> None:
        cursor, taken = self._on_way.get(
            ConversationId(frame.conversation), (None, None)
        )
        if taken is not None and cursor == frame.cursor and not taken.done():
            taken.set_result(Outcome(Fate.TAKEN))

    def _answer(self, frame: ClientFrame) -> Coroutine[Any, Any, None] | None:
        me = self._me
        conversation = getattr(frame, "conversation", None)
        session = self._applying.here(me, conversation)
        if session is None or getattr(frame, "attachment", None):
            return self._answer_later(frame, conversation)
        self._applying.carry_out(me, session, frame, listener=self._listener)
        return None

    async def _answer_later(
        self, frame: ClientFrame, conversation: str | None
    ) -> None:
        me = self._me
        session = await self._applying.find(me, conversation)
        file = await self._applying.file_in(session, frame)
        self._applying.carry_out(
            me, session, frame, listener=self._listener, file=file
        )

    def leave(self) -> None:
        """The connection is gone; safe to repeat."""
        outlet, self._outlet = self._outlet, None
        if outlet is None:
            return
        self._relaying.joining.disconnect(self._me, outlet)
        for _, taken in tuple(self._on_way.values()):
            if not taken.done():
                taken.set_result(Outcome(Fate.LOST))

    @property
    def _me(self) -> Application:
        assert self._application is not None  # noqa: S101 - greet comes first
        return self._application
