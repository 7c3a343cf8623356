"""What peers may say, one frozen type a frame.

Section 8 of docs/protocol.md says what each means; a test compares the two.
Unknown keys are refused: a misspelt one must not be taken for one that was
left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from server.protocol.parts import (
    ConversationRef,
    Epoch,
    FactName,
    Facts,
    Hidden,
    Hints,
    Id,
    Name,
    Number,
    Page,
    Postback,
    Ref,
    Role,
    Sealed,
    Secret,
)
from server.protocol.rich import Rich


class ClientFrame(
    Hidden,
    frozen=True,
    kw_only=True,
    gc=False,
    forbid_unknown_fields=True,
    tag_field="type",
):
    """A frame that a client may send."""


class Hello(ClientFrame, frozen=True, kw_only=True, gc=False, tag="hello"):
    """The first frame: who is there, and where its copy of history ends."""

    token: Secret | None = None
    epoch: Epoch | None = None
    last: Number = 0
    name: Name | None = None
    password: Secret | None = None
    client: Ref | None = None
    language: FactName | None = None
    ref: Ref | None = None


class Send(ClientFrame, frozen=True, kw_only=True, gc=False, tag="send"):
    """A message."""

    id: Id
    text: str
    conversation: ConversationRef | None = None
    answers: Number | None = None
    postback: Postback | None = None
    attachment: Id | None = None
    terms: Ref | None = None


class Typing(ClientFrame, frozen=True, kw_only=True, gc=False, tag="typing"):
    """The person has begun or stopped to type."""

    on: bool
    conversation: ConversationRef | None = None


class Delivered(
    ClientFrame, frozen=True, kw_only=True, gc=False, tag="delivered"
):
    """Everything up to ``number`` has reached the screen."""

    number: Number
    conversation: ConversationRef | None = None


class Read(ClientFrame, frozen=True, kw_only=True, gc=False, tag="read"):
    """Everything up to ``number`` has been seen by the person."""

    number: Number
    conversation: ConversationRef | None = None


class Fetch(ClientFrame, frozen=True, kw_only=True, gc=False, tag="fetch"):
    """Asks for the messages after number ``after``."""

    after: Number
    conversation: ConversationRef | None = None
    ref: Ref | None = None


class End(ClientFrame, frozen=True, kw_only=True, gc=False, tag="end"):
    """Ends the conversation, for good."""

    conversation: ConversationRef | None = None
    ref: Ref | None = None


class Stay(ClientFrame, frozen=True, kw_only=True, gc=False, tag="stay"):
    """The customer is still there: moves the inactivity deadline."""

    ref: Ref | None = None


class Ping(ClientFrame, frozen=True, kw_only=True, gc=False, tag="ping"):
    """Asks for a ``pong``, for clients that cannot see WebSocket Pings."""


class AskList(ClientFrame, frozen=True, kw_only=True, gc=False, tag="list"):
    """Asks for the agent's list anew."""

    ref: Ref | None = None


class Watch(ClientFrame, frozen=True, kw_only=True, gc=False, tag="watch"):
    """Joins a conversation from message ``last`` of ``epoch`` on."""

    conversation: ConversationRef
    epoch: Epoch | None = None
    last: Number = 0
    ref: Ref | None = None


class Unwatch(ClientFrame, frozen=True, kw_only=True, gc=False, tag="unwatch"):
    """Leaves a conversation; changes nothing about who has it."""

    conversation: ConversationRef


class Take(ClientFrame, frozen=True, kw_only=True, gc=False, tag="take"):
    """Takes a waiting conversation."""

    conversation: ConversationRef
    ref: Ref | None = None


class Release(ClientFrame, frozen=True, kw_only=True, gc=False, tag="release"):
    """Gives a conversation back to those who wait."""

    conversation: ConversationRef
    ref: Ref | None = None


class SignOut(ClientFrame, frozen=True, kw_only=True, gc=False, tag="sign_out"):
    """Makes the agent's token worthless and closes the connection."""


class TellContext(
    ClientFrame, frozen=True, kw_only=True, gc=False, tag="context"
):
    """Where the customer is and by what means; replaces what it names."""

    page: Page | None = None
    language: FactName | None = None
    time_zone: FactName | None = None
    hints: Hints | None = None
    tags: Facts | None = None
    cookies: Facts | None = None


class TellPrivate(
    ClientFrame, frozen=True, kw_only=True, gc=False, tag="private"
):
    """Private data, sealed by the account for the server; unread on its way."""

    token: Sealed
    ref: Ref | None = None


class EventTaken(
    ClientFrame, frozen=True, kw_only=True, gc=False, tag="event_taken"
):
    """The page has done what the event of that name asked for."""

    name: FactName


class AskHoldings(
    ClientFrame, frozen=True, kw_only=True, gc=False, tag="holdings"
):
    """Asks what the server holds about the customer now."""

    ref: Ref | None = None


class Withdraw(
    ClientFrame, frozen=True, kw_only=True, gc=False, tag="withdraw"
):
    """Takes the customer's consent to a purpose back, at once."""

    purpose: FactName
    ref: Ref | None = None


class Forget(ClientFrame, frozen=True, kw_only=True, gc=False, tag="forget"):
    """Ends the conversation and erases all that is held of the customer."""

    ref: Ref | None = None


class Taken(ClientFrame, frozen=True, kw_only=True, gc=False, tag="taken"):
    """The application has taken what was handed to it under ``cursor``."""

    conversation: ConversationRef
    cursor: Number


class Answer(ClientFrame, frozen=True, kw_only=True, gc=False, tag="answer"):
    """The application's message."""

    conversation: ConversationRef
    id: Id
    text: str = ""
    rich: Rich | None = None
    attachment: Id | None = None
    note: bool = False


class HandOver(
    ClientFrame, frozen=True, kw_only=True, gc=False, tag="hand_over"
):
    """The application asks for an agent."""

    conversation: ConversationRef
    ref: Ref | None = None


class RaiseEvent(ClientFrame, frozen=True, kw_only=True, gc=False, tag="event"):
    """The application wants the customer's page to do something."""

    conversation: ConversationRef
    name: FactName
    data: Facts | None = None
    ref: Ref | None = None


_BOTH = (Hello, Send, Typing, Delivered, Read, Fetch, End, Ping)
_FRAMES: Mapping[Role, tuple[type[ClientFrame], ...]] = {
    Role.CUSTOMER: (
        *_BOTH,
        Stay,
        TellContext,
        TellPrivate,
        EventTaken,
        AskHoldings,
        Withdraw,
        Forget,
    ),
    Role.AGENT: (*_BOTH, AskList, Watch, Unwatch, Take, Release, SignOut),
    Role.APPLICATION: (
        Hello,
        Taken,
        Answer,
        Typing,
        HandOver,
        RaiseEvent,
        End,
        Ping,
    ),
}

#: What each role may send, by the frame's ``type``.
CLIENT_FRAMES: Mapping[Role, Mapping[str, type[ClientFrame]]] = (
    MappingProxyType(
        {
            role: MappingProxyType(
                {str(frame.__struct_config__.tag): frame for frame in frames}
            )
            for role, frames in _FRAMES.items()
        }
    )
)
