"""Every error the server raises on purpose, in one tree.

One question tells them apart: *who has to act?*

    ServerError
    |-- Refused        the peer asked for what it may not have: tell it why
    |-- Invalid        what an administrator wrote cannot work: say where
    |-- Conflict       it cannot be done as things stand: look again
    |-- NotFound       there is no such thing, or not for whoever asks
    |-- Forbidden      whoever asks may not do that
    |-- Unavailable    the disk or a remote is failing: try again later
    |-- Corrupt        stored bytes fail their check: tell the operator, stop
    `-- Misconfigured  the settings cannot work: do not start

Only the first five cross the wire, and then only their fields: never
``str(error)``. No error is ever given anything that a person typed.
"""

from __future__ import annotations

from enum import StrEnum


class Actor(StrEnum):
    """Who has to act before a refused request can succeed."""

    CLIENT = "client"
    PERSON = "person"
    OPERATOR = "operator"
    NOBODY = "nobody"


class RefusalCode(StrEnum):
    """Why a frame was denied; section 6 of docs/protocol.md."""

    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown_type"
    NOT_NOW = "not_now"
    BAD_CREDENTIALS = "bad_credentials"
    SESSION_UNKNOWN = "session_unknown"
    CONVERSATION_UNKNOWN = "conversation_unknown"
    CONVERSATION_ENDED = "conversation_ended"
    TAKEN = "taken"
    NOT_YOURS = "not_yours"
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    CONVERSATION_FULL = "conversation_full"
    TOO_FAST = "too_fast"
    TOO_MANY = "too_many"
    TERMS_NEEDED = "terms_needed"
    ON_HOLD = "on_hold"
    UNAVAILABLE = "unavailable"


ACTS: dict[RefusalCode, Actor] = {
    RefusalCode.MALFORMED: Actor.CLIENT,
    RefusalCode.UNKNOWN_TYPE: Actor.CLIENT,
    RefusalCode.NOT_NOW: Actor.CLIENT,
    RefusalCode.BAD_CREDENTIALS: Actor.PERSON,
    RefusalCode.SESSION_UNKNOWN: Actor.CLIENT,
    RefusalCode.CONVERSATION_UNKNOWN: Actor.CLIENT,
    RefusalCode.CONVERSATION_ENDED: Actor.NOBODY,
    RefusalCode.TAKEN: Actor.PERSON,
    RefusalCode.NOT_YOURS: Actor.PERSON,
    RefusalCode.TEXT_EMPTY: Actor.PERSON,
    RefusalCode.TEXT_TOO_LONG: Actor.PERSON,
    RefusalCode.CONVERSATION_FULL: Actor.PERSON,
    RefusalCode.TOO_FAST: Actor.PERSON,
    RefusalCode.TOO_MANY: Actor.CLIENT,
    RefusalCode.TERMS_NEEDED: Actor.PERSON,
    RefusalCode.ON_HOLD: Actor.NOBODY,
    RefusalCode.UNAVAILABLE: Actor.OPERATOR,
}

#: The same frame can succeed later; everything else never will.
RETRIED = frozenset({RefusalCode.TOO_FAST, RefusalCode.UNAVAILABLE})


class ServerError(Exception):
    """What all of them are."""


class Refused(ServerError):
    """The peer's request was understood and denied.

    Attributes:
        code: What to tell the peer.
        retry_after: Seconds to wait before the same request can succeed.
        path: Where in the frame the fault lies (``$.text``); never the value.
    """

    def __init__(
        self,
        code: RefusalCode,
        *,
        retry_after: float | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.retry_after = retry_after
        self.path = path

    @property
    def act(self) -> Actor:
        """Who has to act."""
        return ACTS[self.code]

    @property
    def retry(self) -> bool:
        """Whether the same request can succeed later."""
        return self.code in RETRIED


class InvalidCode(StrEnum):
    """Why what an administrator wrote cannot work."""

    MALFORMED = "malformed"
    UNKNOWN_REFERENCE = "unknown_reference"
    MISSING = "missing"
    NOT_ALLOWED = "not_allowed"
    TOO_MANY = "too_many"


class Invalid(ServerError):
    """What an administrator wrote cannot work.

    Attributes:
        path: Where the fault lies (``$.allowed_origins[0]``).
        code: What sort of fault it is.
        hint: What would be right; a constant text, never the value.
    """

    def __init__(self, path: str, code: InvalidCode, hint: str) -> None:
        super().__init__(code.value)
        self.path = path
        self.code = code
        self.hint = hint


class ConflictCode(StrEnum):
    """Why something cannot be done as things stand."""

    EXISTS = "exists"  # there is one of that name already
    DECLARED = "declared"  # the settings file rules it: change it there
    CHANGED = "changed"  # somebody else changed it meanwhile
    IN_USE = "in_use"  # something needs it as it is
    FULL = "full"  # the account has as many as it may
    CONSENT_NEEDED = "consent_needed"  # the customer has not agreed to it
    RESTRICTED = "restricted"  # the customer has forbidden it
    NOT_REACHABLE = "not_reachable"  # the customer is not here


class Conflict(ServerError):
    """It cannot be done as things stand.

    Attributes:
        code: Why.
        hint: What stands in the way; a constant text.
    """

    def __init__(self, code: ConflictCode, hint: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.hint = hint


class NotFound(ServerError):
    """There is no such thing; also what another account's things are."""

    def __init__(self) -> None:
        super().__init__("not_found")


class Forbidden(ServerError):
    """Whoever asks may not do that."""

    def __init__(self) -> None:
        super().__init__("forbidden")


class Unavailable(ServerError):
    """Something the server needs did not do its work; nothing was changed."""


class Corrupt(ServerError):
    """Stored bytes are not what was stored; deliberately says no more."""


class Misconfigured(ServerError):
    """The server cannot run as it was told to; the text is for the operator."""
