"""How applications come, change and go, while conversations go on.

A conversation keeps its lines, and a line its place: what is on its way stays
the only thing on its way, so nothing overtakes anything. A new application is
handed the conversations it serves from their beginning, as after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.domain.application import Application
from server.domain.conversation import Phase
from server.ids import ApplicationId, ConversationId
from server.live.sessions import Session
from server.protocol.farewell import Farewell
from server.services.cursors import Cursors
from server.services.handing import Line, Outlet, Way
from server.services.last_calls import LastCalls
from server.services.leaving import Leaving
from server.services.reaching import Reach
from server.services.roster import Roster
from server.services.turns import Turns

Lines = dict[ConversationId, tuple[Line, ...]]

#: Conversations in which something can be said.
_LIVE = frozenset({Phase.SERVED, Phase.WAITING, Phase.ACTIVE})


class Joining:
    """Changes who is told.

    Args:
        turns: Hands over what lines have.
        cursors: How far they are.
        roster: Who serves what.
        lines: Those of every conversation.
        leaving: Tells of ends.
        last_calls: Waits for the last messages.
        may_hear: Whether applications may hear of a session at all.
    """

    def __init__(  # noqa: PLR0913 - made in one place, of parts of one whole
        self,
        turns: Turns,
        cursors: Cursors,
        roster: Roster,
        *,
        lines: Lines,
        leaving: Leaving,
        last_calls: LastCalls,
        may_hear: Callable[[Session], bool],
    ) -> None:
        self._turns = turns
        self._cursors = cursors
        self._roster = roster
        self._lines = lines
        self._leaving = leaving
        self._last_calls = last_calls
        self._may_hear = may_hear

    def take(
        self,
        application: Application,
        webhook: Way | None,
        *,
        sessions: Iterable[Session],
    ) -> None:
        """Tell ``application``, which is new or has changed.

        Args:
            application: As it is now.
            webhook: The way to its webhook, if it has one.
            sessions: Those that are in memory.
        """
        reach = self._turns.reaches.get(application.id)
        if reach is None:
            reach = Reach(application, webhook)
            reach.has_more = True  # ends, told by nobody yet
            self._turns.reaches[application.id] = reach
        else:
            reach.renew(application, webhook)
            self._leaving.renew(application)
        self._roster.renew()
        for conversation in list(self._lines):
            self._renew_lines(conversation, application)
        for session in sessions:
            self._add_line(session, application)
        self._turns.unpark(reach)
        self._cursors.wake.set()

    def _renew_lines(
        self, conversation: ConversationId, application: Application
    ) -> None:
        for line in self._lines[conversation]:
            if line.application.id != application.id or line.session is None:
                continue
            of = line.session.conversation
            if application.serves(of.account, of.channel):
                line.application = application
            else:
                self._take_out(conversation, application.id)

    def _add_line(self, session: Session, application: Application) -> None:
        of = session.conversation
        lines = self._lines.get(session.id, ())
        if (
            of.phase not in _LIVE
            or not self._may_hear(session)
            or not application.serves(of.account, of.channel)
            or any(one.application.id == application.id for one in lines)
        ):
            return
        line = Line(application, session.id, session)
        self._lines[session.id] = (*lines, line)
        self._turns.wake(line)

    def let_go(self, application: ApplicationId) -> None:
        """Tell it nothing more, and close its connections; repeatable."""
        reach = self._turns.reaches.get(application)
        if reach is None:
            return
        self.dismiss(application, Farewell.SIGNED_OUT)
        for conversation in list(self._lines):
            self._take_out(conversation, application)
        self._leaving.forget(application)
        del self._turns.reaches[application]
        self._roster.renew()

    def dismiss(self, application: ApplicationId, farewell: Farewell) -> None:
        """Close the connections of that application."""
        reach = self._turns.reaches.get(application)
        for outlet in tuple(reach.connections) if reach else ():
            if outlet.dismiss is not None:
                outlet.dismiss(farewell)

    def _take_out(
        self, conversation: ConversationId, application: ApplicationId
    ) -> None:
        lines = self._lines[conversation]
        gone = [one for one in lines if one.application.id == application]
        if not gone:
            return
        left = tuple(one for one in lines if one not in gone)
        # None is left out: with no lines at all they would be made anew, and
        # all that was said be handed over once more.
        self._lines[conversation] = left
        for line in gone:
            line.close()
            self._turns.drop(line)
            self._cursors.forget(line)
        self._last_calls.rested(conversation)

    # By socket

    def connect(
        self,
        application: Application,
        way: Way,
        dismiss: Callable[[Farewell], None] | None = None,
    ) -> Outlet:
        """``application`` is here: hand it its events by ``way``.

        Args:
            application: Which.
            way: Its connection.
            dismiss: Closes it.
        """
        outlet = Outlet(way)
        outlet.dismiss = dismiss
        reach = self._turns.reaches[application.id]
        reach.connections.append(outlet)
        self._turns.unpark(reach)
        return outlet

    def disconnect(self, application: Application, outlet: Outlet) -> None:
        """It is gone: what was not taken is handed elsewhere."""
        reach = self._turns.reaches.get(application.id)
        if reach is not None and outlet in reach.connections:
            reach.connections.remove(outlet)
        while outlet.waiting:
            line = outlet.waiting.popleft()
            line.is_waiting = False
            self._turns.wake(line)

    def connections(self, application: Application) -> int:
        """How many connections ``application`` has."""
        reach = self._turns.reaches.get(application.id)
        return len(reach.connections) if reach is not None else 0
