"""When a conversation ends by itself, and how long its channel keeps it."""

from __future__ import annotations

from server.domain.channel import Channel, Transcript
from server.domain.conversation import Conversation, Keep, Phase
from server.domain.restriction import Use
from server.domain.retention import Deadline, deadline, keep
from server.live.sessions import Session
from server.protocol import server_frames as frames
from server.services.house import House

#: For a conversation whose channel is no longer configured: nothing may live
#: on by losing its channel. Seconds.
INACTIVITY = 1800.0
MAX_AGE = 86_400.0


def deadline_of(house: House, conversation: Conversation) -> Deadline:
    """When ``conversation`` ends if nothing more happens."""
    channel = house.channels.get(conversation.channel)
    return deadline(
        started_at=conversation.started_at,
        last_at=conversation.last_at,
        inactivity=channel.inactivity if channel else INACTIVITY,
        max_age=channel.max_age if channel else MAX_AGE,
    )


def due_of(house: House, conversation: Conversation) -> float:
    """Unix seconds at which it ends if nothing more happens.

    One that has ended and is kept: at which it is erased.
    """
    if conversation.phase is Phase.CLOSED:
        return conversation.erase_at
    return deadline_of(house, conversation).due_at


def keep_of(
    house: House, conversation: Conversation, *, ended_at: float, now: float
) -> Keep | None:
    """How long ``conversation`` is kept after its end; None: not at all.

    Args:
        house: The parts.
        conversation: Which.
        ended_at: Unix seconds of its end; before ``now`` if it came due while
            nobody looked.
        now: Unix seconds; from when on its transcript is waited for.
    """
    channel = house.channels.get(conversation.channel)
    return keep(
        ended_at=ended_at,
        retention=channel.retention if channel else 0.0,
        is_held=conversation.is_held,
        transcript_until=(
            now + channel.transcript_patience
            if channel
            and _has_taker(house, channel)
            # Nothing is handed of who does not want it.
            and house.flagged.allows(conversation.customer, Use.APPLICATION)
            else None
        ),
    )


def _has_taker(house: House, channel: Channel) -> bool:
    match channel.transcript:
        case Transcript.APPLICATION:
            return house.relay.serves(channel.id)
        case Transcript.EMAIL:
            return house.mailing.is_ready and channel.transcript_to is not None
        case _:
            return False


def watch_deadline(house: House, session: Session) -> None:
    """Have the deadline of ``session`` looked at when its warning is due."""
    house.look_at(session.id, deadline_of(house, session.conversation).warn_at)


def deadline_frame(
    house: House, session: Session, *, warn: bool
) -> frames.Deadline:
    """What ``deadline`` says of ``session``."""
    return frames.Deadline(
        conversation=session.id,
        ends_at=int(due_of(house, session.conversation) * 1000),
        warn=warn,
    )
