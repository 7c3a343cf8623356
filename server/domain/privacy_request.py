"""A request: what somebody asked the account for, and until when it is due.

The dates are the law's: one month and two more with notice (GDPR 12(3));
ten business days to confirm, forty-five days to answer and forty-five more
with notice (CCPA regulations, 7021). A month ends with the day of the same
number, or with its last day where there is none; a due date is the end of that
day in UTC. Nothing is moved off a weekend: earlier is always in time.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from server.errors import RefusalCode, Refused
from server.ids import AccountId

#: Seconds for which a request is kept once it is closed: as long as it may
#: have to be shown that it was answered (three years in most places).
KEPT = 3 * 365 * 86_400.0
#: Notes of one request; whoever needs more writes a letter.
MOST_NOTES = 50
_MONTHS_MORE = 2
_CONFIRM_DAYS = 10
_ANSWER_DAYS = 45
_SATURDAY = 5


class Law(StrEnum):
    """Whose dates hold."""

    GDPR = "gdpr"
    CCPA = "ccpa"


class RequestKind(StrEnum):
    """What was asked for."""

    ACCESS = "access"
    ERASURE = "erasure"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"


class RequestState(StrEnum):
    """How far it has come."""

    OPEN = "open"
    EXTENDED = "extended"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Note:
    """What was done about a request, in the account's words.

    Attributes:
        at: Unix seconds.
        text: The words.
    """

    at: float
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the account wrote about a request; goes with the person.

    Attributes:
        subject: Who asked, and how it was known that it was them.
        notes: What was done since, the oldest first.
    """

    subject: str = field(default="", repr=False)
    notes: tuple[Note, ...] = ()

    def noted(self, at: float, text: str) -> Words:
        """With one note more.

        Raises:
            Refused: ``TOO_MANY``: there are ``MOST_NOTES``.
        """
        if len(self.notes) >= MOST_NOTES:
            raise Refused(RefusalCode.TOO_MANY, path="$.note")
        return replace(self, notes=(*self.notes, Note(at, text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyRequest:
    """One request; every change makes a new value.

    Attributes:
        id: Names it.
        account: Who was asked.
        kind: What for.
        law: Whose dates hold.
        received_at: Unix seconds.
        due_at: Unix seconds; it is late from then on.
        state: How far it has come.
        closed_at: Unix seconds; None while it is open.
        customer: The row of the person; None: nobody the server knows.
    """

    id: str
    account: AccountId
    kind: RequestKind
    law: Law
    received_at: float
    due_at: float
    state: RequestState = RequestState.OPEN
    closed_at: float | None = None
    customer: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.closed_at is None

    def extend(self) -> PrivacyRequest:
        """The person has been told that it takes longer: once, and in time.

        Raises:
            Refused: ``NOT_NOW``: it was extended already, or is closed.
        """
        if self.state is not RequestState.OPEN:
            raise Refused(RefusalCode.NOT_NOW, path="$.state")
        return replace(
            self,
            state=RequestState.EXTENDED,
            due_at=due_at(self.law, self.received_at, is_extended=True),
        )

    def close(self, state: RequestState, *, at: float) -> PrivacyRequest:
        """It was answered, or refused.

        Raises:
            Refused: ``NOT_NOW``: it is closed already; ``MALFORMED``: that
                is no way to close it.
        """
        if state not in {RequestState.DONE, RequestState.REFUSED}:
            raise Refused(RefusalCode.MALFORMED, path="$.state")
        if not self.is_open:
            raise Refused(RefusalCode.NOT_NOW, path="$.state")
        return replace(self, state=state, closed_at=at)


def due_at(law: Law, received_at: float, *, is_extended: bool = False) -> float:
    """When a request is late, unix seconds.

    Args:
        law: Whose dates hold.
        received_at: Unix seconds.
        is_extended: Whether the person was told that it takes longer.
    """
    day = datetime.fromtimestamp(received_at, UTC).date()
    if law is Law.GDPR:
        return _end_of(_months_on(day, 1 + _MONTHS_MORE * is_extended))
    return _end_of(day + timedelta(_ANSWER_DAYS * (1 + is_extended)))


def confirm_at(law: Law, received_at: float) -> float | None:
    """When it has to have been confirmed, unix seconds; None: never.

    Holidays count as business days here: earlier is always in time.
    """
    if law is not Law.CCPA:
        return None
    day = datetime.fromtimestamp(received_at, UTC).date()
    left = _CONFIRM_DAYS
    while left:
        day += timedelta(1)
        left -= day.weekday() < _SATURDAY
    return _end_of(day)


def _months_on(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


def _end_of(day: date) -> float:
    return datetime.combine(
        day + timedelta(1), time.min, tzinfo=UTC
    ).timestamp()
