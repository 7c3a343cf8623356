"""Applications are told that somebody was erased, so that they do the same.

An event of its own, in nobody's conversation: at least once, again and again
until it is taken, for a day. Whom it names is on disk as long, sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from server.ids import ApplicationId, ConversationId
from server.services.erasure_job import OpenJob
from server.services.events import Event
from server.services.handing import Fate, Line
from server.services.reaching import Reach
from server.services.telling import milliseconds

#: Seconds after which nobody is told any more, as with ends.
KEPT = 24 * 3600.0
#: Seconds until the next try; doubled.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class ErasureNotices:
    """Tells applications.

    Args:
        reaches: Every application, and how it is reached.
    """

    def __init__(self, reaches: Mapping[ApplicationId, Reach]) -> None:
        self._reaches = reaches

    async def tell(self, one: OpenJob) -> float | None:
        """Tell everybody once who does not know it yet.

        Returns:
            The seconds until the next try; None: there is nobody left.
        """
        waiting = [
            reach
            for reach in list(self._reaches.values())
            if self._concerns(reach, one)
        ]
        for reach in waiting:
            await self._hand(reach, one)
        if not any(self._concerns(reach, one) for reach in waiting):
            return None
        one.pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, one.pause * 2))
        return one.pause

    def _concerns(self, reach: Reach, one: OpenJob) -> bool:
        subject, application = one.subject, reach.application
        return (
            subject.platform_key is not None
            and subject.channel is not None
            and application.serves(one.job.account, subject.channel)
            and application.id not in subject.told
        )

    async def _hand(self, reach: Reach, one: OpenJob) -> None:
        name = ConversationId(one.job.id)  # it stands where one would
        outlet = reach.outlet_for(name)
        if outlet is None:
            return
        line = Line(reach.application, name)
        line.count = 1
        outcome = await outlet.way.hand(line, erased_event(one))
        if outcome.fate is Fate.TAKEN:
            one.subject = replace(
                one.subject, told=(*one.subject.told, reach.application.id)
            )


def erased_event(one: OpenJob) -> Event:
    """Somebody was erased; the one event that names a person so."""
    job, subject = one.job, one.subject
    return {
        "id": f"evt_{job.id}_erased",
        "type": "customer.erased",
        "at": milliseconds(job.done_at or job.asked_at),
        "account": job.account,
        "channel": subject.channel,
        "customer_id": subject.platform_key,
        "erasure": job.id,
    }
