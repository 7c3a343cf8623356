"""What frames are made of: the checked kinds of values, and maps inside frames.

Times are unix milliseconds, ids are text. Nothing here shows its fields in
``repr``: most of them hold what a person typed, or a token.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, Struct

MAX_FRAME = 65_536  # bytes; a message of 4,000 characters needs 24 KB at most

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,64}\Z")]
ConversationRef = Annotated[str, Meta(min_length=22, max_length=22)]
Ref = Annotated[str, Meta(max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Secret = Annotated[str, Meta(min_length=1, max_length=256)]
Sealed = Annotated[str, Meta(min_length=1, max_length=16_384)]
Epoch = Annotated[str, Meta(max_length=16)]
Number = Annotated[int, Meta(ge=0, le=2**53)]
Postback = Annotated[str, Meta(max_length=256)]
#: The pages' own address is the longest thing a page tells of itself.
Address = Annotated[str, Meta(max_length=2_048)]
Fact = Annotated[str, Meta(max_length=256)]
FactName = Annotated[str, Meta(min_length=1, max_length=64)]
Facts = Annotated[dict[FactName, Fact], Meta(max_length=32)]


class Role(StrEnum):
    """Who is at the other end of a connection."""

    CUSTOMER = "customer"
    AGENT = "agent"
    APPLICATION = "application"


class Hidden(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a frame or a map inside one is made of; keeps out of logs."""

    def __repr__(self) -> str:
        """The kind, never the contents."""
        return f"<{type(self).__name__}>"


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
    rich: dict[str, Any] | None = None
    answers: int | None = None
    postback: str | None = None
    note: bool = False
    unkept: bool = False


class NoticeText(Hidden, frozen=True, kw_only=True, gc=False):
    """What the customer is told first, in the customer's language."""

    version: str
    text: str
    language: str
    terms: str | None = None
    terms_url: str | None = None
    terms_required: bool = False


class HoldingItem(Hidden, frozen=True, kw_only=True, gc=False):
    """One record type of which something is held."""

    name: str
    count: int
    home: str
    dies: str
    dies_at: int | None = None


class ConsentItem(Hidden, frozen=True, kw_only=True, gc=False):
    """What the customer has agreed to, for one purpose."""

    purpose: str
    level: str
    at: int
    version: str


class Page(
    Hidden, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True
):
    """The page on which the customer is."""

    url: Address
    title: Fact = ""
    referrer: Address = ""


class Hints(
    Hidden, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True
):
    """What the browser says of itself, asked by name."""

    browser: FactName | None = None
    version: FactName | None = None
    platform: FactName | None = None
    model: FactName | None = None
    mobile: bool = False
