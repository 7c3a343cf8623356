"""What follows at once when agents, queues or channels change.

Whoever is removed or has another password is signed out where they are; what
a removed agent had waits again. Whoever watches what is not for them any more
hears no more of it. Lists show what they are to show now.
"""

from __future__ import annotations

import contextlib

from server.domain.agent import Agent
from server.domain.conversation import Phase
from server.domain.resource import ResourceKind
from server.errors import ServerError, Unavailable
from server.ids import AccountId, AgentId
from server.live.sessions import Session
from server.protocol.farewell import Farewell
from server.services.assigning import Assign
from server.services.desk import may_attend
from server.services.directory import Directory
from server.services.house import House
from server.services.remembering import Remembering
from server.services.telling import list_changed

#: Conversations of a removed agent that are given back at once.
PAGE = 200

_LISTS = frozenset(
    {ResourceKind.AGENT, ResourceKind.CHANNEL, ResourceKind.QUEUE}
)


class Following:
    """Does what follows.

    Args:
        house: The parts.
        remembering: Finds sessions.
        directory: What holds now.
    """

    def __init__(
        self, house: House, remembering: Remembering, directory: Directory
    ) -> None:
        self._house = house
        self._remembering = remembering
        self._directory = directory
        directory.subscribe(self.changed)

    def changed(
        self,
        kind: ResourceKind,
        account: AccountId,
        id: str,  # noqa: A002 - as it is told
    ) -> None:
        """It is new, has changed, or is gone."""
        if kind is ResourceKind.AGENT:
            agent = self._directory.agents.get(AgentId(id))
            self._meet(account, AgentId(id), agent)
            if agent is None:
                # If too much is under way they time out where they are.
                with contextlib.suppress(Unavailable):
                    self._house.errands.run(self._give_back(account, id))
        if kind in _LISTS:
            for session in self._house.sessions:
                of = session.conversation
                if of.account != account:
                    continue
                self._let_go(session)
                if of.phase is Phase.WAITING:
                    list_changed(self._house, session)

    def _let_go(self, session: Session) -> None:
        """Whoever watches it and may not any more hears no more of it."""
        of, agents = session.conversation, self._directory.agents
        for seat in tuple(session.seats):
            if seat.agent is None or seat.agent == of.agent:
                continue
            agent = agents.get(seat.agent)
            if agent is None or not may_attend(self._house, agent, of.channel):
                session.seats.remove(seat)

    def _meet(
        self, account: AccountId, id_: AgentId, agent: Agent | None
    ) -> None:
        for shift in self._house.presence.of(account):
            before: Agent | None = shift.agent
            if before is None or before.id != id_:
                continue
            if agent is None or agent.password_hash != before.password_hash:
                shift.listener.dismiss(Farewell.SIGNED_OUT)
            else:
                shift.agent = agent

    async def _give_back(self, account: AccountId, id_: str) -> None:
        agent = AgentId(id_)
        with contextlib.suppress(ServerError):
            _, rows = await self._house.records.listed(
                account, PAGE, agent=agent
            )
            for row in rows:
                session = await self._remembering.session(row.id)
                if session is not None:
                    self._release(session, agent)

    def _release(self, session: Session, agent: AgentId) -> None:
        self._house.records.put(
            Assign(
                self._house,
                session,
                agent=agent,
                is_take=False,
                done=lambda _: None,  # it has ended, or somebody else has it
            )
        )
