"""An operation: one row of the table from which the whole API is made.

Its route, its place in the OpenAPI document and its row in the authorisation
matrix all come from the same row. ``table`` puts the rows together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.domain.permission import Principal, Scope
from server.ids import AccountId
from server.protocol.api_requests import CURSOR, LIMIT, USUAL_PAGE

#: What all addresses begin with.
PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, proved, allowed and understood.

    Attributes:
        principal: Who asks.
        account: Whose things the address names; empty if nobody's.
        params: The variable parts of the address.
        query: Behind the ``?``, by name; all that the operation asks for,
            with None for what was left out.
        body: As the operation takes it; None if it takes none.
        revision: From ``If-Match``: only if it is still this one.
        token: What the caller proved itself with; empty on the local socket.
        address: Where from.
    """

    principal: Principal
    account: AccountId
    params: Mapping[str, str]
    query: Mapping[str, Any] = field(default_factory=dict, repr=False)
    body: Any = None
    revision: int | None = None
    token: str = field(default="", repr=False)
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered, where it is more than a body.

    Attributes:
        body: What an encoder takes; None for none.
        status: Instead of the operation's own.
        revision: For ``ETag``.
        location: The address of what was made, below ``/api/v1``.
        stream: Instead of a body: bytes, piece by piece. The first piece is
            waited for before the status is sent.
    """

    body: object = None
    status: int | None = None
    revision: int | None = None
    location: str | None = None
    stream: AsyncIterator[bytes] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A parameter behind the ``?``.

    Attributes:
        name: Its name.
        kind: Its type, as in forms.
        summary: What it does.
    """

    name: str
    kind: Any
    summary: str


#: Answers one call: with a body, an ``Answer``, or None.
Do = Callable[[Call], Awaitable[object]]

PAGING = (
    Asked(
        name="limit",
        kind=LIMIT,
        summary=f"how many, at most; {USUAL_PAGE} if left out",
    ),
    Asked(
        name="after",
        kind=CURSOR,
        summary="`next` of the page before",
    ),
)


#: Headings below which answers may say who somebody is.
ABOUT_PEOPLE = frozenset({"conversations", "customers", "privacy requests"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that may be asked for.

    Attributes:
        method: Of HTTP.
        path: Below ``/api/v1``; ``{account}`` is whose it is.
        name: As programs call it; unique.
        summary: What it does, in one line.
        tag: Under which heading it stands.
        scope: What the caller must be allowed; None: nothing in particular.
        do: Does it; None: another file answers, and here it is only told of.
        takes: The type of the body.
        gives: The type of what is answered; None: nothing.
        streams: Instead: the media type of the bytes that are answered.
        status: Of the answer.
        asks: What may stand behind the ``?``.
        problems: Statuses besides those that every operation may answer.
        is_open: Whether nobody has to prove anything.
        is_paged: Whether it gives pages of ``gives``.
        is_guarded: Whether it heeds ``If-Match``.
        shows_secret: Whether its answer holds something shown only once.
        is_question: Whether it changes nothing, though its method says so:
            what is asked stands in a body because addresses are written down.
    """

    method: str
    path: str
    name: str
    summary: str
    tag: str
    scope: Scope | None
    do: Do | None
    takes: type | None = None
    gives: Any = None
    streams: str | None = None
    status: int = 200
    asks: tuple[Asked, ...] = ()
    problems: tuple[int, ...] = ()
    is_open: bool = False
    is_paged: bool = False
    is_guarded: bool = False
    shows_secret: bool = False
    is_question: bool = False

    @property
    def parameters(self) -> tuple[Asked, ...]:
        """All that may stand behind the ``?``."""
        return self.asks + (PAGING if self.is_paged else ())

    @property
    def is_about_people(self) -> bool:
        """Whether its answer may say who somebody is."""
        return self.tag in ABOUT_PEOPLE

    @property
    def changes(self) -> bool:
        """Whether it does more than tell."""
        return self.method != "GET" and not self.is_question
