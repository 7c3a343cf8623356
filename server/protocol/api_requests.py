"""What the API is asked for where it is no form as it is kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server.protocol.forms import AGENT_ROLE, ID, TITLE, Form

#: Items in a page, unless the caller wants fewer or more.
USUAL_PAGE = 50
MOST_IN_A_PAGE = 200
#: Characters of a cursor; a made-up one is refused before it is read.
LONGEST_CURSOR = 512

LIMIT = Annotated[int, Meta(ge=1, le=MOST_IN_A_PAGE)]
CURSOR = Annotated[str, Meta(min_length=1, max_length=LONGEST_CURSOR)]

# Long enough for every passphrase; more would only be work for us.
_PASSWORD = Annotated[str, Meta(min_length=10, max_length=256)]
_REASON = Annotated[
    str,
    Meta(pattern=r"^(litigation|investigation|regulator|customer|other)\Z"),
]
# A name stands in addresses: whoever could not be written there could not be
# removed. No "/", no "." or ".." alone, nothing that cannot be seen.
_NAME = Annotated[
    str,
    Meta(
        max_length=80,
        pattern=r"^(?!\.{1,2}\Z)[^\s/\\\x00-\x1f\x7f]"
        r"([^/\\\x00-\x1f\x7f]*[^\s/\\\x00-\x1f\x7f])?\Z",
    ),
]
_SCOPE = Annotated[str, Meta(pattern=r"^[a-z]{1,20}:[a-z]{1,20}\Z")]


class SignIn(Form, frozen=True, kw_only=True):
    """A name and a password."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    password: Annotated[str, Meta(max_length=256)]


class NewAgent(Form, frozen=True, kw_only=True):
    """Somebody who is to answer."""

    name: _NAME
    display_name: TITLE
    password: _PASSWORD
    roles: Annotated[tuple[AGENT_ROLE, ...], Meta(max_length=4)] = ("agent",)


class AgentChange(Form, frozen=True, kw_only=True):
    """An agent as it is to be; without a password it keeps its own."""

    display_name: TITLE
    password: _PASSWORD | None = None
    roles: Annotated[tuple[AGENT_ROLE, ...], Meta(max_length=4)] = ("agent",)


class NewKey(Form, frozen=True, kw_only=True):
    """A key that is to be made."""

    id: ID
    name: TITLE
    scopes: Annotated[tuple[_SCOPE, ...], Meta(min_length=1, max_length=64)]
    expires_at: float | None = None


class Hold(Form, frozen=True, kw_only=True):
    """Whether a conversation is to be on hold, and why."""

    held: bool
    reason: _REASON = "other"
