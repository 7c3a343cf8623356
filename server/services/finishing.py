"""How a conversation ends: decided by the writer, like everything said in it.

It is ENDING where nothing is to be kept, and is erased; or CLOSED, where the
channel keeps it for a while, a transcript is still to be handed, or somebody
has put it on hold.
"""

from __future__ import annotations

from collections.abc import Callable

from server.domain.audit import ActorKind, AuditEvent
from server.domain.conversation import NEVER, Conversation, EndedBy, Phase
from server.errors import RefusalCode, Refused, ServerError
from server.ids import AgentId
from server.live.sessions import Session
from server.protocol.server_frames import Ended
from server.services.house import House
from server.services.recording import adopt
from server.services.telling import list_changed, milliseconds, tell_all
from server.services.timing import due_of, keep_of
from server.store.group import Group


class Finish:
    """Ends a conversation; what follows begins when this is on disk.

    Args:
        house: The parts.
        session: Which.
        by: Who or what ends it.
        agent: Which agent, if one does.
        is_due: Whether it still has to end, for an end that nobody asked for:
            what was queued before may have moved the deadline.
        is_erased: Whether it is erased even where it would be kept.
        ended: Told of the session as soon as the end cannot be taken back.
        refused: Told what went wrong.
    """

    __slots__ = (
        "_agent",
        "_by",
        "_ended",
        "_house",
        "_is_due",
        "_is_erased",
        "_is_first",
        "_refused",
        "_session",
    )

    def __init__(  # noqa: PLR0913 - who ends it, and who is told
        self,
        house: House,
        session: Session,
        *,
        by: EndedBy,
        agent: AgentId | None = None,
        is_due: Callable[[], bool] | None = None,
        is_erased: bool = False,
        ended: Callable[[Session], None],
        refused: Callable[[ServerError], None],
    ) -> None:
        self._house = house
        self._session = session
        self._by = by
        self._agent = agent
        self._is_due = is_due
        self._is_erased = is_erased
        self._ended = ended
        self._refused = refused
        self._is_first = False

    def prepare(self, group: Group) -> None:
        """Nothing can be said from here on."""
        if self._is_due is not None and not self._is_due():
            raise Refused(RefusalCode.NOT_NOW)
        conversation = self._session.conversation
        if self._is_erased and not conversation.is_live:
            # What becomes of it now is decided by its row: see keeping.py.
            raise Refused(RefusalCode.CONVERSATION_ENDED)
        after = self._after(conversation)
        self._is_first = conversation.is_live
        if self._is_first:
            adopt(self._house, self._session, after, group=group)
            self._house.relay.ending(self._session, group)

    def _after(self, conversation: Conversation) -> Conversation:
        now = ended_at = self._house.clock.now()
        if self._is_due is not None:  # it may be noticed late
            ended_at = min(now, due_of(self._house, conversation))
        keep = None
        if conversation.is_stored and not self._is_erased:
            keep = keep_of(
                self._house, conversation, ended_at=ended_at, now=now
            )
        if keep is None:
            return conversation.end(self._by, agent=self._agent)
        return conversation.close(
            self._by, agent=self._agent, at=ended_at, keep=keep
        )

    def committed(self) -> None:
        """Tell everybody, and have it erased or kept."""
        if not self._is_first:
            return  # the other side was quicker; all have been told
        session = self._session
        conversation = session.conversation
        by = conversation.ended_by or self._by
        self._note(by)
        is_kept = conversation.phase is Phase.CLOSED
        is_known = is_kept and conversation.erase_at < NEVER
        tell_all(
            session,
            Ended(
                conversation=session.id,
                by=by.value,
                at=milliseconds(self._house.clock.now()),
                kept=is_kept,
                kept_until=(
                    milliseconds(conversation.erase_at) if is_known else None
                ),
            ),
        )
        list_changed(self._house, session)
        self._ended(session)

    def _note(self, by: EndedBy) -> None:
        if self._session.slot is None:
            return  # nothing was said: neither begun nor ended
        self._house.metrics.ended[by].add()
        if by is EndedBy.AGENT:
            self._house.audit.note(
                AuditEvent.ENDED,
                by=ActorKind.AGENT,
                actor=self._agent or "",
                subject=self._session.id,
            )

    def failed(self, error: ServerError) -> None:
        """Tell whoever wanted it to end."""
        if (
            isinstance(error, Refused)
            and not self._session.conversation.is_live
            and not self._is_erased
        ):
            return  # it has ended already, which is what was wanted
        self._refused(error)
