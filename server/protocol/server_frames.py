"""What the server says, one frozen type a frame.

Section 8 of docs/protocol.md says what each means; a test compares the two.
"""

from __future__ import annotations

from typing import Any

from server.protocol.parts import (
    ConsentItem,
    Hidden,
    HoldingItem,
    Limits,
    MessageItem,
    NoticeText,
    Summary,
)


class ServerFrame(
    Hidden, frozen=True, kw_only=True, gc=False, tag_field="type"
):
    """A frame that the server may send."""


class Welcome(ServerFrame, frozen=True, kw_only=True, gc=False, tag="welcome"):
    """The answer to ``hello``: you are in."""

    role: str
    limits: Limits
    heartbeat: int
    now_at: int
    name: str | None = None
    token: str | None = None
    summary: Summary | None = None
    notice: NoticeText | None = None


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
    rich: dict[str, Any] | None = None
    answers: int | None = None
    postback: str | None = None
    note: bool = False
    unkept: bool = False


class Ack(ServerFrame, frozen=True, kw_only=True, gc=False, tag="ack"):
    """The message is on disk under this number."""

    conversation: str
    id: str
    number: int
    at: int
    repeat: bool = False
    text: str | None = None
    unkept: bool = False


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
    kept: bool = False
    kept_until: int | None = None


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


class ContextKnown(
    ServerFrame, frozen=True, kw_only=True, gc=False, tag="context"
):
    """What is known of the customer's surroundings; for agents."""

    conversation: str
    context: dict[str, Any]


class PageEvent(ServerFrame, frozen=True, kw_only=True, gc=False, tag="event"):
    """The application asks the customer's page to do something."""

    conversation: str
    name: str
    data: dict[str, str] | None = None


class HoldingsTold(
    ServerFrame, frozen=True, kw_only=True, gc=False, tag="holdings"
):
    """What the server holds about the customer now, and until when."""

    conversation: str
    held: tuple[HoldingItem, ...]
    consents: tuple[ConsentItem, ...] = ()
    restrictions: tuple[str, ...] = ()
    transcript: bool = False
    on_hold: bool = False


class Handed(ServerFrame, frozen=True, kw_only=True, gc=False, tag="handed"):
    """An event for the application, to be answered by ``taken``."""

    conversation: str
    cursor: int
    event: dict[str, Any]


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
    ContextKnown,
    PageEvent,
    HoldingsTold,
    Handed,
)
