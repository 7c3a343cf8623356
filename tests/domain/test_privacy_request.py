"""Requests are due when the law says, and closed once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.privacy_request import (
    Law,
    PrivacyRequest,
    RequestKind,
    RequestState,
    confirm_at,
    due_at,
)
from server.errors import RefusalCode, Refused
from server.ids import AccountId

DAY = 86_400.0


def at(text: str) -> float:
    """Unix seconds of a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def request(**changes: object) -> PrivacyRequest:
    """A request of the fifth of March."""
    received = at("2026-03-05T14:30")
    fields: dict[str, object] = {
        "id": "r",
        "account": AccountId("acme"),
        "kind": RequestKind.ACCESS,
        "law": Law.GDPR,
        "received_at": received,
        "due_at": due_at(Law.GDPR, received),
    }
    return PrivacyRequest(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("law", "received", "is_extended", "due"),
    [
        (Law.GDPR, "2026-03-05T14:30", False, "2026-04-06T00:00"),
        (Law.GDPR, "2026-01-31T00:00", False, "2026-03-01T00:00"),
        (Law.GDPR, "2028-01-31T00:00", False, "2028-03-01T00:00"),
        (Law.GDPR, "2026-12-31T23:59", False, "2027-02-01T00:00"),
        (Law.GDPR, "2026-11-30T12:00", True, "2027-03-01T00:00"),
        (Law.CCPA, "2026-03-05T14:30", False, "2026-04-20T00:00"),
        (Law.CCPA, "2026-03-05T14:30", True, "2026-06-04T00:00"),
    ],
)
def test_a_request_is_due_at_the_end_of_a_day(
    law: Law,
    received: str,
    is_extended: bool,  # noqa: FBT001
    due: str,
) -> None:
    """A month ends with its last day; forty-five days are counted."""
    assert due_at(law, at(received), is_extended=is_extended) == at(due)


def test_ten_business_days_leave_weekends_out() -> None:
    """From a Thursday it is the Thursday two weeks later."""
    received = at("2026-03-05T14:30")

    assert confirm_at(Law.CCPA, received) == at("2026-03-20T00:00")
    assert confirm_at(Law.GDPR, received) is None


@given(
    st.sampled_from(Law), st.floats(min_value=0, max_value=4e9), st.booleans()
)
def test_no_date_is_later_than_the_law_allows(
    law: Law,
    received: float,
    is_extended: bool,  # noqa: FBT001
) -> None:
    """31 days a month at most, 45 days exactly; and never in the past."""
    most = 31 * (3 if is_extended else 1) if law is Law.GDPR else 45
    if law is Law.CCPA and is_extended:
        most = 90

    due = due_at(law, received, is_extended=is_extended)

    assert received < due <= received + (most + 1) * DAY


def test_it_is_extended_once_and_closed_once() -> None:
    """Whoever was told that it takes longer is not told so twice."""
    extended = request().extend()
    done = extended.close(RequestState.DONE, at=7.0)

    assert extended.due_at == at("2026-06-06T00:00")
    assert extended.is_open
    assert (done.state, done.closed_at, done.is_open) == (
        RequestState.DONE,
        7.0,
        False,
    )
    for change in (
        extended.extend,
        done.extend,
        lambda: done.close(RequestState.REFUSED, at=8.0),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code is RefusalCode.NOT_NOW


def test_it_is_not_closed_by_being_open() -> None:
    """Only done and refused are ends."""
    with pytest.raises(Refused) as refused:
        request().close(RequestState.EXTENDED, at=7.0)

    assert refused.value.code is RefusalCode.MALFORMED
