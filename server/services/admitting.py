"""How often somebody may call the API, and how often fail to prove who.

Kept in memory, by caller and by address, the latest few thousand of each.
"""

from __future__ import annotations

from server.clock import Clock
from server.domain.permission import Principal, PrincipalKind
from server.errors import RefusalCode, Refused
from server.live.rate_limits import RateLimits

#: Failures of one address: so many at once, then one in five seconds. An
#: office of forty behind one address mistypes less.
FAILURES_AT_ONCE = 20
FAILURES_A_SECOND = 0.2
#: Requests of one caller. A program that reads a page after the other stays
#: below it; one that runs wild is told.
CALLS_AT_ONCE = 200
CALLS_A_SECOND = 50.0


class Admitting:
    """Counts who calls, and who fails to.

    Args:
        clock: For how long ago.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = RateLimits(FAILURES_A_SECOND, FAILURES_AT_ONCE)
        self._calls = RateLimits(CALLS_A_SECOND, CALLS_AT_ONCE)

    def heed(self, address: str) -> None:
        """See that ``address`` has not failed too often.

        Whoever has does not even get to try: of many guesses the right one
        must not be found out.

        Raises:
            Refused: ``TOO_FAST``.
        """
        _refuse(self._failures.wait(address, self._clock.elapsed()))

    def failed(self, address: str) -> None:
        """Somebody at ``address`` could not prove who they are."""
        self._failures.take(address, self._clock.elapsed())

    def count(self, principal: Principal) -> None:
        """Count one request of ``principal``.

        Raises:
            Refused: ``TOO_FAST``.
        """
        now = self._clock.elapsed()
        _refuse(self._calls.take(name_of(principal), now))


def name_of(principal: Principal) -> str:
    """A name for ``principal`` that no other has."""
    if principal.kind is PrincipalKind.OPERATOR:
        return principal.kind.value
    return f"{principal.kind} {principal.account} {principal.id}"


def _refuse(wait: float) -> None:
    if wait:
        raise Refused(RefusalCode.TOO_FAST, retry_after=wait)
