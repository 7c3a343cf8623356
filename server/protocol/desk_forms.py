"""What agents work with: queues, canned answers, business hours."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from server.domain.desk import BusinessHours, Opening, Queue, minute_of
from server.ids import AgentId
from server.protocol.form import ID, LANGUAGE, TEXT, TITLE, Form


class QueueForm(Form, frozen=True, kw_only=True):
    """Where customers wait, and who answers them."""

    id: ID
    name: TITLE
    agents: Annotated[tuple[TITLE, ...], Meta(max_length=1_000)] = ()

    def as_queue(self) -> Queue:
        """It as a value."""
        return Queue(frozenset(map(AgentId, self.agents)))


class CannedAnswerForm(Form, frozen=True, kw_only=True):
    """A text that agents have at hand."""

    id: ID
    title: TITLE
    text: Annotated[str, Meta(min_length=1, max_length=4_000)]
    language: LANGUAGE | None = None


class OpeningForm(Form, frozen=True, kw_only=True):
    """One stretch of a week in which somebody answers."""

    day: Annotated[int, Meta(ge=0, le=6)]  # 0: Monday
    opens: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
    closes: Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)\Z")]

    def as_opening(self) -> Opening:
        """It as a value."""
        return Opening(
            day=self.day,
            opens=minute_of(self.opens),
            closes=minute_of(self.closes),
        )


class BusinessHoursForm(Form, frozen=True, kw_only=True):
    """When somebody answers, in one time zone."""

    id: ID
    name: TITLE
    time_zone: Annotated[str, Meta(min_length=1, max_length=64)] = "UTC"
    openings: Annotated[tuple[OpeningForm, ...], Meta(max_length=50)] = ()
    closed_message: TEXT = ""

    def as_hours(self) -> BusinessHours:
        """Them as a value."""
        return BusinessHours(
            time_zone=self.time_zone,
            openings=tuple(one.as_opening() for one in self.openings),
            closed_message=self.closed_message,
        )
