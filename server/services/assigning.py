"""Who has a conversation: the application, those who wait, or an agent.

Changes of the same kind as those in ``recording``.
"""

from __future__ import annotations

from collections.abc import Callable

from server.domain.audit import ActorKind, AuditEvent
from server.errors import ServerError
from server.ids import AgentId
from server.live.sessions import Listener, Session
from server.services.house import House
from server.services.recording import adopt
from server.services.telling import (
    agent_name,
    denial,
    list_changed,
    state_of,
    tell_all,
)
from server.store.group import Group


class Assign:
    """Gives a conversation to an agent, or back to those who wait.

    Args:
        house: The parts.
        session: Which.
        agent: Who takes or releases it.
        is_take: Whether it is taken.
        done: Told None, or what went wrong.
    """

    __slots__ = ("_agent", "_done", "_house", "_is_take", "_session")

    def __init__(
        self,
        house: House,
        session: Session,
        *,
        agent: AgentId,
        is_take: bool,
        done: Callable[[ServerError | None], None],
    ) -> None:
        self._house = house
        self._session = session
        self._agent = agent
        self._is_take = is_take
        self._done = done

    def prepare(self, group: Group) -> None:
        """Take the move that the table allows."""
        conversation = self._session.conversation
        if self._is_take:
            after = conversation.take(self._agent)
        else:
            after = conversation.release(self._agent)
        adopt(self._house, self._session, after, group=group)

    def committed(self) -> None:
        """Tell both sides who has it now."""
        session = self._session
        if self._is_take:
            self._house.audit.note(
                AuditEvent.TAKEN,
                by=ActorKind.AGENT,
                actor=self._agent,
                subject=session.id,
            )
        tell_all(session, state_of(self._house, session.conversation))
        list_changed(self._house, session)
        self._house.relay.assigned(
            session, agent_name(self._house, session.conversation)
        )
        self._done(None)

    def failed(self, error: ServerError) -> None:
        """Tell the agent."""
        self._done(error)


class HandingOver:
    """The application asks for an agent; repeating it is harmless.

    Args:
        house: The parts.
        session: Which.
        listener: Told what went wrong.
        ref: What to repeat in a refusal.
    """

    __slots__ = ("_house", "_listener", "_ref", "_session")

    def __init__(
        self,
        house: House,
        session: Session,
        *,
        listener: Listener,
        ref: str | None,
    ) -> None:
        self._house = house
        self._session = session
        self._listener = listener
        self._ref = ref

    def prepare(self, group: Group) -> None:
        """Take the move that the table allows."""
        after = self._session.conversation.hand_over()
        adopt(self._house, self._session, after, group=group)

    def committed(self) -> None:
        """The customer sees that it waits; agents see it at all."""
        session = self._session
        tell_all(session, state_of(self._house, session.conversation))
        list_changed(self._house, session)

    def failed(self, error: ServerError) -> None:
        """Tell the application."""
        self._listener.tell(denial(error, self._ref))
