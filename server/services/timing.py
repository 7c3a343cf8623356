"""When a conversation ends by itself, by the limits of its channel."""

from __future__ import annotations

from server.domain.conversation import Conversation
from server.domain.retention import Deadline, deadline
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
    """Unix seconds at which it ends if nothing more happens."""
    return deadline_of(house, conversation).due_at


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
