"""An account reads what its own did."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.audit import Actor, ActorKind, AuditRow
from server.ids import AccountId
from server.services.audit_reading import AuditReading


class Log:
    """What was asked of the store."""

    def __init__(self) -> None:
        self.asked: list[tuple[int | None, int, Collection[Actor] | None]] = []

    async def page(
        self,
        *,
        before: int | None,
        limit: int,
        actors: Collection[Actor] | None = None,
    ) -> list[AuditRow]:
        self.asked.append((before, limit, actors))
        return []


async def test_only_the_operator_reads_all() -> None:
    """For an account the store is asked for its own alone."""
    log = Log()
    reading = AuditReading(log, lambda account: {maria_of(account)})

    await reading.page(before=None, limit=3)
    await reading.of_account(AccountId("acme"), before=7, limit=2)

    hers = {maria_of(AccountId("acme"))}
    assert log.asked == [(None, 3, None), (7, 2, hers)]


def maria_of(account: AccountId) -> Actor:
    """The agent of that name in that account."""
    return Actor(ActorKind.AGENT, f"{account}-maria", 0)
