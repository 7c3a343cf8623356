"""The agents' lists: told whole once, and what has changed from then on."""

from __future__ import annotations

from typing import Protocol

from server.clock import Clock
from server.domain.agent import Agent
from server.ids import AgentId, ConversationId
from server.live.sessions import Listener, Session
from server.protocol.codec import Saying
from server.protocol.frames import Listed, Listing, Summary, Unlisted
from server.services.house import House
from server.services.remembering import Remembering
from server.services.telling import is_listed, summary_of
from server.store.rows import ConversationRow

#: Conversations of each kind in a list; who has more waiting has other
#: worries than the two hundred and first.
MOST_LISTED = 200
#: Seconds in which changes are collected: not felt by a person, and a flood
#: of messages in waiting conversations costs five frames a second each.
COLLECTED = 0.2


class Reader(Protocol):
    """An agent's connection, as far as lists go."""

    agent: Agent | None
    listed: set[ConversationId]
    listener: Listener


async def listing_for(
    house: House, remembering: Remembering, agent: Agent
) -> tuple[Listing, set[ConversationId]]:
    """The list of ``agent``, and the ids in it.

    Raises:
        ServerError: What is stored cannot be read.
    """
    waiting_rows, mine_rows = await house.records.listed(
        agent.account, MOST_LISTED + 1, agent=agent.id
    )
    is_more = max(len(waiting_rows), len(mine_rows)) > MOST_LISTED
    waiting = await _summaries(house, remembering, agent, waiting_rows)
    mine = await _summaries(house, remembering, agent, mine_rows)
    listed = {ConversationId(item.conversation) for item in (*waiting, *mine)}
    return Listing(waiting=waiting, mine=mine, more=is_more), listed


async def _summaries(
    house: House,
    remembering: Remembering,
    agent: Agent,
    rows: list[ConversationRow],
) -> tuple[Summary, ...]:
    found = []
    for row in rows[:MOST_LISTED]:
        session = await remembering.session(row.id)
        # It may have been taken or ended since the rows were read.
        if session is not None and is_listed(session.conversation, agent.id):
            found.append(summary_of(house, session, agent=agent.id))
    return tuple(found)


class ListKeeping:
    """Tells agents what has changed in their lists."""

    def __init__(self, house: House, clock: Clock) -> None:
        self._house = house
        self._clock = clock

    async def run(self) -> None:
        """Tell what was collected, again and again, until cancelled."""
        while True:
            await self._house.wake_listing.wait()
            await self._clock.sleep(COLLECTED)
            self._house.wake_listing.clear()
            self.tell()

    def tell(self) -> None:
        """Tell every agent what has changed since the last time."""
        for session in self._house.presence.take_changed():
            said: dict[AgentId | None, Saying] = {}
            for shift in self._house.presence.of(session.conversation.account):
                self._tell_one(shift, session, said)

    def _tell_one(
        self,
        shift: Reader,
        session: Session,
        said: dict[AgentId | None, Saying],
    ) -> None:
        if shift.agent is None:
            return
        conversation = session.conversation
        if not is_listed(conversation, shift.agent.id):
            if conversation.id in shift.listed:
                shift.listed.discard(conversation.id)
                gone = Saying(Unlisted(conversation=conversation.id))
                shift.listener.tell(gone)
            return
        shift.listed.add(conversation.id)
        # Waiting ones look the same to everybody: one encoding for all.
        reader = shift.agent.id if conversation.agent else None
        if reader not in said:
            said[reader] = Saying(
                Listed(
                    summary=summary_of(
                        self._house, session, agent=shift.agent.id
                    )
                )
            )
        shift.listener.tell(said[reader])
