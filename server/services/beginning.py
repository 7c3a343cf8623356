"""How a session begins: by a customer who comes, or by the account's word."""

from __future__ import annotations

from server.domain.channel import Channel
from server.domain.conversation import Conversation
from server.errors import RefusalCode, Refused
from server.ids import ConversationId, new_id, new_token, token_hash
from server.live.sessions import Session
from server.services.house import House
from server.services.remembering import new_rate
from server.services.timing import watch_deadline


def begin(house: House, channel: Channel) -> tuple[Session, str]:
    """A new session in ``channel``, and the token that opens it.

    In memory only; whoever is told the token has to come soon.

    Raises:
        Refused: ``SESSION_UNKNOWN``: nobody new comes in by that channel.
    """
    # As it is now: it may have been closed since the peer connected.
    current = house.channels.get(channel.id)
    if current is None or not current.is_active:
        raise Refused(RefusalCode.SESSION_UNKNOWN, path="$.token")
    now = house.clock.now()
    id_ = ConversationId(new_id(house.randomness))
    # The id leads the token, so that finding its conversation needs no
    # index over secrets; what opens it is the part behind the dot.
    token = f"{id_}.{new_token(house.randomness)}"
    conversation = Conversation(
        id=id_,
        account=channel.account,
        channel=channel.id,
        epoch=house.randomness(4).hex(),
        started_at=now,
        last_at=now,
    )
    session = Session(
        conversation, token_hash=token_hash(token), rate=new_rate(house)
    )
    house.sessions.add(session)
    watch_deadline(house, session)
    return session, token
