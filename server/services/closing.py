"""What follows the end of a conversation that is kept for a while.

Its session goes at once, and with it everything that lives in memory only;
what stays is on disk, under its key. Applications are told of the end when
they have what there was to hand to them, or there was no time left.
"""

from __future__ import annotations

import contextlib
import logging

from server.domain.channel import Channel, Transcript
from server.domain.conversation import NEVER
from server.errors import ServerError, Unavailable
from server.live.sessions import Session
from server.protocol.farewell import Farewell
from server.services.house import House
from server.services.keeping import Keeping

log = logging.getLogger(__name__)


class Closing:
    """Lets go of sessions whose conversations are kept.

    Args:
        house: The parts.
        keeping: Changes what is kept.
    """

    def __init__(self, house: House, keeping: Keeping) -> None:
        self._house = house
        self._keeping = keeping

    def closed(self, session: Session) -> None:
        """The end of ``session`` is on disk, and everybody was told."""
        depart(self._house, session, Farewell.ENDED)
        conversation = session.conversation
        if conversation.erase_at < NEVER:
            self._house.look_at(session.id, conversation.erase_at)
        self.hand_over(session)

    def hand_over(self, session: Session) -> None:
        """Have handed over what there still is; also after a restart."""
        # What was said may still go out, for as long as a message may take.
        self._house.relay.ended(session, lambda: self._let_go(session))
        channel = self._house.channels.get(session.conversation.channel)
        if _waits(session, channel, Transcript.EMAIL):
            self._house.mailing.take(session.id)

    def _let_go(self, session: Session) -> None:
        session.forget()
        # The server stops or is overrun: the next start tells what is told
        # here, for it stands on the disk.
        with contextlib.suppress(Unavailable):
            self._house.errands.run(self._tell(session))

    async def _tell(self, session: Session) -> None:
        try:
            is_taken = await self._house.relay.closed(session)
            channel = self._house.channels.get(session.conversation.channel)
            if _waits(session, channel, Transcript.APPLICATION):
                settle = (
                    self._keeping.handed if is_taken else self._keeping.missed
                )
                await settle(session.id)
        except ServerError as error:
            log.warning(
                "what was told of an end could not be written down",
                extra={"error": type(error).__name__},
            )


def _waits(
    session: Session, channel: Channel | None, taker: Transcript
) -> bool:
    is_waited_for = session.conversation.transcript_until is not None
    return is_waited_for and channel is not None and channel.transcript is taker


def depart(house: House, session: Session, farewell: Farewell) -> None:
    """Nobody takes part in ``session`` any more, and it is not in memory."""
    for seat in tuple(session.seats):
        if seat.agent is None:
            seat.listener.dismiss(farewell)
    session.seats.clear()
    house.deadlines.cancel(session.id)
    house.sessions.remove(session.id)
    house.lingering.pop(session.id, None)
    house.ended.add(
        session.id, session.conversation.channel, at=house.clock.elapsed()
    )
