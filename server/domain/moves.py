"""The table of moves: what may happen to a conversation, and what follows.

What is no row of ``MOVES`` cannot happen. ``conversation`` keeps to it, and
tools/diagram.py draws it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from server.errors import RefusalCode


class Phase(StrEnum):
    """Where a conversation stands."""

    OPEN = "open"
    SERVED = "served"
    WAITING = "waiting"
    ACTIVE = "active"
    CLOSED = "closed"
    ENDING = "ending"
    GONE = "gone"


class Move(StrEnum):
    """What can happen to a conversation."""

    WRITE = "write"  # the customer's message
    CALL = "call"  # the customer's first message, for the application
    ANSWER = "answer"  # the agent's message
    SERVE = "serve"  # the application's message
    HAND_OVER = "hand_over"  # the application asks for an agent
    TAKE = "take"
    RELEASE = "release"
    CLOSE = "close"  # it ends, and is kept for a while
    END = "end"
    FORGET = "forget"


class EndedBy(StrEnum):
    """Who or what ended a conversation."""

    CUSTOMER = "customer"
    AGENT = "agent"
    APPLICATION = "application"
    INACTIVITY = "inactivity"
    AGE = "age"
    OPERATOR = "operator"


MOVES: Mapping[tuple[Phase, Move], Phase] = {
    (Phase.OPEN, Move.WRITE): Phase.WAITING,
    (Phase.OPEN, Move.CALL): Phase.SERVED,
    (Phase.OPEN, Move.END): Phase.GONE,  # nothing stored, nothing to erase
    (Phase.SERVED, Move.WRITE): Phase.SERVED,
    (Phase.SERVED, Move.SERVE): Phase.SERVED,
    (Phase.SERVED, Move.HAND_OVER): Phase.WAITING,
    (Phase.SERVED, Move.CLOSE): Phase.CLOSED,
    (Phase.SERVED, Move.END): Phase.ENDING,
    (Phase.WAITING, Move.WRITE): Phase.WAITING,
    (Phase.WAITING, Move.SERVE): Phase.WAITING,
    (Phase.WAITING, Move.HAND_OVER): Phase.WAITING,  # at least once
    (Phase.WAITING, Move.TAKE): Phase.ACTIVE,
    (Phase.WAITING, Move.CLOSE): Phase.CLOSED,
    (Phase.WAITING, Move.END): Phase.ENDING,
    (Phase.ACTIVE, Move.WRITE): Phase.ACTIVE,
    (Phase.ACTIVE, Move.ANSWER): Phase.ACTIVE,
    (Phase.ACTIVE, Move.SERVE): Phase.ACTIVE,
    (Phase.ACTIVE, Move.HAND_OVER): Phase.ACTIVE,
    (Phase.ACTIVE, Move.RELEASE): Phase.WAITING,
    (Phase.ACTIVE, Move.CLOSE): Phase.CLOSED,
    (Phase.ACTIVE, Move.END): Phase.ENDING,
    (Phase.CLOSED, Move.CLOSE): Phase.CLOSED,  # both sides may end it at once
    (Phase.CLOSED, Move.END): Phase.ENDING,
    (Phase.ENDING, Move.END): Phase.ENDING,  # both sides may end it at once
    (Phase.ENDING, Move.FORGET): Phase.GONE,
}

#: What a refused move is called, where "it has ended" would be wrong.
DENIALS: Mapping[tuple[Phase, Move], RefusalCode] = {
    (Phase.ACTIVE, Move.TAKE): RefusalCode.TAKEN,
    (Phase.WAITING, Move.ANSWER): RefusalCode.NOT_YOURS,
    (Phase.WAITING, Move.RELEASE): RefusalCode.NOT_YOURS,
    # What the application has, and what nothing was said in, agents cannot
    # see; nor can the application see the latter.
    (Phase.SERVED, Move.ANSWER): RefusalCode.CONVERSATION_UNKNOWN,
    (Phase.SERVED, Move.TAKE): RefusalCode.CONVERSATION_UNKNOWN,
    (Phase.SERVED, Move.RELEASE): RefusalCode.CONVERSATION_UNKNOWN,
    (Phase.OPEN, Move.SERVE): RefusalCode.CONVERSATION_UNKNOWN,
    (Phase.OPEN, Move.HAND_OVER): RefusalCode.CONVERSATION_UNKNOWN,
    (Phase.OPEN, Move.ANSWER): RefusalCode.CONVERSATION_UNKNOWN,
    (Phase.OPEN, Move.TAKE): RefusalCode.CONVERSATION_UNKNOWN,
    (Phase.OPEN, Move.RELEASE): RefusalCode.CONVERSATION_UNKNOWN,
}
