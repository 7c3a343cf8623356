"""How often somebody may call, and fail to."""

from __future__ import annotations

import pytest

from server.domain.permission import Principal, PrincipalKind, operator
from server.errors import RefusalCode, Refused
from server.ids import AccountId
from server.services.admitting import (
    CALLS_AT_ONCE,
    FAILURES_AT_ONCE,
    Admitting,
    name_of,
)
from tests.fakes import FakeClock


def key(name: str, account: str = "acme") -> Principal:
    """A program."""
    return Principal(
        kind=PrincipalKind.KEY,
        id=name,
        account=AccountId(account),
        scopes=frozenset(),
    )


def test_failures_hold_an_address_off_for_a_while() -> None:
    """Looking takes nothing; time gives one try after the other back."""
    clock = FakeClock()
    admitting = Admitting(clock)
    for _ in range(FAILURES_AT_ONCE):
        admitting.heed("192.0.2.1")
        admitting.failed("192.0.2.1")

    with pytest.raises(Refused) as caught:
        admitting.heed("192.0.2.1")

    assert caught.value.code is RefusalCode.TOO_FAST
    assert caught.value.retry_after == pytest.approx(5.0, abs=0.1)
    admitting.heed("192.0.2.2")
    clock.pass_(5.1)
    admitting.heed("192.0.2.1")


def test_calls_are_counted_by_caller() -> None:
    """A key of the same id in another account is another's."""
    admitting = Admitting(FakeClock())
    for _ in range(CALLS_AT_ONCE):
        admitting.count(key("bot"))

    with pytest.raises(Refused):
        admitting.count(key("bot"))
    admitting.count(key("bot", "other"))
    admitting.count(operator("key"))


def test_the_operator_is_one_by_whichever_way() -> None:
    """What was done by socket is a repeat by key."""
    assert name_of(operator("key")) == name_of(operator("socket"))
    assert name_of(key("a")) != name_of(key("b"))
