"""What may still be handed of a conversation that has ended, and for how long.

Messages on their way have the channel's grace. Where the applications are to
have the transcript, it is waited for until they have it, and for as long as
the conversation's own record says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from server.domain.channel import Transcript
from server.ids import ConversationId
from server.live.sessions import Session
from server.services.cursors import Cursors
from server.services.events import held_of
from server.services.handing import Line
from server.services.house import House
from server.services.turns import Turns

Lines = Mapping[ConversationId, tuple[Line, ...]]


class LastCalls:
    """Closes the lines of what has ended.

    Args:
        house: The parts.
        turns: Hands over what lines have.
        cursors: How far they are.
        lines: Those of every conversation.
    """

    def __init__(
        self, house: House, turns: Turns, cursors: Cursors, *, lines: Lines
    ) -> None:
        self._house = house
        self._turns = turns
        self._cursors = cursors
        self._lines = lines
        self._then: dict[ConversationId, Callable[[], None]] = {}

    def wait(self, session: Session, then: Callable[[], None]) -> None:
        """Do ``then`` once all is handed over, or there is no time left."""
        seconds = self._seconds(session)
        if seconds <= 0:
            self._close(session.id)
            then()
            return
        self._then[session.id] = then
        self._turns.later(seconds, lambda: self.over(session.id))

    def _seconds(self, session: Session) -> float:
        channel = self._house.channels.get(session.conversation.channel)
        lines = self._lines.get(session.id, ())
        if channel is None or not lines:
            return 0.0
        until = session.conversation.transcript_until
        is_theirs = channel.transcript is Transcript.APPLICATION
        if is_theirs and until is not None:
            self._hand_transcript(session, lines, channel.ending_grace)
            return until - self._house.clock.now()
        is_promising = any(map(self._is_promising, lines))
        return channel.ending_grace if is_promising else 0.0

    def _hand_transcript(
        self, session: Session, lines: tuple[Line, ...], grace: float
    ) -> None:
        def forget() -> None:
            # What lives in memory only dies at the end, whatever is kept.
            for line in lines:
                _note_held(line)
            session.forget_surroundings()

        self._turns.later(grace, forget)
        for line in lines:
            line.transcript_after = 0
            self._turns.wake(line)

    def _is_promising(self, line: Line) -> bool:
        reach = self._turns.reaches[line.application.id]
        return (
            not line.is_idle and reach.outlet_for(line.conversation) is not None
        )

    def rested(self, conversation: ConversationId) -> None:
        """A line of ``conversation`` has nothing to hand just now."""
        if conversation in self._then and all(
            line.is_idle for line in self._lines.get(conversation, ())
        ):
            self.over(conversation)

    def over(self, conversation: ConversationId) -> None:
        """Wait for nothing more of ``conversation``; none is no error."""
        then = self._then.pop(conversation, None)
        if then is not None:
            self._close(conversation)
            then()

    def _close(self, conversation: ConversationId) -> None:
        for line in self._lines.get(conversation, ()):
            _note_held(line)
            line.close()
            self._turns.drop(line)
            self._cursors.forget(line)


def _note_held(line: Line) -> None:
    if line.session is not None:
        held = held_of(line.session)
        line.held = {name: held[name] or line.held[name] for name in held}
