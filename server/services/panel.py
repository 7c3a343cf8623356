"""What customers see of what is held about them, and their wish to be gone."""

from __future__ import annotations

import contextlib

from server.errors import ServerError, Unavailable
from server.live.sessions import Listener, Session
from server.protocol.codec import Saying
from server.protocol.parts import ConsentItem, HoldingItem
from server.protocol.server_frames import HoldingsTold
from server.services.erasing import Erasing
from server.services.house import House
from server.services.stocktaking import Held, Stocktaking
from server.services.telling import denial, milliseconds


class Panel:
    """Answers customers; the house knows it.

    Args:
        house: The parts.
        stocktaking: Says what is held.
        erasing: Erases.
    """

    def __init__(
        self, house: House, stocktaking: Stocktaking, erasing: Erasing
    ) -> None:
        self._house = house
        self._stocktaking = stocktaking
        self._erasing = erasing

    def tell_holdings(
        self, session: Session, listener: Listener, ref: str | None = None
    ) -> None:
        """Tell ``listener`` what is held of whoever is in ``session``.

        Args:
            session: Whose.
            listener: Who asked.
            ref: What they call their question, if it is refused.
        """
        # Too much else is under way: whoever wants to know asks again.
        with contextlib.suppress(Unavailable):
            self._house.errands.run(self._tell(session, listener, ref))

    async def _tell(
        self, session: Session, listener: Listener, ref: str | None
    ) -> None:
        try:
            held = await self._stocktaking.of_session(session)
        except ServerError as error:
            listener.tell(denial(error, ref))
        else:
            listener.tell(Saying(self._frame(session, held)))

    def _frame(self, session: Session, held: list[Held]) -> HoldingsTold:
        channel = self._house.channels.get(session.conversation.channel)
        person = session.customer
        consents = session.consents if person is None else person.consents
        restrictions = () if person is None else person.restrictions
        return HoldingsTold(
            conversation=session.id,
            held=tuple(map(_item, held)),
            consents=tuple(
                ConsentItem(
                    purpose=one.purpose,
                    level=one.level.word,
                    at=milliseconds(one.at),
                    version=one.version,
                )
                for one in consents.values()
            ),
            restrictions=tuple(sorted(one.value for one in restrictions)),
            transcript=(
                channel is not None
                and channel.transcript_download
                and session.conversation.is_stored
            ),
            on_hold=session.conversation.is_held,
        )

    async def forget(self, session: Session) -> None:
        """Whoever is in ``session`` wants to be erased; ``gone`` follows.

        Raises:
            Refused: ``ON_HOLD``.
            Conflict: Too much is being erased.
            ServerError: It could not be written down.
        """
        await self._erasing.forget(session)


def _item(one: Held) -> HoldingItem:
    return HoldingItem(
        name=one.name,
        count=one.count,
        home=one.home.value,
        dies=one.dies,
        dies_at=None if one.dies_at is None else milliseconds(one.dies_at),
    )
