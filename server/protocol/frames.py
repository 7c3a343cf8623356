"""What peers and the server may say to each other, one frozen type a frame.

Section 8 of docs/protocol.md says what each frame means; a test compares the
two. Times are unix milliseconds, ids are text. No frame shows its fields in
``repr``: most of them hold what a person typed, or a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, Struct

MAX_FRAME = 65_536  # bytes; a message of 4,000 characters needs 24 KB at most

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z")]
ConversationRef = Annotated[str, Meta(min_length=22, max_length=22)]
Ref = Annotated[str, Meta(max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Secret = Annotated[str, Meta(min_length=1, max_length=256)]
Epoch = Annotated[str, Meta(max_length=16)]
Number = Annotated[int, Meta(ge=0, le=2**53)]


class Role(StrEnum):
    """Who is at the other end of a connection."""

    CUSTOMER = "customer"
    AGENT = "agent"


class Hidden(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a frame or a map inside one is made of; keeps out of logs."""

    def __repr__(self) -> str:
        """The kind, never the contents."""
        return f"<{type(self).__name__}>"


# From the client. Unknown keys are refused: a misspelt one must not be
# taken for one that was left out.


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
    ref: Ref | None = None


class Send(ClientFrame, frozen=True, kw_only=True, gc=False, tag="send"):
    """A message."""

    id: Id
    text: str
    conversation: ConversationRef | None = None


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


# From the server.


class ServerFrame(
    Hidden, frozen=True, kw_only=True, gc=False, tag_field="type"
):
    """A frame that the server may send."""


class Limits(Hidden, frozen=True, kw_only=True, gc=False):
    """What the server will take."""

    text: int
    frame: int
    per_second: int
    burst: int


class Marks(Hidden, frozen=True, kw_only=True, gc=False):
    """How far one side has got; message numbers."""

    delivered: int
    read: int


class Summary(Hidden, frozen=True, kw_only=True, gc=False):
    """A conversation at a glance."""

    conversation: str
    channel: str
    phase: str
    epoch: str
    last: int
    started_at: int
    last_at: int
    ends_at: int
    customer_seen: Marks
    agent_seen: Marks
    agent: str | None = None
    mine: bool = False
    preview: str | None = None


class MessageItem(Hidden, frozen=True, kw_only=True, gc=False):
    """A message inside ``history``."""

    number: int
    id: str
    author: str
    at: int
    text: str
    name: str | None = None


class Welcome(ServerFrame, frozen=True, kw_only=True, gc=False, tag="welcome"):
    """The answer to ``hello``: you are in."""

    role: str
    limits: Limits
    heartbeat: int
    now_at: int
    name: str | None = None
    token: str | None = None
    summary: Summary | None = None


class History(ServerFrame, frozen=True, kw_only=True, gc=False, tag="history"):
    """Messages in order, without a gap to what was given before."""

    conversation: str
    messages: tuple[MessageItem, ...]
    more: bool = False


class Resync(ServerFrame, frozen=True, kw_only=True, gc=False, tag="resync"):
    """Drop what you hold; history follows from 1."""

    conversation: str
    epoch: str


class MessageSaid(
    ServerFrame, frozen=True, kw_only=True, gc=False, tag="message"
):
    """Somebody else's message, live."""

    conversation: str
    number: int
    id: str
    author: str
    at: int
    text: str
    name: str | None = None


class Ack(ServerFrame, frozen=True, kw_only=True, gc=False, tag="ack"):
    """The message is on disk under this number."""

    conversation: str
    id: str
    number: int
    at: int
    repeat: bool = False


class TypingSeen(
    ServerFrame, frozen=True, kw_only=True, gc=False, tag="typing"
):
    """The other side has begun or stopped to type."""

    conversation: str
    author: str
    on: bool
    name: str | None = None


class Seen(ServerFrame, frozen=True, kw_only=True, gc=False, tag="seen"):
    """How far one side has got."""

    conversation: str
    by: str
    delivered: int
    read: int


class State(ServerFrame, frozen=True, kw_only=True, gc=False, tag="state"):
    """The phase has changed, or who has the conversation."""

    conversation: str
    phase: str
    agent: str | None = None


class Deadline(
    ServerFrame, frozen=True, kw_only=True, gc=False, tag="deadline"
):
    """When it ends if nothing happens; a warning, or a warning taken back."""

    conversation: str
    ends_at: int
    warn: bool = False


class Ended(ServerFrame, frozen=True, kw_only=True, gc=False, tag="ended"):
    """It has ended, and that is on disk."""

    conversation: str
    by: str
    at: int


class Gone(ServerFrame, frozen=True, kw_only=True, gc=False, tag="gone"):
    """It is erased: the receipt."""

    conversation: str
    at: int
    messages: int


class Pong(ServerFrame, frozen=True, kw_only=True, gc=False, tag="pong"):
    """The answer to ``ping``."""


class Denied(ServerFrame, frozen=True, kw_only=True, gc=False, tag="refused"):
    """A frame was understood and denied."""

    code: str
    act: str
    retry: bool
    retry_after: int | None = None
    ref: str | None = None
    path: str | None = None


class Listing(ServerFrame, frozen=True, kw_only=True, gc=False, tag="list"):
    """The agent's conversations."""

    waiting: tuple[Summary, ...]
    mine: tuple[Summary, ...]
    more: bool = False


class Listed(ServerFrame, frozen=True, kw_only=True, gc=False, tag="listed"):
    """A conversation in the list is new or has changed."""

    summary: Summary


class Unlisted(
    ServerFrame, frozen=True, kw_only=True, gc=False, tag="unlisted"
):
    """A conversation has left the list."""

    conversation: str


class Watching(
    ServerFrame, frozen=True, kw_only=True, gc=False, tag="watching"
):
    """The agent has joined a conversation."""

    summary: Summary


_BOTH = (Hello, Send, Typing, Delivered, Read, Fetch, End, Ping)

#: What each role may send, by the frame's ``type``.
CLIENT_FRAMES: Mapping[Role, Mapping[str, type[ClientFrame]]] = (
    MappingProxyType(
        {
            role: MappingProxyType(
                {str(frame.__struct_config__.tag): frame for frame in frames}
            )
            for role, frames in {
                Role.CUSTOMER: (*_BOTH, Stay),
                Role.AGENT: (
                    *_BOTH,
                    AskList,
                    Watch,
                    Unwatch,
                    Take,
                    Release,
                    SignOut,
                ),
            }.items()
        }
    )
)

SERVER_FRAMES: tuple[type[ServerFrame], ...] = (
    Welcome,
    History,
    Resync,
    MessageSaid,
    Ack,
    TypingSeen,
    Seen,
    State,
    Deadline,
    Ended,
    Gone,
    Pong,
    Denied,
    Listing,
    Listed,
    Unlisted,
    Watching,
)
