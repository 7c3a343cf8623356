"""The agents' lists: told whole once, and what has changed from then on."""

from __future__ import annotations

import contextlib
from typing import Protocol

from server.clock import Clock
from server.domain.agent import Agent
from server.domain.conversation import Phase
from server.errors import Corrupt
from server.ids import AgentId, ConversationId
from server.live.sessions import Listener, Session
from server.protocol.codec import Saying
from server.protocol.server_frames import Listed, Listing, Unlisted
from server.services.desk import may_attend, not_for
from server.services.house import House
from server.services.remembering import Remembering
from server.services.telling import is_listed, list_changed, summary_of
from server.store.rows import ConversationRow

#: Conversations of each kind in a list; who has more waiting has other
#: worries than the two hundred and first.
MOST_LISTED = 200
#: Seconds in which changes are collected: not felt by a person, and a flood
#: of messages in waiting conversations costs five frames a second each.
COLLECTED = 0.2


class Reader(Protocol):
    """An agent's connection, as far as lists go.

    Attributes:
        agent: Whose it is.
        listed: What stands in the list it was told; None while that is read.
    """

    agent: Agent | None
    listed: set[ConversationId] | None
    listener: Listener


async def listing_for(
    house: House, remembering: Remembering, agent: Agent
) -> tuple[Listing, set[ConversationId]]:
    """The list of ``agent``, and the ids in it.

    Raises:
        ServerError: What is stored cannot be read.
    """
    waiting_rows, mine_rows = await house.records.listed(
        agent.account,
        MOST_LISTED + 1,
        agent=agent.id,
        but=not_for(house, agent),
    )
    is_more = max(len(waiting_rows), len(mine_rows)) > MOST_LISTED
    sessions = await _sessions(remembering, waiting_rows[:MOST_LISTED])
    sessions += await _sessions(remembering, mine_rows[:MOST_LISTED])
    # As they are now, all in one step: some may have been taken or ended
    # since the rows were read.
    waiting, mine = (
        tuple(
            summary_of(house, session, agent=agent.id)
            for session in sessions
            if session.conversation.phase is phase
            and _is_listed(house, session, agent)
        )
        for phase in (Phase.WAITING, Phase.ACTIVE)
    )
    listed = {ConversationId(item.conversation) for item in (*waiting, *mine)}
    return Listing(waiting=waiting, mine=mine, more=is_more), listed


async def _sessions(
    remembering: Remembering, rows: list[ConversationRow]
) -> list[Session]:
    found = []
    for row in rows:
        # One that is damaged must not hide all the others; purging erases it.
        with contextlib.suppress(Corrupt):
            session = await remembering.session(row.id)
            if session is not None:
                found.append(session)
    return found


def _is_listed(house: House, session: Session, agent: Agent) -> bool:
    conversation = session.conversation
    return is_listed(conversation, agent.id) and (
        conversation.phase is not Phase.WAITING
        or may_attend(house, agent, conversation.channel)
    )


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
        if shift.listed is None:
            # Its list may have been read before this change: next time.
            list_changed(self._house, session)
            return
        conversation = session.conversation
        if not _is_listed(self._house, session, shift.agent):
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
