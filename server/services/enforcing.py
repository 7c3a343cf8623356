"""Enforcing: what a person has restricted is dropped, at once.

What comes in later is not taken in the first place: ``surroundings``,
``confiding``, ``recording``, ``uploading`` and ``relaying`` ask before they
do what might be forbidden. Here is what has to go of what was there before.
"""

from __future__ import annotations

from dataclasses import replace

from server.domain.context import Context
from server.domain.conversation import Phase
from server.domain.message import Author
from server.domain.restriction import Use
from server.errors import ServerError
from server.live.people import Person
from server.live.sessions import Session
from server.protocol.codec import Saying
from server.protocol.server_frames import ContextKnown
from server.services.house import House
from server.services.recording import adopt
from server.services.telling import list_changed, state_of, tell_all
from server.store.group import Group


def sessions_of(house: House, person: Person) -> list[Session]:
    """The sessions of ``person`` in memory."""
    return [one for one in house.sessions if one.customer is person]


def enforce(house: House, session: Session) -> None:
    """Let go of what may not be held in ``session`` any more.

    Raises:
        Unavailable: Somebody else has to answer in place of the application,
            and the disk takes no more: ask again.
    """
    _drop_context(session)
    if not session.allows(Use.COOKIES):
        session.cookies = None
    if not session.allows(Use.PRIVATE_DATA):
        session.private = None
        session.private_was_lost = False
    if not session.allows(Use.APPLICATION):
        house.relay.withhold(session)
        if session.conversation.phase is Phase.SERVED:
            house.records.put(_ToAgents(house, session))


def allowed_of(session: Session, context: Context) -> Context:
    """``context`` as far as it may be known."""
    if not session.allows(Use.PLACE):
        context = replace(context, address=None, place=None)
    if not session.allows(Use.CONTEXT):
        context = Context(address=context.address, place=context.place)
    return context


def _drop_context(session: Session) -> None:
    before = session.context
    if before is None:
        return
    after = allowed_of(session, before)
    if after == before:
        return
    session.context = after or None
    saying = Saying(
        ContextKnown(conversation=session.id, context=after.as_map())
    )
    for seat in session.seats:
        if seat.side is Author.AGENT:
            seat.listener.tell(saying)


class _ToAgents:
    """The application hears no more: agents go on in its place."""

    def __init__(self, house: House, session: Session) -> None:
        self._house = house
        self._session = session
        self._is_moved = False

    def prepare(self, group: Group) -> None:
        conversation = self._session.conversation
        self._is_moved = conversation.phase is Phase.SERVED
        if self._is_moved:
            after = conversation.hand_over()
            adopt(self._house, self._session, after, group=group)

    def committed(self) -> None:
        if self._is_moved:
            session = self._session
            tell_all(session, state_of(self._house, session.conversation))
            list_changed(self._house, session)

    def failed(self, error: ServerError) -> None:
        """The customer waits for agents once the disk takes it."""
