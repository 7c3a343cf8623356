"""The desk: who answers what, and at which hours of the week."""

from __future__ import annotations

from dataclasses import dataclass

from server.ids import AgentId


@dataclass(frozen=True, slots=True)
class Queue:
    """Where customers wait.

    Attributes:
        agents: Who answers them; nobody means everybody, for a customer whom
            nobody can see would wait for ever.
    """

    agents: frozenset[AgentId] = frozenset()

    def is_of(self, agent: AgentId) -> bool:
        """Whether ``agent`` answers those who wait here."""
        return not self.agents or agent in self.agents


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One stretch of a week in which somebody answers.

    Attributes:
        day: 0 is Monday.
        opens: Minutes after midnight.
        closes: Likewise; 1,440 is the end of the day.
    """

    day: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """When somebody answers.

    Attributes:
        time_zone: In which the openings are meant; an IANA name.
        openings: In any order; none means never.
        closed_message: What customers are told outside of them.
    """

    time_zone: str
    openings: tuple[Opening, ...] = ()
    closed_message: str = ""

    def is_open(self, day: int, minute: int) -> bool:
        """Whether it is open on ``day`` (0: Monday), ``minute`` after midnight.

        Both as the clocks of its time zone show them.
        """
        return any(
            one.day == day and one.opens <= minute < one.closes
            for one in self.openings
        )


def minute_of(text: str) -> int:
    """Minutes after midnight of ``HH:MM``, from 00:00 to 24:00."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
