"""The desk: which agents answer a channel, and whether somebody is there."""

from __future__ import annotations

from datetime import UTC, datetime

from server.domain.agent import Agent
from server.domain.channel import Channel
from server.domain.permission import AgentRole
from server.ids import ChannelId
from server.services.house import House

_MINUTES = 60


def may_attend(house: House, agent: Agent, channel: ChannelId) -> bool:
    """Whether ``agent`` answers those who come by ``channel``.

    Supervisors see every queue of their account. A queue that is not there
    any more hides nobody.
    """
    found = house.channels.get(channel)
    if found is None or found.queue is None:
        return True
    queue = house.queues.get((found.account, found.queue))
    return (
        queue is None
        or queue.is_of(agent.id)
        or AgentRole.SUPERVISOR in agent.roles
    )


def not_for(house: House, agent: Agent) -> tuple[ChannelId, ...]:
    """The channels of the account that ``agent`` does not answer."""
    return tuple(
        channel.id
        for channel in house.channels.values()
        if channel.account == agent.account
        and channel.queue is not None
        and not may_attend(house, agent, channel.id)
    )


def closed_message(house: House, channel: Channel) -> str | None:
    """What customers of ``channel`` are told now, while nobody answers.

    None while somebody does, or may; empty if there is nothing to say.
    """
    if channel.business_hours is None:
        return None
    hours = house.hours.get((channel.account, channel.business_hours))
    if hours is None:
        return None
    # Most servers know of no hours, and need not have its half a MiB.
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    # Its zone was looked up when it was written down.
    there = datetime.fromtimestamp(house.clock.now(), UTC).astimezone(
        ZoneInfo(hours.time_zone)
    )
    minute = there.hour * _MINUTES + there.minute
    if hours.is_open(there.weekday(), minute):
        return None
    return hours.closed_message
